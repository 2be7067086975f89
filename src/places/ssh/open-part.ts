/** The first bytes of a private key in OpenSSH's own form (OpenSSH's PROTOCOL.key). */
const MAGIC = Buffer.from("openssh-key-v1\0", "latin1");
const ENVELOPE = /-----BEGIN OPENSSH PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END OPENSSH PRIVATE KEY-----/;

/**
 * The public key, as it goes over the wire, that a private key's file shows to everyone: OpenSSH does not encrypt that part.
 *
 * @returns undefined when the text is no such file.
 */
export function openPartOf(text: string): Buffer | undefined {
  const bytes = Buffer.from(ENVELOPE.exec(text)?.[1] ?? "", "base64");
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  // Names of the cipher and of the way from passphrase to key, its options; the number of keys; the public key.
  const cipher = fieldAt(bytes, MAGIC.length);
  const derivation = fieldAt(bytes, cipher?.end);
  const options = fieldAt(bytes, derivation?.end);
  if (options === undefined) return undefined;
  return fieldAt(bytes, options.end + 4)?.value;
}

interface Field {
  readonly value: Buffer;
  /** Where the next one begins. */
  readonly end: number;
}

/** The bytes that stand there after their length; undefined when there are too few. */
function fieldAt(bytes: Buffer, start: number | undefined): Field | undefined {
  if (start === undefined || start + 4 > bytes.length) return undefined;
  const end = start + 4 + bytes.readUInt32BE(start);
  return end > bytes.length ? undefined : { value: bytes.subarray(start + 4, end), end };
}
