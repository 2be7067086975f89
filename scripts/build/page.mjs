// Puts the web page into the bundle: what its browser is sent is made of src/page, and stands compressed in the module
// `disbatch:page`, since an installation is one file.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { root } from "./paths.mjs";

const FOLDER = join(root, "src/page");
const TYPES = {
  html: "text/html; charset=utf-8",
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml",
};

/** Makes the page. @returns its files, and the metafile of what is in them. */
export async function makePage() {
  const { outputFiles, metafile } = await build({
    absWorkingDir: root,
    entryPoints: { page: join(FOLDER, "main.tsx") },
    outdir: "/",
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    jsx: "automatic",
    jsxImportSource: "preact",
    legalComments: "none",
    metafile: true,
    write: false,
    logLevel: "warning",
  });
  const made = outputFiles.map(({ path, contents }) => fileOf(path.replace(/^\//, ""), Buffer.from(contents)));
  const asTheyAre = ["index.html", "favicon.svg"].map((name) => fileOf(name, readFileSync(join(FOLDER, name))));
  return { files: [...asTheyAre, ...made], metafile };
}

function fileOf(name, bytes) {
  const type = TYPES[name.split(".").at(-1)];
  if (type === undefined) throw new Error(`build: the page has a file of an unknown type: ${name}`);
  const tag = createHash("sha256").update(bytes).digest("base64url").slice(0, 16);
  return { name, type, tag, gzip: gzipSync(bytes, { level: 9 }).toString("base64") };
}

/** Has `disbatch:page` be the files of a page. */
export function withPage({ files }) {
  return {
    name: "page",
    setup(builder) {
      builder.onResolve({ filter: /^disbatch:page$/ }, ({ path }) => ({ path, namespace: "page" }));
      builder.onLoad({ filter: /.*/, namespace: "page" }, () => ({
        contents: `export const FILES = ${JSON.stringify(files)};`,
        loader: "js",
      }));
    },
  };
}
