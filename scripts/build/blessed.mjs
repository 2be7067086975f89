// blessed, which shows the monitor, in one file: without what it reads from folders that are not there then, and without its
// widgets, which are not used.

import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Where it reads its description of a terminal. */
const READING = "file = path.normalize(this._prefix(term));\n  data = fs.readFileSync(file);";
/** Where it asks for all of itself, for the width of a tab. There are no tabs. */
const ASKING = "exports.blessed = require('../');";

/** Has blessed know one terminal, xterm, whatever is installed where it runs. */
export const blessedInOneFile = {
  name: "blessed-in-one-file",
  setup(build) {
    build.onLoad({ filter: /[/\\]blessed[/\\]lib[/\\]tput\.js$/ }, ({ path }) => {
      const xterm = readFileSync(join(dirname(path), "..", "usr", "xterm")).toString("base64");
      return changed(path, READING, `file = "xterm";\n  data = Buffer.from("${xterm}", "base64");`);
    });
    build.onLoad({ filter: /[/\\]blessed[/\\]lib[/\\]unicode\.js$/ }, ({ path }) =>
      changed(path, ASKING, "exports.blessed = { screen: {} };"),
    );
  },
};

function changed(path, from, to) {
  const source = readFileSync(path, "utf8");
  if (!source.includes(from)) throw new Error(`build: ${path} is another than the one that was looked at`);
  return { contents: source.replace(from, to), loader: "js" };
}
