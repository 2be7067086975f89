import * as fc from "fast-check";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { openPartOf } from "../../src/places/ssh/open-part.ts";
import { makeKey } from "../support/ssh-keys.ts";

const folder = mkdtempSync(path.join(tmpdir(), "disbatch-test-"));
afterAll(() => rmSync(folder, { recursive: true }));

test.each(["ed25519", "ecdsa", "rsa"] as const)(
  "the public key of a locked %s key is read from its file",
  async (type) => {
    const key = await makeKey(path.join(folder, type), { type, passphrase: "secret" });
    const publicKey = openPartOf(readFileSync(key.file, "latin1"));
    expect(publicKey?.toString("base64")).toBe(key.publicLine.split(" ")[1]);
  },
);

test("nothing is found in other files, whatever they hold", () => {
  expect(openPartOf("")).toBeUndefined();
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), fc.boolean(), (bytes, hasMagic) => {
      const contents = hasMagic ? Buffer.concat([Buffer.from("openssh-key-v1\0"), bytes]) : Buffer.from(bytes);
      const text = `-----BEGIN OPENSSH PRIVATE KEY-----\n${contents.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
      const found = openPartOf(text);
      expect(found === undefined || (hasMagic && contents.includes(found))).toBe(true);
      expect(openPartOf(contents.toString("latin1"))).toBeUndefined();
    }),
  );
});
