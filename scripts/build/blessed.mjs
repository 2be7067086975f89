// blessed, which shows the monitor, in one file: it reads its description of a terminal from a folder that is not there then.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

const READING = "file = path.normalize(this._prefix(term));\n  data = fs.readFileSync(file);";

/** Has blessed know one terminal, xterm, whatever is installed where it runs. */
export const blessedInOneFile = {
  name: "blessed-in-one-file",
  setup(build) {
    build.onLoad({ filter: /[/\\]blessed[/\\]lib[/\\]tput\.js$/ }, ({ path }) => {
      const source = readFileSync(path, "utf8");
      if (!source.includes(READING)) throw new Error("build: blessed reads its terminals in another way than before");
      const xterm = readFileSync(join(dirname(path), "..", "usr", "xterm")).toString("base64");
      const known = `file = "xterm";\n  data = Buffer.from("${xterm}", "base64");`;
      return { contents: source.replace(READING, known), loader: "js" };
    });
    // Its widgets for other programs are not used.
    build.onResolve({ filter: /^(?:term\.js|pty\.js)$/ }, ({ path }) => ({ path, external: true }));
  },
};
