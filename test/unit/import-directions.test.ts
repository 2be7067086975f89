import { readdirSync, readFileSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { expect, test } from "vitest";

/** Who may import whom: the same table as in ARCHITECTURE.md. A room is a folder of src/. */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  taskfile: ["domain"],
  files: ["domain"],
  ledger: ["domain", "files"],
  statusfile: ["domain", "files", "ledger"],
  journal: ["domain", "files", "ledger"],
  recovery: ["domain", "files", "ledger", "statusfile", "journal"],
  sources: ["domain", "taskfile", "statusfile"],
  scheduler: ["domain"],
  wire: ["domain"],
  process: ["domain"],
  engine: ["domain", "wire", "process"],
  driver: ["domain", "scheduler", "wire"],
  ssh: ["domain"],
  hosts: ["domain"],
  slurm: ["domain", "hosts"],
  launchers: ["domain", "files", "process", "wire", "ssh", "slurm"],
  reporters: ["domain", "files", "ledger", "statusfile", "journal"],
};

/** Rooms that compute and nothing else, and the built-in modules that they may use. */
const BUILT_INS_OF_PURE_ROOMS: Readonly<Record<string, readonly string[]>> = {
  domain: ["node:buffer"],
  scheduler: [],
};

/** What only src/cli and bin may touch: everything else is handed what it needs. */
const ONLY_IN_CLI: ReadonlyArray<readonly [what: string, pattern: RegExp]> = [
  ["the command line (process.argv)", /\bprocess\s*\.\s*argv\b/],
  ["the environment (process.env)", /\bprocess\s*\.\s*env\b/],
  ["the console", /\bconsole\s*\./],
  ["the standard streams", /\bprocess\s*\.\s*std(?:in|out|err)\b/],
  ["signals", /\bprocess\s*\.\s*(?:on|once|addListener)\s*\(\s*["'`]SIG/],
  ["the exit code", /\bprocess\s*\.\s*exit(?:Code)?\b/],
  ["node:process", /["']node:process["']/],
];

const ROOT = path.resolve(import.meta.dirname, "../..");
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(["'])([^"']+)\1/g;
const BUILT_INS = new Set(builtinModules);

interface SourceFile {
  /** Path from the project's folder. */
  readonly name: string;
  /** Folder of src/ that it stands in, or `bin`; empty when it stands in src/ itself. */
  readonly room: string;
  /** Its text without comments; lines keep their numbers. */
  readonly code: string;
}

test("every folder of src has a row in the import table", () => {
  const rooms = new Set(sourceFiles().map((file) => file.room));
  const unknown = [...rooms].filter((room) => !["bin", "cli"].includes(room) && !(room in MAY_IMPORT));
  expect(unknown).toEqual([]);
});

test("every import goes in a direction that the table allows", () => {
  expect(sourceFiles().flatMap((file) => forbiddenImports(file))).toEqual([]);
});

test("only the command line reads arguments, environment, console and signals", () => {
  const faults = sourceFiles()
    .filter((file) => file.room !== "cli" && file.room !== "bin")
    .flatMap((file) =>
      ONLY_IN_CLI.flatMap(([what, pattern]) =>
        placesOf(file, pattern).map(({ place }) => `${place}: ${what}: only in src/cli and bin`),
      ),
    );
  expect(faults).toEqual([]);
});

test("the check sees imports of every form, and no comments", () => {
  const file = (room: string, text: string): SourceFile => ({
    name: `src/${room}/x.ts`,
    room,
    code: withoutComments(text),
  });
  expect(forbiddenImports(file("driver", 'import a from "../domain/a.ts";\nimport b from "../engine/b.ts";'))).toEqual([
    "src/driver/x.ts:2: imports ../engine/b.ts: driver may import domain, scheduler, wire",
  ]);
  expect(forbiddenImports(file("domain", 'export * from "../wire/a.ts";'))).toHaveLength(1);
  expect(forbiddenImports(file("domain", 'import "../wire/a.ts";'))).toHaveLength(1);
  expect(forbiddenImports(file("domain", 'await import("../wire/a.ts");'))).toHaveLength(1);
  expect(forbiddenImports(file("scheduler", 'import { readFile } from "node:fs";'))).toHaveLength(1);
  expect(forbiddenImports(file("scheduler", 'import { readFile } from "fs";'))).toHaveLength(1);
  expect(forbiddenImports(file("domain", 'import { isUtf8 } from "node:buffer"; // from "../wire/a.ts"'))).toEqual([]);
  expect(forbiddenImports(file("domain", '/* import "../wire/a.ts"; */ import "./b.ts";'))).toEqual([]);
  expect(forbiddenImports(file("wire", 'import {\n  a,\n} from "../cli/a.ts";'))).toEqual([
    "src/wire/x.ts:3: imports ../cli/a.ts: wire may import domain",
  ]);
});

/** `file:line: imports X: room may import ...` for each import that is not allowed. */
function forbiddenImports(file: SourceFile): string[] {
  return placesOf(file, SPECIFIER)
    .filter(({ match }) => !isAllowed(file, match[2] ?? ""))
    .map(({ place, match }) => `${place}: imports ${match[2]}: ${allowance(file.room)}`);
}

function isAllowed(file: SourceFile, specifier: string): boolean {
  if (specifier.startsWith(".")) {
    const target = path.posix.join(path.posix.dirname(file.name), specifier);
    const [top, room = ""] = target.split("/");
    if (top !== "src") return file.room === "cli" && target === "package.json";
    if (file.room === "bin") return room === "cli";
    return file.room === "cli" || room === file.room || (MAY_IMPORT[file.room] ?? []).includes(room);
  }
  const builtIns = BUILT_INS_OF_PURE_ROOMS[file.room];
  const isBuiltIn = specifier.startsWith("node:") || BUILT_INS.has(specifier);
  return builtIns === undefined || (isBuiltIn && builtIns.includes(specifier));
}

function allowance(room: string): string {
  const builtIns = BUILT_INS_OF_PURE_ROOMS[room];
  const rooms = room === "bin" ? ["cli"] : (MAY_IMPORT[room] ?? []);
  return `${room} may import ${[...rooms, ...(builtIns ?? [])].join(", ") || "nothing"}`;
}

function placesOf(file: SourceFile, pattern: RegExp): { place: string; match: RegExpMatchArray }[] {
  const everywhere = new RegExp(pattern.source, "g");
  return [...file.code.matchAll(everywhere)].map((match) => {
    const line = file.code.slice(0, match.index + match[0].length).split("\n").length;
    return { place: `${file.name}:${line}`, match };
  });
}

function withoutComments(text: string): string {
  return text
    .replaceAll(/\/\*[\s\S]*?\*\//g, (comment) => comment.replaceAll(/[^\n]/g, ""))
    .replaceAll(/(^|\s)\/\/.*$/gm, "$1");
}

function sourceFiles(): SourceFile[] {
  return ["bin", "src"].flatMap((top) =>
    readdirSync(path.join(ROOT, top), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".ts") && statSync(path.join(ROOT, top, name)).isFile())
      .map((name) => ({
        name: `${top}/${name}`,
        room: top === "bin" ? "bin" : name.includes("/") ? (name.split("/")[0] ?? "") : "",
        code: withoutComments(readFileSync(path.join(ROOT, top, name), "utf8")),
      })),
  );
}
