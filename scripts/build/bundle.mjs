// Makes dist/disbatch.mjs: the whole program in one file, for Node.

import { chmodSync, mkdirSync } from "node:fs";
import { build } from "esbuild";
import { blessedInOneFile } from "./blessed.mjs";
import { commitName } from "./commit.mjs";
import { bundle, dist, root, version } from "./paths.mjs";

/** Makes the bundle. Returns the files that it holds, as paths from the root of the repository. */
export async function makeBundle() {
  mkdirSync(dist, { recursive: true });
  const { metafile } = await build({
    absWorkingDir: root,
    entryPoints: ["bin/disbatch.ts"],
    outfile: bundle,
    metafile: true,
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
    plugins: [blessedInOneFile],
    // Some dependencies are CommonJS and ask for Node's modules by `require`.
    banner: {
      js: 'import { createRequire as makeRequire } from "node:module"; const require = makeRequire(import.meta.url);',
    },
    // They stand in THIRD-PARTY-LICENSES.
    legalComments: "none",
    logLevel: "warning",
  });
  chmodSync(bundle, 0o755);
  const [{ inputs }] = Object.values(metafile.outputs);
  return Object.keys(inputs).filter((file) => inputs[file].bytesInOutput > 0);
}
