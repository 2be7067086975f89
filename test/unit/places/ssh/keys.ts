import { onTestFinished } from "vitest";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** The wire form of a key with these fields after its type. */
export function wireKey(keyType: string, ...fields: readonly Uint8Array[]): Buffer {
  return Buffer.concat([Buffer.from(keyType), ...fields].flatMap((field) => [lengthOf(field), field]));
}

/** An Ed25519 key that stands for itself alone: 32 times the same byte. */
export function ed25519Key(byte: number): Buffer {
  return wireKey("ssh-ed25519", Buffer.alloc(32, byte));
}

/** An RSA key, of a size that no one should use. */
export function rsaKey(byte: number): Buffer {
  return wireKey("ssh-rsa", Buffer.of(1, 0, 1), Buffer.alloc(64, byte));
}

/** The two words by which a file of keys names a key. */
export function keyWords(key: Buffer): string {
  return `${key.toString("latin1", 4, 4 + key.readUInt32BE(0))} ${key.toString("base64")}`;
}

/** A new folder that is removed when the running test is over. */
export function scratchFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "disbatch-unit-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

function lengthOf(field: Uint8Array): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(field.length);
  return length;
}
