// Makes dist/types: the declarations of the library, and of what they name, out of the sources. They need nothing else.

import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { libraryTypes, root } from "./paths.mjs";

/** The entry, from the folder of the sources. */
const ENTRY = "api/index.d.ts";
const IMPORT = /(\bfrom |\bimport\()"(\.{1,2}\/[^"]+)\.ts"/g;
/** `await using` has types of its own, which older settings of TypeScript lack. */
const HEAD = '/// <reference lib="esnext.disposable" />\n';

/** Makes the declarations. @throws Error when the sources have mistakes in their types. */
export async function makeLibraryTypes() {
  const all = mkdtempSync(join(tmpdir(), "disbatch-types-"));
  try {
    await compile(all);
    rmSync(libraryTypes, { recursive: true, force: true });
    copyFrom(ENTRY, all, new Set());
  } finally {
    rmSync(all, { recursive: true });
  }
}

async function compile(folder) {
  const tsc = join(root, "node_modules/.bin/tsc");
  const emit = ["--noEmit", "false", "--declaration", "--emitDeclarationOnly", "--stripInternal", "--outDir", folder];
  // The project's settings, without its files.
  const settings = join(folder, "tsconfig.json");
  const files = [join(root, "src/api/index.ts")];
  const compilerOptions = { rootDir: join(root, "src"), typeRoots: [join(root, "node_modules/@types")] };
  writeFileSync(
    settings,
    JSON.stringify({ extends: join(root, "tsconfig.json"), files, include: [], compilerOptions }),
  );
  await promisify(execFile)(tsc, ["--project", settings, ...emit], { cwd: root }).catch(({ stdout }) => {
    throw new Error(`build: the types of the library cannot be made:\n${stdout}`);
  });
}

/** Copies a declaration, and those that it imports. */
function copyFrom(file, all, done) {
  if (done.has(file)) return;
  done.add(file);
  const text = readFileSync(join(all, file), "utf8");
  const target = join(libraryTypes, file);
  mkdirSync(dirname(target), { recursive: true });
  // Each is found by the name of the script that it would stand for.
  writeFileSync(target, (file === ENTRY ? HEAD : "") + text.replaceAll(IMPORT, '$1"$2.js"'));
  for (const [, , path] of text.matchAll(IMPORT)) copyFrom(join(dirname(file), `${path}.d.ts`), all, done);
}
