import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { NamedFiles } from "../../../../src/records/output/named-files.ts";
import { OutputReader } from "../../../../src/records/output/output-reader.ts";
import { outputPath, outputTemplate } from "../../../../src/records/output/template.ts";
import { scratchFolder } from "../../node/process/scratch.ts";
import { blockOf, kept, openStore, pieceOf, printedBy } from "./output-files.ts";

describe("a template", () => {
  test.each([
    ["logs", "/w/logs/12/12345.out"],
    ["/logs/", "/logs/12/12345.out"],
    ["a/{id}", "/w/a/12345.out"],
    ["a/{id}.{stream}.txt", "/w/a/12345.out.txt"],
    ["{thousand}/{id}-{attempt}", "/w/12/12345-2.out"],
  ])("%s names the file %s", (value, path) => {
    const file = { taskId: 12_345, attempt: 2, stream: "stdout" } as const;
    expect(outputPath(outputTemplate(value, "/w"), file)).toBe(path);
  });

  test.each(["", "a/{attempt}", "a/{ID}", "a/{id", "a/{id}}", "{}"])("%j is refused", (value) => {
    expect(() => outputTemplate(value, "/w")).toThrow(expect.objectContaining({ code: "bad-output-dir" }));
  });

  test("a million tasks make folders of a thousand", () => {
    const template = outputTemplate("logs", "/w");
    const folders = new Map<string, number>();
    for (let taskId = 0; taskId < 1_000_000; taskId++) {
      const folder = outputPath(template, { taskId, attempt: 1, stream: "stdout" }).split("/")[3] ?? "";
      folders.set(folder, (folders.get(folder) ?? 0) + 1);
    }
    expect([folders.size, new Set(folders.values())]).toEqual([1000, new Set([1000])]);
  });
});

test("files by name have the bytes, in any order of pieces, also when some come twice", async () => {
  const template = outputTemplate("{id}", scratchFolder());
  const files = new NamedFiles(template);
  const text = "0123456789";
  const piece = (from: number) => {
    const part = text.slice(from, from + 4);
    return [pieceOf(5, part, { from: from + 100, start: 100, bytes: 110 }), part] as const;
  };
  await files.write(blockOf(piece(0), piece(4)));
  await files.write(blockOf(piece(4), piece(8)));
  const path = outputPath(template, { taskId: 5, attempt: 1, stream: "stdout" });
  expect(readFileSync(path, "utf8")).toBe(text);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a later attempt replaces the file of an earlier one", async () => {
  const template = outputTemplate("{id}", scratchFolder());
  const files = new NamedFiles(template);
  await files.write(printedBy(5, "a long first attempt"));
  await files.write(printedBy(5, "second", { attempt: 2 }));
  expect(readFileSync(outputPath(template, { taskId: 5, attempt: 2, stream: "stdout" }), "utf8")).toBe("second");
});

test("an earlier attempt is not given what a later one has written to its file", async () => {
  const template = outputTemplate("{id}", scratchFolder());
  const { path, store } = openStore({ files: new NamedFiles(template) });
  await kept(store, printedBy(5, "first"));
  await kept(store, printedBy(5, "oops", { stream: "stderr" }));
  await kept(store, printedBy(5, "second", { attempt: 2 }));
  await store.close();
  const reader = OutputReader.open(path);
  const [first, second] = reader?.attempts(5) ?? [];
  if (reader === undefined || first === undefined || second === undefined) throw new Error("two attempts are kept");
  await expect(reader.read(first, "stdout")).rejects.toThrow("a later attempt has written to");
  expect(String(await reader.read(first, "stderr"))).toBe("oops");
  expect(String(await reader.read(second, "stdout"))).toBe("second");
  reader.close();
});

test("of a file by name a part is read, and neither a link nor a pipe in its place", async () => {
  const folder = scratchFolder();
  const template = outputTemplate("out/{id}", folder);
  const { path, store } = openStore({ files: new NamedFiles(template) });
  await kept(store, printedBy(5, "0123456789", { from: 100, start: 100, bytes: 110 }));
  await store.close();
  const reader = OutputReader.open(path);
  const [attempt] = reader?.attempts(5) ?? [];
  if (reader === undefined || attempt === undefined) throw new Error("an attempt is kept");
  expect(String(await reader.read(attempt, "stdout"))).toBe("0123456789");
  expect(String(await reader.read(attempt, "stdout", { from: 103, to: 105 }))).toBe("34");
  const there = outputPath(template, { taskId: 5, attempt: 1, stream: "stdout" });
  renameSync(there, join(folder, "precious"));
  symlinkSync(join(folder, "precious"), there);
  await expect(reader.read(attempt, "stdout")).rejects.toThrow("is a symbolic link");
  rmSync(there);
  execFileSync("mkfifo", [there]);
  await expect(reader.read(attempt, "stdout")).rejects.toThrow("is not a regular file");
  reader.close();
});

test("a link in the place of a file is not followed, and the run goes on", async () => {
  const folder = scratchFolder();
  const [target, template] = [join(folder, "precious"), outputTemplate("out/{id}", folder)];
  writeFileSync(target, "mine");
  const { store, warnings } = openStore({ files: new NamedFiles(template) });
  mkdirSync(join(folder, "out"));
  symlinkSync(target, outputPath(template, { taskId: 1, attempt: 1, stream: "stdout" }));
  await kept(store, printedBy(1, "one"));
  await store.close();
  expect(readFileSync(target, "utf8")).toBe("mine");
  expect(warnings).toHaveLength(1);
});

test("a run with files by name keeps where they are", async () => {
  const template = outputTemplate("logs", scratchFolder());
  const { path, store } = openStore({ files: new NamedFiles(template) });
  await kept(store, printedBy(1234, "text", { stream: "stderr" }));
  await store.close();
  const reader = OutputReader.open(path);
  const attempt = reader?.attempts(1234)[0];
  expect(attempt === undefined ? "" : (await reader?.read(attempt, "stderr"))?.toString()).toBe("text");
  reader?.close();
  expect(existsSync(outputPath(template, { taskId: 1234, attempt: 1, stream: "stderr" }))).toBe(true);
});
