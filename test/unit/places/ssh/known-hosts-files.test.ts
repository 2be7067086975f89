import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { appendKnownHost, readKnownHosts } from "../../../../src/places/ssh/known-hosts-files.ts";
import { ed25519Key, keyWords, scratchFolder } from "./keys.ts";

const words = keyWords(ed25519Key(1));

test("files are read in order, and what cannot be read has no entries", async () => {
  const folder = scratchFolder();
  const [a, b] = [path.join(folder, "a"), path.join(folder, "b")];
  writeFileSync(a, `web1 ${words}\n`);
  writeFileSync(b, `# comment\nweb2 ${words}`);
  expect(await readKnownHosts([b, path.join(folder, "missing"), folder, a])).toMatchObject([
    { file: b, line: 2, hosts: "web2" },
    { file: a, line: 1, hosts: "web1" },
  ]);
});

test("a file that is missing is made for the user alone, with its folder", async () => {
  const file = path.join(scratchFolder(), ".ssh", "known_hosts");
  await appendKnownHost(file, `web1 ${words}`);
  expect(readFileSync(file, "utf8")).toBe(`web1 ${words}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(statSync(path.dirname(file)).mode & 0o777).toBe(0o700);
});

test("a file that is there keeps its mode and content, and a last line without an end gets one", async () => {
  const file = path.join(scratchFolder(), "known_hosts");
  writeFileSync(file, `web1 ${words}`, { mode: 0o644 });
  await appendKnownHost(file, `web2 ${words}`);
  await appendKnownHost(file, `web3 ${words}`);
  expect(readFileSync(file, "utf8")).toBe(`web1 ${words}\nweb2 ${words}\nweb3 ${words}\n`);
  expect(statSync(file).mode & 0o777).toBe(0o644);
});

test("hosts that become known at once do not spoil each other's lines", async () => {
  const file = path.join(scratchFolder(), "known_hosts");
  const names = Array.from({ length: 50 }, (_, index) => `web${index}`);
  await Promise.all(names.map((name) => appendKnownHost(file, `${name} ${words}`)));
  const found = await readKnownHosts([file]);
  expect(found.map(({ hosts }) => hosts).toSorted()).toEqual(names.toSorted());
});

test("the bottomless file is a file too", async () => {
  await appendKnownHost("/dev/null", `web1 ${words}`);
  expect(await readKnownHosts(["/dev/null"])).toEqual([]);
});

test("a file that cannot be written is an error", async () => {
  const folder = path.join(scratchFolder(), "known_hosts");
  mkdirSync(folder);
  await expect(appendKnownHost(folder, `web1 ${words}`)).rejects.toThrow("EISDIR");
});
