import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { SecretFile } from "../../../src/cli/secret-file.ts";

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
  expect(warnings).toEqual([]);
});

test("one that cannot be written is a warning, and the run goes on", () => {
  const warnings: string[] = [];
  new SecretFile("/no/such/folder/run_secret.json", (message) => warnings.push(message)).write("text\n");
  expect(warnings).toEqual([expect.stringMatching(/run_secret\.json cannot be written .*ENOENT/)]);
});
