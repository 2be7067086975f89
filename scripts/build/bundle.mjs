// Makes JavaScript of the program: dist/disbatch.mjs, the whole of it in one file, for Node; dist/disbatch-lib.mjs, the library;
// and dist/pieces, for the executables.
// In pieces an executable starts with a quarter less work than with the one file.

import { chmodSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";
import { blessedInOneFile } from "./blessed.mjs";
import { commitName } from "./commit.mjs";
import { makePage, withPage } from "./page.mjs";
import { bundle, dist, library, pieces, root, version } from "./paths.mjs";

const HOW = {
  absWorkingDir: root,
  bundle: true,
  minifySyntax: true,
  minifyWhitespace: true,
  platform: "node",
  target: "node20",
  format: "esm",
  define: {
    "process.env.DISBATCH_VERSION": JSON.stringify(version),
    "process.env.DISBATCH_COMMIT": JSON.stringify(commitName()),
    // ssh2 looks for a program of Windows beside its own files, and has native parts that it does without. Bun would put
    // the path of this folder in place of these.
    __dirname: '""',
    __filename: '""',
  },
  external: ["cpu-features", "*.node"],
  // The usual file of the one asks for its others in a way that no bundler sees; that of the other is CommonJS, of which an
  // executable finds nothing when it is loaded late.
  alias: { "jsonc-parser": "jsonc-parser/lib/esm/main.js", yaml: join(root, "node_modules/yaml/browser/index.js") },
  plugins: [blessedInOneFile],
  // Some dependencies are CommonJS and ask for Node's modules by `require`.
  banner: {
    js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
  },
  // They stand in THIRD-PARTY-LICENSES.
  legalComments: "none",
  logLevel: "warning",
};

const PROGRAM = ["bin/disbatch.ts"];
const LIBRARY = ["src/api/index.ts"];

/** Makes the bundle, the library and the pieces. Returns the files that they hold, as paths from the root of the repository. */
export async function makeBundle() {
  mkdirSync(dist, { recursive: true });
  rmSync(pieces, { recursive: true, force: true });
  const page = await makePage();
  const how = { ...HOW, plugins: [...HOW.plugins, withPage(page)] };
  const made = await Promise.all([
    build({ ...how, entryPoints: PROGRAM, outfile: bundle, metafile: true }),
    build({ ...how, entryPoints: LIBRARY, outfile: library, metafile: true }),
    build({ ...how, entryPoints: PROGRAM, outdir: pieces, splitting: true }),
  ]);
  chmodSync(bundle, 0o755);
  // The pieces hold what the bundle does.
  const outputs = [...made, page].flatMap(({ metafile }) => Object.values(metafile?.outputs ?? {}));
  const inputs = outputs.flatMap((output) => Object.entries(output.inputs));
  return [...new Set(inputs.flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])))];
}
