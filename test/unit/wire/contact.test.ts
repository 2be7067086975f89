import { createSecureContext } from "node:tls";
import { beforeAll, describe, expect, test } from "vitest";
import type { Credentials, Invitation } from "../../../src/domain/launcher.ts";
import { type Contact, formatContact, parseContact } from "../../../src/wire/contact.ts";
import { createRunCredentials, type RunCredentials } from "../../../src/wire/credentials.ts";
import { areSound } from "../../../src/wire/sound-credentials.ts";

let run: RunCredentials;
let other: RunCredentials;
beforeAll(async () => {
  [run, other] = await Promise.all([createRunCredentials(), createRunCredentials()]);
});

const PARTS = ["authority", "certificate", "key"] as const;

function invitationWith(credentials: Credentials): Invitation {
  return { addresses: [{ host: "127.0.0.1", port: 4000 }], credentials };
}

test("a contact is read as it was written, and no other version of it is", () => {
  const here = invitationWith(run.controller);
  const contact: Contact = { host: "h", here, elsewhere: { ...here, noForwarding: true } };
  expect(parseContact(formatContact(contact))).toEqual(contact);
  expect(parseContact(formatContact({ host: "h", here }))).toEqual({ host: "h", here });
  expect(() => parseContact(formatContact(contact).replace('"version":1', '"version":2'))).toThrow("Invalid");
  expect(() => parseContact(formatContact(contact).replace('"port":4000', '"port":65536'))).toThrow("Invalid");
});

describe.each(PARTS)("a contact whose %s is damaged", (part) => {
  test.each([
    ["empty", () => ""],
    ["cut off", (text: string) => text.slice(0, text.length / 2)],
    ["of another run", () => other.controller[part]],
    ["another kind of thing", () => run.controller[part === "key" ? "certificate" : "key"]],
  ])("is refused when it is %s", (_how, damage) => {
    const damaged = { ...run.controller, [part]: damage(run.controller[part]) };
    expect(areSound(damaged)).toBe(false);
    const sound = invitationWith(run.controller);
    for (const contact of [{ here: invitationWith(damaged) }, { here: sound, elsewhere: invitationWith(damaged) }])
      expect(() => parseContact(formatContact({ host: "h", ...contact }))).toThrow("Invalid");
  });

  test("is refused, or does no harm, whichever character has changed", () => {
    const text = run.controller[part];
    for (let at = 0; at < text.length; at++) {
      const changed = text.slice(0, at) + (text[at] === "A" ? "B" : "A") + text.slice(at + 1);
      const credentials: Credentials = { ...run.controller, [part]: changed };
      if (!areSound(credentials)) continue;
      const { authority, certificate, key } = credentials;
      expect(() => createSecureContext({ ca: authority, cert: certificate, key })).not.toThrow();
    }
  });
});

test("all that a run is made with is sound", () => {
  for (const credentials of [run.driver, run.engine, run.controller]) expect(areSound(credentials)).toBe(true);
});
