import { writeFileSync } from "node:fs";

/** Tasks of the document of a million instances. */
const TEMPLATES = 10;

/** A run of a document on slots of this machine. */
export function runOf(argv: readonly string[], file: string, slots: number, prefix: string): [string, ...string[]] {
  const [program = "", ...args] = argv;
  return [program, ...args, "run", "-s", `localhost:${slots}`, "-p", prefix, "--progress", "none", file];
}

/** The beginning of a script that notes in this file when the first task was started. */
export function noteFirst(sign: string): string {
  return `[ -e '${sign}' ] || echo $EPOCHREALTIME > '${sign}'`;
}

/** Twenty-five lines that stand for ten times this many instances: each task after the same instance of the one before. */
export function writeGrid(file: string, days: number, regions: number, script: string): void {
  const lines = [
    "name: grid",
    "axes:",
    `  day: {from: 1, to: ${days}}`,
    `  region: {from: 1, to: ${regions}}`,
    "tasks:",
  ];
  for (let i = 0; i < TEMPLATES; i++) {
    const needs = i === 0 ? "" : `needs: step${i - 1}, `;
    lines.push(`  step${i}:`, `    {matrix: [day, region], ${needs}run: ${JSON.stringify(script)}}`);
  }
  writeFileSync(file, `${lines.join("\n")}\n`);
}

/** JSON with a task for each of so many names, each second one of which needs the one before. */
export function writeExplicit(file: string, count: number, script: string): void {
  const tasks: Record<string, unknown> = {};
  for (let i = 0; i < count; i++) {
    tasks[`task${i}`] = { ...(i % 2 === 1 && { needs: [`task${i - 1}`] }), run: script };
  }
  writeFileSync(file, `${JSON.stringify({ name: "explicit", tasks }, undefined, 1)}\n`);
}

/** So many pairs of tasks, the second of which needs the first. */
export function writePairs(file: string, pairs: number, script: string): void {
  const matrix = `matrix: {i: {from: 1, to: ${pairs}}}`;
  const run = `run: ${JSON.stringify(script)}`;
  writeFileSync(
    file,
    `name: pairs\ntasks:\n  first: {${matrix}, ${run}}\n  second: {${matrix}, needs: first, ${run}}\n`,
  );
}

/** A chain of so many instances, each after the one before. */
export function writeChain(file: string, length: number, script: string): void {
  const needs = "needs: {task: link, match: {i: i - 1}}";
  const matrix = `matrix: {i: {from: 1, to: ${length}}}`;
  writeFileSync(file, `name: chain\ntasks:\n  link: {${matrix}, ${needs}, run: ${JSON.stringify(script)}}\n`);
}

/** Two tasks of so many instances; when they are joined, each of the second needs all of the first. */
export function writeJoin(file: string, count: number, isJoined: boolean): void {
  const needs = isJoined ? "needs: left, " : "";
  const range = `{from: 1, to: ${count}}`;
  const lines = [
    `  left: {matrix: {i: ${range}}, run: "true"}`,
    `  right: {matrix: {j: ${range}}, ${needs}run: "true"}`,
  ];
  writeFileSync(file, `name: join\ntasks:\n${lines.join("\n")}\n`);
}

/** The explicit document as ninja has it. */
export function writeNinja(file: string, count: number): void {
  const lines = ["rule run", "  command = true", ""];
  for (let i = 0; i < count; i++) lines.push(`build task${i}: run${i % 10 === 0 ? "" : ` task${i - 1}`}`);
  writeFileSync(file, `${lines.join("\n")}\n`);
}

/** The same as make has it. */
export function writeMakefile(file: string, count: number): void {
  const lines = [".SUFFIXES:"];
  for (let i = 0; i < count; i++) lines.push(`task${i}:${i % 10 === 0 ? "" : ` task${i - 1}`}`, "\ttrue");
  writeFileSync(file, `${lines.join("\n")}\n`);
}

/** Pairs of files that two tasks make, each of the second from one of the first. `rule` says when they are done. */
export function writeMade(file: string, pairs: number, rule: string): void {
  const lines = ["name: made", `defaults: {${rule}}`, "axes:", `  i: {from: 1, to: ${pairs}}`, "tasks:"];
  lines.push(`  first: {matrix: [i], run: ': > "$OUT_x"', outputs: {x: "first/\${i}"}}`);
  lines.push(`  second: {matrix: [i], inputs: {y: first.x}, run: 'cp "$IN_y" "$OUT_x"', outputs: {x: "second/\${i}"}}`);
  writeFileSync(file, `${lines.join("\n")}\n`);
}

/** The same files as ninja makes them. Its log is not asked, so that it need not have made them. */
export function writeMadeNinja(file: string, pairs: number): void {
  const lines = ["rule run", "  command = touch $out", "  generator = 1", ""];
  for (let i = 1; i <= pairs; i++) lines.push(`build first/${i}: run`, `build second/${i}: run first/${i}`);
  writeFileSync(file, `${lines.join("\n")}\n`);
}

/** The same files as make makes them. */
export function writeMadeMakefile(file: string, pairs: number): void {
  const names = Array.from({ length: pairs }, (_, at) => at + 1);
  const lines = [".SUFFIXES:", `all: ${names.map((i) => `second/${i}`).join(" ")}`];
  for (const i of names) lines.push(`first/${i}:`, "\ttouch $@", `second/${i}: first/${i}`, "\ttouch $@");
  writeFileSync(file, `${lines.join("\n")}\n`);
}
