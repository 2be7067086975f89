import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { buildSync } from "esbuild";
import * as v from "valibot";
import { expect, test } from "vitest";
import { scratchFile } from "./scratch.ts";

const ROOT = path.resolve(import.meta.dirname, "../../../..");
const BUN = path.join(ROOT, `node_modules/@oven/bun-${process.platform}-${process.arch}/bin/bun`);

const Outcome = v.object({ code: v.string(), unwritten: v.string() });

/** Writes 3,000 lines under a limit of 8 KiB a file, and tells what became of it. */
const SCRIPT = `
import { Ledger } from "${ROOT}/src/records/ledger/ledger.ts";
const ledger = Ledger.create(process.argv[2] ?? "");
for (let i = 0; i < 3000; i++) ledger.write("record " + i);
let code = "none";
try { ledger.commit(); } catch (error) { code = error.message.replace(/.* \\((\\w+)\\)$/, "$1"); }
try { await ledger.close(); } catch { code += " twice"; }
console.log(JSON.stringify({ code, unwritten: ledger.unwritten() }));
`;

test.each([
  ["Node", process.execPath],
  ["Bun", BUN],
])("under %s a file size limit is an error and not a death, and no record is lost", (_name, runtime) => {
  const file = scratchFile("status.txt");
  // Node 20 does not read TypeScript.
  const script = `${file}.mjs`;
  buildSync({
    stdin: { contents: SCRIPT, resolveDir: ROOT, loader: "js" },
    outfile: script,
    bundle: true,
    platform: "node",
    format: "esm",
  });
  const limited = ["-c", 'ulimit -f 8; exec "$@"', "bash", runtime, script, file];
  const outcome = v.parse(Outcome, JSON.parse(execFileSync("bash", limited, { encoding: "utf8" })));
  const written = readFileSync(file, "utf8");
  expect(outcome.code).toBe("EFBIG twice");
  expect(written.endsWith("\n")).toBe(true);
  expect(written.length).toBeGreaterThan(8000);
  expect(written + outcome.unwritten).toBe(Array.from({ length: 3000 }, (_, i) => `record ${i}\n`).join(""));
});
