import { readdirSync, readFileSync, statSync } from "node:fs";
import { builtinModules } from "node:module";
import path from "node:path";
import { expect, test } from "vitest";

/**
 * Who may import whom: the same table as in ARCHITECTURE.md. A floor is a folder of `src/`, a room a folder of a floor. What a floor may import
 * holds for its rooms, which may import one another, unless a room has a row of its own.
 */
const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  domain: [],
  files: ["domain"],
  wire: ["domain"],
  kvs: ["domain"],
  tasks: ["domain", "kvs", "records/statusfile"],
  "tasks/taskfile": ["domain"],
  "tasks/templates": ["domain", "tasks/taskfile"],
  core: ["domain", "wire"],
  "core/scheduler": ["domain"],
  "core/pool": ["domain", "wire"],
  "core/driver": ["domain", "wire", "core/scheduler", "core/pool"],
  node: ["domain", "files", "wire"],
  places: ["domain", "files", "node/process", "wire"],
  records: ["domain", "files"],
  workflows: ["domain", "files", "records/ledger", "records/statusfile"],
  "workflows/document": ["domain"],
  "workflows/paths": ["workflows/document"],
  "workflows/graph": ["domain", "workflows/document", "workflows/paths"],
  "workflows/imports": ["domain", "tasks/taskfile", "workflows/document", "workflows/graph"],
  "workflows/source": ["domain", "workflows/document", "workflows/graph"],
  "workflows/cache": ["domain", "files", "records/ledger", "workflows/document", "workflows/graph", "workflows/source"],
  "workflows/views": ["domain", "workflows/document", "workflows/graph"],
  faces: ["domain", "files", "records"],
  "faces/workflow": ["domain", "faces/terminal", "workflows/views"],
  run: [
    "domain",
    "files",
    "kvs",
    "wire",
    "tasks",
    "core",
    "node/process",
    "places",
    "records",
    "faces/log",
    "workflows",
  ],
  control: ["domain", "files", "wire", "places", "run/files"],
  web: ["domain", "files", "records", "wire"],
  page: ["domain", "web/api"],
  "cli/manual": ["domain"],
  api: ["domain", "cli", "faces", "node/process", "run", "tasks"],
};

/** Rooms that compute and nothing else, and the built-in modules that they may use. */
const BUILT_INS_OF_PURE_ROOMS: Readonly<Record<string, readonly string[]>> = {
  domain: ["node:buffer"],
  "core/scheduler": [],
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

/** What another room may touch all the same: tasks of a program get its environment. */
const MAY_TOUCH: Readonly<Record<string, readonly string[]>> = { api: ["the environment (process.env)"] };

const ROOT = path.resolve(import.meta.dirname, "../..");
const SPECIFIER = /(?:\bfrom\s*|\bimport\s*\(\s*|\bimport\s+)(["'])([^"']+)\1/g;
const BUILT_INS = new Set(builtinModules);

interface SourceFile {
  /** Path from the project's folder. */
  readonly name: string;
  /** Folder that it stands in, from `src/`: `domain`, `core/scheduler`; or `bin`. */
  readonly room: string;
  /** Its text without comments; lines keep their numbers. */
  readonly code: string;
}

test("every folder of src has a row in the import table", () => {
  const rooms = new Set(sourceFiles().map((file) => file.room));
  const unknown = [...rooms].filter(
    (room) => !["bin", "cli"].includes(floorOf(room)) && !(floorOf(room) in MAY_IMPORT),
  );
  expect(unknown).toEqual([]);
});

test("no file imports itself by way of others, and no room does", () => {
  const arrows = sourceFiles().flatMap((file) =>
    placesOf(file, SPECIFIER)
      .map(({ match }) => match[2] ?? "")
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => [file.name, path.posix.join(path.posix.dirname(file.name), specifier)] as const),
  );
  expect(circleIn(arrows)).toEqual([]);
  const betweenRooms = arrows.map(([from, to]) => [roomOf(from), roomOf(to)] as const);
  expect(circleIn(betweenRooms.filter(([from, to]) => from !== to))).toEqual([]);
});

test("a circle is found, and shown from its first file to that file", () => {
  expect(
    circleIn([
      ["a", "b"],
      ["b", "c"],
      ["c", "b"],
    ]),
  ).toEqual(["b", "c", "b"]);
  expect(
    circleIn([
      ["a", "b"],
      ["a", "c"],
      ["b", "c"],
    ]),
  ).toEqual([]);
});

test("every import goes in a direction that the table allows", () => {
  expect(sourceFiles().flatMap((file) => forbiddenImports(file))).toEqual([]);
});

test("only the command line reads arguments, environment, console and signals", () => {
  const faults = sourceFiles()
    .filter((file) => file.room !== "cli" && file.room !== "bin")
    .flatMap((file) =>
      ONLY_IN_CLI.flatMap(([what, pattern]) =>
        placesOf(file, pattern)
          .filter(() => !MAY_TOUCH[file.room]?.includes(what))
          .map(({ place }) => `${place}: ${what}: only in src/cli and bin`),
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
  expect(
    forbiddenImports(file("core/driver", 'import a from "../../domain/a.ts";\nimport b from "../../node/b.ts";')),
  ).toEqual([
    "src/core/driver/x.ts:2: imports ../../node/b.ts: core/driver may import core/driver, domain, wire, core/scheduler, core/pool",
  ]);
  expect(forbiddenImports(file("domain", 'export * from "../wire/a.ts";'))).toHaveLength(1);
  expect(forbiddenImports(file("domain", 'import "../wire/a.ts";'))).toHaveLength(1);
  expect(forbiddenImports(file("domain", 'await import("../wire/a.ts");'))).toHaveLength(1);
  expect(forbiddenImports(file("core/scheduler", 'import { readFile } from "node:fs";'))).toHaveLength(1);
  expect(forbiddenImports(file("core/scheduler", 'import { readFile } from "fs";'))).toHaveLength(1);
  expect(forbiddenImports(file("domain", 'import { isUtf8 } from "node:buffer"; // from "../wire/a.ts"'))).toEqual([]);
  expect(forbiddenImports(file("domain", '/* import "../wire/a.ts"; */ import "./b.ts";'))).toEqual([]);
  expect(forbiddenImports(file("wire", 'import {\n  a,\n} from "../cli/a.ts";'))).toEqual([
    "src/wire/x.ts:3: imports ../cli/a.ts: wire may import wire, domain",
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
    if (!target.startsWith("src/")) return file.room === "cli" && target === "package.json";
    const room = roomOf(target);
    return rowOf(file.room).some((allowed) => room === allowed || room.startsWith(`${allowed}/`) || allowed === "*");
  }
  const builtIns = BUILT_INS_OF_PURE_ROOMS[file.room];
  const isBuiltIn = specifier.startsWith("node:") || BUILT_INS.has(specifier);
  return builtIns === undefined || (isBuiltIn && builtIns.includes(specifier));
}

/** Rooms and floors that a room may import, itself included. */
function rowOf(room: string): readonly string[] {
  if (room === "bin") return ["cli"];
  if (room === "cli") return ["*"];
  const own = MAY_IMPORT[room];
  if (own !== undefined) return [room, ...own];
  return [floorOf(room), ...(MAY_IMPORT[floorOf(room)] ?? [])];
}

function allowance(room: string): string {
  return `${room} may import ${[...rowOf(room), ...(BUILT_INS_OF_PURE_ROOMS[room] ?? [])].join(", ")}`;
}

function roomOf(name: string): string {
  return path.posix.dirname(name).replace(/^src\//, "");
}

function floorOf(room: string): string {
  return room.split("/")[0] ?? "";
}

/** The first circle of arrows, from one of its points back to that point; empty where there is none. */
function circleIn(arrows: ReadonlyArray<readonly [from: string, to: string]>): string[] {
  const targets = new Map<string, string[]>();
  for (const [from, to] of arrows) targets.set(from, [...(targets.get(from) ?? []), to]);
  const done = new Set<string>();
  const search = (point: string, way: readonly string[]): string[] => {
    if (way.includes(point)) return [...way.slice(way.indexOf(point)), point];
    if (done.has(point)) return [];
    for (const target of targets.get(point) ?? []) {
      const circle = search(target, [...way, point]);
      if (circle.length > 0) return circle;
    }
    done.add(point);
    return [];
  };
  for (const point of targets.keys()) {
    const circle = search(point, []);
    if (circle.length > 0) return circle;
  }
  return [];
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
      .filter((name) => /\.tsx?$/.test(name) && statSync(path.join(ROOT, top, name)).isFile())
      .map((name) => ({
        name: `${top}/${name}`,
        room: roomOf(`${top}/${name}`),
        code: withoutComments(readFileSync(path.join(ROOT, top, name), "utf8")),
      })),
  );
}
