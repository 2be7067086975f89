import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Given, Tree } from "./mutated-tree.ts";

const FLOW = `name: flow
params: {n: {type: int, default: 2}, unit: {default: C}}
axes: {day: ["1", "2"]}
tasks:
  raw:
    external: true
    matrix: [day]
    outputs: {txt: "raw/\${day}.txt"}
  clean:
    matrix: [day]
    inputs: {raw: raw.txt, table: {file: table.txt}}
    code: [clean.sh]
    env: {MODE: fast}
    run: bash clean.sh "$IN_raw" "$IN_table" > "$OUT_txt"
    outputs: {txt: "clean/\${day}.txt"}
    cache: true
    cacheEnv: [STATION]
  sum:
    inputs: {days: clean.txt}
    run: xargs cat < "$IN_days" | head -n "$n" > "$OUT_txt"
    outputs: {txt: sum.txt}
    cache: true
  note:
    inputs: {sum: sum.txt}
    run: cp "$IN_sum" "$OUT_txt"
    outputs: {txt: note.txt}
  plain:
    env: {WORD: hello}
    run: echo "$WORD $unit"
  after: {needs: plain, run: echo after}
  there: {run: echo there > "$OUT_txt", outputs: {txt: there.txt}, doneWhen: outputs}
  may: {run: "! test -e broken", allowFailure: true}
  tell: {needs: may, run: echo "$STATE_may" > "$OUT_txt", outputs: {txt: tell.txt}, cache: true}
  folders: {inputs: {lib: {file: lib/}}, code: [code], run: cat "$IN_lib"/in/a > "$OUT_txt", outputs: {txt: lib.txt}, doneWhen: newer}
  made: {inputs: {table: {file: table.txt}}, run: cp "$IN_table" "$OUT_txt", outputs: {txt: made.txt}, doneWhen: newer}
`;

const FILES = {
  "lib/in/a": "a\n",
  "flow.yaml": FLOW,
  "table.txt": "t\n",
  "clean.sh": 'cat "$1"\n',
  "code/deep/b": "b\n",
  "raw/1.txt": "one\n",
  "raw/2.txt": "two\n",
};

const base = mkdtempSync(path.join(tmpdir(), "disbatch-mutations-"));
const first = new Tree(path.join(base, "tree"), FILES);
/** As it is when all has been done. */
const DONE = path.join(base, "done");

let [firstRan, secondRan]: (readonly string[])[] = [];
beforeAll(async () => {
  for (const name of [
    "lib/in/a",
    "lib/in",
    "lib",
    "code/deep/b",
    "code/deep",
    "code",
    "table.txt",
    "clean.sh",
    "raw/1.txt",
    "raw/2.txt",
  ])
    first.touch(name, -100);
  firstRan = await first.run();
  // Nothing is left to do, and no lock of the run is copied.
  secondRan = await first.run();
  first.copyTo(DONE);
}, 90_000);
afterAll(() => rmSync(base, { recursive: true, force: true }));

interface Mutation {
  readonly what: string;
  readonly change?: (tree: Tree) => void;
  readonly given?: Given;
  /** Why each instance ran, of all that have run. */
  readonly ran: Readonly<Record<string, string>>;
}

const raw1 = "because input raw, raw/1.txt, changed";
const commandChanged = "because its command changed";

const MUTATIONS: readonly Mutation[] = [
  { what: "nothing", ran: {} },
  // What decides nothing.
  { what: "a comment in the document", change: (tree) => tree.edit("tasks:", "# A comment\ntasks:"), ran: {} },
  {
    what: "the order of tasks",
    change: (tree) => {
      tree.edit("  after: {needs: plain, run: echo after}\n", "");
      tree.edit("tasks:\n", "tasks:\n  after: {needs: plain, run: echo after}\n");
    },
    ran: {},
  },
  { what: "retries", change: (tree) => tree.edit("echo after}", "echo after, retries: 2}"), ran: {} },
  {
    what: "the description of a limit",
    change: (tree) => tree.edit("    cache: true", "    timeout: 9m\n    cache: true"),
    ran: {},
  },
  { what: "the time of an input", change: (tree) => tree.touch("raw/1.txt", 1000), ran: {} },
  { what: "the time of a code file", change: (tree) => tree.touch("clean.sh", 1000), ran: {} },
  {
    what: "an input written again with the same contents",
    change: (tree) => tree.write("raw/1.txt", "one\n"),
    ran: {},
  },
  {
    what: "a parameter that no task names",
    change: (tree) => tree.edit("unit: {default: C}", "unit: {default: C}, x: {default: y}"),
    ran: {},
  },
  {
    what: "a task that is gone",
    change: (tree) => tree.edit("  after: {needs: plain, run: echo after}\n", ""),
    ran: {},
  },
  { what: "a variable that nobody names", given: { env: { OTHER: "1" } }, ran: {} },
  { what: "a task that says doneWhen: outputs", change: (tree) => tree.edit("echo there >", "echo There >"), ran: {} },
  // Inputs and code.
  {
    what: "the contents of an input",
    change: (tree) => tree.write("raw/1.txt", "eins\n"),
    ran: { "clean[day=1]": raw1, sum: "because input days, clean/1.txt, changed", note: "because sum ran again" },
  },
  {
    what: "an input that does not change what is made from it",
    change: (tree) => tree.write("table.txt", "T\n"),
    ran: {
      "clean[day=1]": "because input table, table.txt, changed",
      "clean[day=2]": "because input table, table.txt, changed",
      made: "because input table, table.txt, is newer",
    },
  },
  {
    what: "the contents of a code file",
    change: (tree) => tree.write("clean.sh", 'cat "$1" # as it is\n'),
    ran: { "clean[day=1]": "because code clean.sh changed", "clean[day=2]": "because code clean.sh changed" },
  },
  {
    what: "the time of an input of doneWhen: newer",
    change: (tree) => tree.touch("table.txt", 1000),
    ran: { made: "because input table, table.txt, is newer" },
  },
  {
    what: "a file within an input folder of doneWhen: newer, written in place",
    change: (tree) => tree.touch("lib/in/a", 1000),
    ran: { folders: "because input lib is newer" },
  },
  {
    what: "a file within a code folder of doneWhen: newer",
    change: (tree) => tree.touch("code/deep/b", 1000),
    ran: { folders: "because code code is newer" },
  },
  {
    what: "an input with other contents of the same size and time",
    change: (tree) => {
      tree.write("raw/1.txt", "eno\n");
      tree.touch("raw/1.txt", 0, "raw/2.txt");
    },
    ran: { "clean[day=1]": raw1, sum: "because input days, clean/1.txt, changed", note: "because sum ran again" },
  },
  {
    what: "two inputs of the same size and time that have changed their names",
    change: (tree) => tree.swap("raw/1.txt", "raw/2.txt"),
    ran: {
      "clean[day=1]": raw1,
      "clean[day=2]": "because input raw, raw/2.txt, changed",
      sum: "because input days, clean/1.txt, changed and input days, clean/2.txt, changed",
      note: "because sum ran again",
    },
  },
  {
    what: "the end of a task that may fail",
    change: (tree) => {
      tree.write("broken", "");
      tree.edit("! test -e", "!  test -e");
    },
    ran: { may: commandChanged, tell: "because env STATE_may is new" },
  },
  // What the task says.
  {
    what: "a variable of env",
    change: (tree) => tree.edit("MODE: fast", "MODE: slow"),
    ran: { "clean[day=1]": "because env MODE changed", "clean[day=2]": "because env MODE changed" },
  },
  {
    what: "a new variable of env",
    change: (tree) => tree.edit("WORD: hello", "WORD: hello, MORE: x"),
    ran: { plain: "because env MORE is new", after: "because plain ran again" },
  },
  {
    what: "the value of a variable of env",
    change: (tree) => tree.edit("WORD: hello", "WORD: hi"),
    ran: { plain: "because env WORD changed from hello to hi", after: "because plain ran again" },
  },
  {
    what: "a variable that cacheEnv names",
    given: { env: { STATION: "north" } },
    ran: { "clean[day=1]": "because env STATION is new", "clean[day=2]": "because env STATION is new" },
  },
  {
    what: "a parameter of a cached task",
    given: { params: { n: "1" } },
    ran: { sum: "because param n changed", note: "because sum ran again" },
  },
  {
    what: "a parameter of a task without files",
    given: { params: { unit: "F" } },
    ran: { plain: "because param unit changed from C to F", after: "because plain ran again" },
  },
  {
    what: "the command of a task without files",
    change: (tree) => tree.edit('echo "$WORD $unit"', 'echo "$unit $WORD"'),
    ran: { plain: commandChanged, after: "because plain ran again" },
  },
  {
    what: "the command of a task whose outputs stay the same",
    change: (tree) => tree.edit("xargs cat <", "xargs cat --  <"),
    ran: { sum: commandChanged, note: "because sum ran again" },
  },
  {
    what: "a shell",
    change: (tree) => tree.edit("run: echo after}", "run: echo after, shell: [sh, -c]}"),
    ran: { after: "because its shell changed" },
  },
  {
    what: "a workdir",
    change: (tree) => tree.edit("run: echo after}", "run: echo after, workdir: raw}"),
    ran: { after: "because its workdir changed" },
  },
  {
    what: "needs",
    change: (tree) => tree.edit("needs: plain, run", "needs: [plain, there], run"),
    ran: { after: "because its needs changed" },
  },
  {
    what: "a condition",
    change: (tree) => tree.edit("needs: plain, run", "if: always, needs: plain, run"),
    ran: { after: "because its condition changed" },
  },
  {
    what: "the path of an output",
    change: (tree) => tree.edit("txt: note.txt", "txt: letter.txt"),
    ran: { note: "because output txt, letter.txt, changed" },
  },
  // Outputs.
  {
    what: "an output that is gone",
    change: (tree) => tree.remove("clean/2.txt"),
    ran: { "clean[day=2]": "because output txt, clean/2.txt, is missing" },
  },
  {
    what: "an output with other contents",
    change: (tree) => tree.write("clean/2.txt", "other\n"),
    ran: { "clean[day=2]": "because output txt, clean/2.txt, changed" },
  },
  {
    what: "an output of a task that is not cached, gone",
    change: (tree) => tree.remove("note.txt"),
    ran: { note: "because output txt, note.txt, is missing" },
  },
  {
    what: "an output of doneWhen: outputs, gone",
    change: (tree) => tree.remove("there.txt"),
    ran: { there: "because output txt, there.txt, is missing" },
  },
  // Values, and what somebody asks for.
  {
    what: "a new value of an axis",
    change: (tree) => {
      tree.edit('["1", "2"]', '["1", "2", "3"]');
      tree.write("raw/3.txt", "three\n");
    },
    ran: { "clean[day=3]": "first run", sum: "because input days, clean/3.txt, is new", note: "because sum ran again" },
  },
  {
    what: "an instance that is forced",
    given: { force: ["clean[day=1]"] },
    ran: { "clean[day=1]": "because it was forced" },
  },
];

test("a first run runs all instances that have a command, and a second one none", () => {
  expect(firstRan).toHaveLength(11);
  expect(secondRan).toEqual([]);
});

test.each(MUTATIONS.map((mutation) => [mutation.what, mutation] as const))("%s", async (what, mutation) => {
  // The same folder again: elsewhere it would be another document's.
  const tree = Tree.copyOf(DONE, path.join(base, "tree"));
  mutation.change?.(tree);
  const { sure, perhaps } = await tree.plan(mutation.given);
  const ran = await tree.run(mutation.given);
  expect({ what, ran: tree.explain(ran) }).toEqual({ what, ran: mutation.ran });
  // The plan has said so before, as far as it could know.
  expect({ what, unplanned: ran.filter((name) => !sure.includes(name) && !perhaps.includes(name)) }).toEqual({
    what,
    unplanned: [],
  });
  expect({ what, idle: sure.filter((name) => !ran.includes(name)) }).toEqual({ what, idle: [] });
});
