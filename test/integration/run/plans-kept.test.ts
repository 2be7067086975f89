/** What a plan says before anything runs is what the run does. */

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { Random } from "../../simulation/world/random.ts";
import { type Given, Tree } from "./mutated-tree.ts";

/** PLANS=100 tries more. */
const SEEDS = Number(process.env["PLANS"] ?? 3);
const CHANGES = 3;
const RULES = ["", "cache: true", "doneWhen: outputs", "doneWhen: newer"] as const;

const base = mkdtempSync(path.join(tmpdir(), "disbatch-plans-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

/** A document of some tasks, each of which has outputs, and reads those of earlier ones and of others. */
function documentOf(random: Random): string {
  const lines = ["name: flow", "params: {n: {default: a}}", 'axes: {day: ["1", "2"]}', "tasks:"];
  const count = random.whole(3, 5);
  for (let i = 0; i < count; i++) {
    const inputs = [`own: {file: own${i}.txt}`];
    for (let j = 0; j < i; j++) if (random.chance(0.5)) inputs.push(`x${j}: t${j}.o`);
    const day = random.chance(0.5);
    const rule = RULES[random.whole(0, RULES.length - 1)];
    lines.push(
      `  t${i}:`,
      ...(day ? ["    matrix: [day]"] : []),
      ...(rule === "" ? [] : [`    ${rule}`]),
      `    inputs: {${inputs.join(", ")}}`,
      // What is made says what it was made from; every second task forgets that.
      `    run: ${random.chance(0.5) ? 'cat "$IN_own"' : "echo same"} > "$OUT_o" # ${i}${random.chance(0.3) ? " $n" : ""}`,
      `    outputs: {o: ${day ? `"o${i}/\${day}"` : `o${i}/all`}}`,
    );
  }
  return `${lines.join("\n")}\n`;
}

/** Changes something by chance. @returns what the run is given. */
function change(random: Random, tree: Tree, count: number): Given {
  const i = random.whole(0, count - 1);
  switch (random.whole(0, 6)) {
    case 0:
      tree.write(`own${i}.txt`, `${random.whole(0, 9)}\n`);
      return {};
    case 1:
      tree.touch(`own${i}.txt`, 100);
      return {};
    case 2:
      tree.remove(`o${i}`);
      return {};
    case 3:
      tree.edit(`# ${i}`, `# ${i} more`);
      return {};
    case 4:
      return { params: { n: "b" } };
    case 5:
      return { force: [`t${i}`] };
    default:
      return { from: [`t${i}`] };
  }
}

test.each(Array.from({ length: SEEDS }, (_, i) => i + 1))(
  "a run does what its plan says (%i)",
  async (seed) => {
    const random = new Random(seed);
    const text = documentOf(random);
    const count = text.split("\n    run: ").length - 1;
    const own = Array.from({ length: count }, (_, i) => [`own${i}.txt`, "0\n"] as const);
    const tree = new Tree(path.join(base, `${seed}`), { "flow.yaml": text, ...Object.fromEntries(own) });
    for (const [name] of own) tree.touch(name, -1000);
    for (let i = 0; i <= CHANGES; i++) {
      const given = i === 0 ? {} : change(random, tree, count);
      const { sure, perhaps } = await tree.plan(given);
      const ran = await tree.run(given);
      const unplanned = ran.filter((name) => !sure.includes(name) && !perhaps.includes(name));
      const idle = sure.filter((name) => !ran.includes(name));
      const unexplained = Object.entries(tree.explain(ran)).filter(([, why]) => !/^(?:because|first run)/.test(why));
      expect({ seed, i, given, unplanned, idle, unexplained }).toEqual({
        ...{ seed, i, given, unplanned: [], idle: [], unexplained: [] },
      });
    }
  },
  120_000,
);
