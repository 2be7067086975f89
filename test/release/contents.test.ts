import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import * as v from "valibot";
import { describe, expect, test } from "vitest";
import { brokenLinks, readLinks } from "../prose/links.ts";
import { openWorkspace } from "../support/fixtures.ts";
import { OWN_TARGET, RELEASE, released, ROOT, SHARED_FILES, unpackForAll, VERSION } from "./release-files.ts";

const ARCHIVE = unpackForAll(OWN_TARGET);

const OneLicence = v.pipe(
  v.object({ license: v.object({ id: v.pipe(v.string(), v.regex(/^\S{3,}$/)) }) }),
  v.transform(({ license }) => license.id),
);
const Expression = v.pipe(
  v.object({ expression: v.pipe(v.string(), v.includes(" AND ")) }),
  v.transform(({ expression }) => expression),
);
const Bill = v.object({
  metadata: v.object({ timestamp: v.string(), component: v.object({ name: v.string(), version: v.string() }) }),
  components: v.array(
    v.object({
      name: v.string(),
      version: v.string(),
      purl: v.string(),
      licenses: v.tuple([v.union([OneLicence, Expression])]),
    }),
  ),
});
const Manifest = v.object({
  dependencies: v.optional(v.unknown()),
  scripts: v.record(v.string(), v.string()),
  devDependencies: v.record(v.string(), v.string()),
});

const billText = readFileSync(released(`disbatch-${VERSION}.cdx.json`), "utf8");
const bill = v.parse(Bill, JSON.parse(billText));
const manifest = v.parse(Manifest, JSON.parse(readFileSync(path.join(ROOT, "package.json"), "utf8")));

/** The packages that the source asks for by name: each of them is bundled. */
function packagesOfSource(): string[] {
  const files = readdirSync(path.join(ROOT, "src"), { recursive: true, encoding: "utf8" });
  const texts = files
    .filter((name) => name.endsWith(".ts"))
    .map((name) => readFileSync(path.join(ROOT, "src", name), "utf8"));
  const names = texts.flatMap((text) => [
    ...text.matchAll(/^(?:import|\} from|import .* from) "((?:@[^/"]+\/)?[^/".]+)/gm),
  ]);
  return [...new Set(names.map(([, name = ""]) => name))].filter((name) => !name.startsWith("node:")).toSorted();
}

function unpackNpmPackage(): string {
  const { folder } = openWorkspace();
  execFileSync("tar", ["-xzf", released(`disbatch-${VERSION}.tgz`), "-C", folder]);
  return path.join(folder, "package");
}

describe("a release", () => {
  test("has good sums", () => {
    expect(execFileSync("sha256sum", ["--check", "--quiet", "SHA256SUMS"], { cwd: RELEASE }).toString()).toBe("");
    const summed = [...readFileSync(released("SHA256SUMS"), "utf8").matchAll(/^\S+ {2}(.*)$/gm)].map(
      ([, name]) => name,
    );
    expect(new Set([...summed, "SHA256SUMS"])).toEqual(new Set(readdirSync(RELEASE)));
  });

  test("has a bill of materials with all that is bundled, with versions and licences, and nothing of chance", () => {
    const named = new Map(bill.components.map(({ name, version }) => [name, version]));
    expect(packagesOfSource().length).toBeGreaterThan(4);
    expect(Object.fromEntries([...packagesOfSource(), "bun"].map((name) => [name, named.get(name)]))).toEqual(
      Object.fromEntries([...packagesOfSource(), "bun"].map((name) => [name, manifest.devDependencies[name]])),
    );
    expect(bill.metadata.component).toEqual({ name: "disbatch", version: VERSION });
    expect(bill.metadata.timestamp).toMatch(/:\d\d\.000Z$/);
    expect(billText).not.toContain("serialNumber");
  });

  test("has the licence text of each of them", () => {
    const sections = readFileSync(path.join(ARCHIVE, "THIRD-PARTY-LICENSES"), "utf8").split(/^-{80}$/m);
    const without = bill.components.filter(({ name, version, licenses: [licence] }) => {
      const section = sections.find((text) =>
        text.startsWith(`\n${name === "bun" ? "Bun" : name} ${version} (${licence})`),
      );
      return section === undefined || section.length < 400;
    });
    expect(without.map(({ name }) => name)).toEqual([]);
    expect(sections).toHaveLength(bill.components.length + 1);
  });

  test("has archives with the man page and the completions", () => {
    for (const file of [...SHARED_FILES, "LICENSE", "CHANGELOG.md"]) {
      expect(statSync(path.join(ARCHIVE, file)).size).toBeGreaterThan(0);
    }
  });

  test("has the licence texts of what is in Bun", () => {
    const text = readFileSync(path.join(ARCHIVE, "THIRD-PARTY-LICENSES"), "utf8");
    const bun = text.slice(text.lastIndexOf(`\n${"-".repeat(80)}\nBun `));
    for (const words of [
      ...["GNU LIBRARY GENERAL PUBLIC LICENSE", "GNU LESSER GENERAL PUBLIC LICENSE", "Copyright (c) 2022 BUN"],
      ...["END OF TERMS AND CONDITIONS", "  libuv\n", "  tinycc\n", "UNICODE LICENSE V3", "  acorn\n"],
    ]) {
      expect(bun).toContain(words);
    }
    const [licence] = bill.components.find(({ name }) => name === "bun")?.licenses ?? [];
    expect(licence).toMatch(/(?=.*\bMIT\b)(?=.*\bLGPL-2\.0-or-later\b)(?=.*\bLGPL-2\.1-or-later\b)/);
  });

  test.each([
    ["archive", () => ARCHIVE],
    ["npm package", unpackNpmPackage],
  ])("has pages in the %s whose links all lead to what is packed, and no list of words", (_, unpack) => {
    const folder = unpack();
    const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
    const pages = names.filter((name) => /^(?:[^/]*|docs\/.*)\.md$/.test(name));
    const read = new Map(pages.map((name) => [name, readLinks(readFileSync(path.join(folder, name), "utf8"))]));
    expect(pages).toEqual(expect.arrayContaining(["README.md", "docs/tutorial.md", "docs/design/decisions.md"]));
    expect(brokenLinks(read, (name) => existsSync(path.join(folder, name)))).toEqual([]);
    expect(names).not.toContain("docs/words.txt");
  });

  test("has an npm package that brings nothing along and runs nothing when it is installed", () => {
    expect(manifest.dependencies).toBeUndefined();
    expect(Object.keys(manifest.scripts).filter((name) => /install|^prepare$/.test(name))).toEqual([]);
  });
});
