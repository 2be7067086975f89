import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SecretFile } from "../../../src/files/secret-file.ts";

function scratch(): string {
  const folder = mkdtempSync(path.join(tmpdir(), "secret-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
}

test("a secret file is for its user alone, is replaced whole, and is gone when the run is", () => {
  const folder = scratch();
  const name = path.join(folder, "run_secret.json");
  const warnings: string[] = [];
  const file = new SecretFile(name, (message) => warnings.push(message));
  file.write("old, and longer\n");
  file.write("new\n");
  expect(statSync(name).mode & 0o777).toBe(0o600);
  expect(readFileSync(name, "utf8")).toBe("new\n");
  expect(readdirSync(folder)).toEqual(["run_secret.json"]);
  file.remove();
  file.write("late\n");
  expect(existsSync(name)).toBe(false);
  expect(file.isWritten).toBe(true);
  expect(warnings).toEqual([]);
});

test("one that cannot be written is a warning, and the run goes on", () => {
  const warnings: string[] = [];
  new SecretFile("/no/such/folder/run_secret.json", (message) => warnings.push(message)).write("text\n");
  expect(warnings).toEqual([expect.stringMatching(/run_secret\.json cannot be written .*ENOENT/)]);
});

test("what somebody else has put in its place stays, and nothing is to rely on it", () => {
  const name = path.join(scratch(), "run_secret.json");
  symlinkSync("elsewhere", name);
  const warnings: string[] = [];
  const file = new SecretFile(name, (message) => warnings.push(message));
  file.write("text\n");
  expect(warnings).toEqual([`${name} cannot be written (it is a symbolic link)`]);
  expect(file.isWritten).toBe(false);
  expect(file.remove()).toBeUndefined();
  expect(readlinkSync(name)).toBe("elsewhere");
});
