import { createHash } from "node:crypto";

/** The types of keys that hosts have, with the number of fields in their wire form (RFC 4253, 5656, 8709; OpenSSH's PROTOCOL.u2f). */
const FIELDS: Readonly<Record<string, number>> = {
  "ssh-ed25519": 2,
  "ssh-rsa": 3,
  "ssh-dss": 5,
  "ecdsa-sha2-nistp256": 3,
  "ecdsa-sha2-nistp384": 3,
  "ecdsa-sha2-nistp521": 3,
  "sk-ssh-ed25519@openssh.com": 3,
  "sk-ecdsa-sha2-nistp256@openssh.com": 4,
};

/** The type that a key's wire form begins with, for example `ssh-ed25519`; empty when it has none. */
export function keyTypeOf(key: Buffer): string {
  return fieldsOf(key)?.[0]?.toString("latin1") ?? "";
}

/** Whether these bytes are a whole key of this type, and the type is one that hosts have. */
export function isKeyOfType(key: Buffer, keyType: string): boolean {
  const fields = fieldsOf(key);
  return (
    Object.hasOwn(FIELDS, keyType) &&
    fields?.length === FIELDS[keyType] &&
    fields?.[0]?.toString("latin1") === keyType &&
    fields.every((field) => field.length > 0)
  );
}

/** A key as people compare it: `ED25519 SHA256:...`, as ssh and ssh-keygen show it. */
export function describeKey(key: Buffer): string {
  const fingerprint = createHash("sha256").update(key).digest("base64").replace(/=+$/, "");
  return `${shortType(keyTypeOf(key))} SHA256:${fingerprint}`;
}

function shortType(keyType: string): string {
  const [, hardware, name = ""] = /^(sk-)?(?:ssh-)?([a-z0-9]+)/.exec(keyType) ?? [];
  const word = name === "dss" ? "DSA" : name.toUpperCase();
  return hardware === undefined ? word : `${word}-SK`;
}

/** The strings that a wire form is made of, each after its length; undefined when they do not end where the bytes do. */
function fieldsOf(key: Buffer): readonly Buffer[] | undefined {
  const fields: Buffer[] = [];
  let at = 0;
  while (at + 4 <= key.length) {
    const end = at + 4 + key.readUInt32BE(at);
    if (end > key.length) return undefined;
    fields.push(key.subarray(at + 4, end));
    at = end;
  }
  return at === key.length ? fields : undefined;
}
