import { UserError } from "../../domain/errors.ts";

/** No blank, no control or format character, and nothing that has a meaning of its own in the header of a mail. */
const ADDRESS = /^[^\s\p{C}<>()[\]\\,;:"@]+@[^\s\p{C}<>()[\]\\,;:"@]+$/u;
/** Characters of an address at most. */
const LONGEST = 254;
/** Addresses that one run may write to. */
const MOST = 100;

/**
 * The addresses of `--mailTo`, which stand between commas.
 *
 * @throws UserError `mail-address`.
 */
export function mailAddresses(text: string): readonly string[] {
  const addresses = text.split(",").map((one) => one.trim());
  const wrong = addresses.find((one) => one.length > LONGEST || !ADDRESS.test(one));
  if (wrong !== undefined) {
    const message = `--mailTo ${text}: "${wrong}" is no mail address; write NAME@HOST, several with commas between them`;
    throw new UserError("mail-address", message);
  }
  if (addresses.length > MOST) throw new UserError("mail-address", `--mailTo: more than ${MOST} addresses; use a list`);
  return [...new Set(addresses)];
}
