import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { ContactFile } from "../../../src/cli/contact-file.ts";
import { type Contact, parseContact } from "../../../src/wire/contact.ts";

const contact: Contact = {
  host: "alpha",
  here: { addresses: [{ host: "127.0.0.1", port: 1 }], credentials: { authority: "a", certificate: "c", key: "k" } },
};

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "contact-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("a contact file is for its user alone, is replaced whole, and is gone when the run is", () => {
  const folder = scratch();
  const name = path.join(folder, "run_contact.json");
  const warnings: string[] = [];
  const file = new ContactFile(name, (message) => warnings.push(message));
  file.write(contact);
  file.write({ ...contact, elsewhere: contact.here });
  expect(statSync(name).mode & 0o777).toBe(0o600);
  expect(parseContact(readFileSync(name, "utf8")).elsewhere).toEqual(contact.here);
  expect(readdirSync(folder)).toEqual(["run_contact.json"]);
  file.remove();
  file.write(contact);
  expect(existsSync(name)).toBe(false);
  expect(warnings).toEqual([]);
});

test("one that cannot be written is a warning, and the run goes on", () => {
  const warnings: string[] = [];
  new ContactFile("/no/such/folder/run_contact.json", (message) => warnings.push(message)).write(contact);
  expect(warnings).toEqual([expect.stringMatching(/run_contact\.json cannot be written .*ENOENT.*nobody can add/)]);
});
