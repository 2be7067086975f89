// Makes what is written about the command line and about documents from the descriptions of the options and of the words of documents.
//
//   node scripts/manual.mjs          pages of the reference: docs/reference/command-line.md, and the tables of docs/reference/workflows.md
//   node scripts/manual.mjs --check  compares these pages with what would be made
//   node scripts/manual.mjs --share  the man page and the completions, in dist/share

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { blessedInOneFile } from "./build/blessed.mjs";

const { values } = parseArgs({ options: { check: { type: "boolean" }, share: { type: "boolean" } } });
const root = join(import.meta.dirname, "..");
const reference = join(root, "docs", "reference");
const documentPage = join(reference, "workflows.md");

const files = await makeFiles();
const pages = [
  { file: join(reference, "command-line.md"), text: files.page, subject: "options" },
  { file: documentPage, text: files.documentPage, subject: "words of documents" },
];
if (values.share) {
  for (const [name, text] of Object.entries(files.share)) write(join(root, "dist", "share", name), text);
} else {
  for (const { file, text, subject } of pages) {
    if (!values.check) {
      write(file, text);
    } else if (read(file) !== text) {
      console.error(`docs/reference/${basename(file)}: the ${subject} have changed; make it anew with: npm run manual`);
      process.exitCode = 1;
    }
  }
}

/** Runs the program's own code, as a bundle. */
async function makeFiles() {
  const folder = mkdtempSync(join(tmpdir(), "disbatch-manual-"));
  const bundle = join(folder, "manual.mjs");
  try {
    await build({
      entryPoints: [join(root, "src", "cli", "manual-files.ts")],
      outfile: bundle,
      ...{ bundle: true, platform: "node", format: "esm", target: "node20", logLevel: "error" },
      ...{
        define: { __dirname: '""' },
        external: ["cpu-features", "*.node", "disbatch:page"],
        plugins: [blessedInOneFile],
      },
      // Some libraries are still CommonJS.
      banner: {
        js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
      },
    });
    const { manualFiles } = await import(bundle);
    const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
    return await manualFiles(version, dateOf(version), read(documentPage));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** When a version was released, so that each build of it gives the same man page; today where it has not been. */
function dateOf(version) {
  const released = read(join(root, "CHANGELOG.md"))
    .split("\n")
    .find((line) => line.startsWith(`## [${version}]`));
  const [day] = /\d{4}-\d\d-\d\d/.exec(released ?? "") ?? [new Date().toISOString()];
  return new Date(day).toLocaleDateString("en-US", { dateStyle: "long", timeZone: "UTC" });
}

function write(file, text) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
}

/** Nothing where there is no such file. */
function read(file) {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
