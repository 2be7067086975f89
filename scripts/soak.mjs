// A run of many short tasks in which an engine is killed every few seconds, and now and then the driver, which is recovered.
// In the end every task has to be done once, and memory and open files have to be what they were before.
//
//     npm run soak [-- [--lease N] [SECONDS [PROGRAM]]]
//
// It is about SECONDS of work, an hour if not given, done by PROGRAM, dist/disbatch if not given, under a lease of N seconds, 5 if
// not given. No lease ends, so nothing but these deaths may end a task.
//
// Killed are only engines that PREFIX_dbUtil.sh has added: the first one is spared, so that its memory can be watched.

import { spawn } from "node:child_process";
import { closeSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pass } from "node:timers/promises";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { lease: { type: "string", default: "5" } },
});
const [seconds, lease] = [Number(positionals[0] ?? 3600), Number(values.lease)];
const program = resolve(positionals[1] ?? join(import.meta.dirname, "..", "dist", "disbatch"));
if (!(seconds > 0)) throw new Error("soak: the first argument is a number of seconds");
if (!(lease > 0)) throw new Error("soak: --lease is a number of seconds");

/** Of which the slots below do about a hundred in a second. */
const TASK = "sleep 0.05";
const COUNT = Math.ceil(seconds * 100);
const FIRST_SLOTS = 4;
const ADDED_ENGINES = 5;
/** Seconds between two kills: of engines any number between these, of drivers this one. */
const BETWEEN_ENGINES = [2, 6];
const BETWEEN_DRIVERS = Math.max(30, Math.min(600, seconds / 5));
/** Seconds between two looks at memory, and between two lines on the terminal. */
const BETWEEN_LOOKS = 2;
const BETWEEN_LINES = seconds < 600 ? 10 : 60;
/** Flat is what grows by no more than a fifth and so many MB, or by so many files. */
const MOST = { share: 1.2, megabytes: 20, files: 8 };
/** A run that takes longer than this hangs, in milliseconds. */
const LONGEST = (2 * seconds + 120) * 1000;
/** A process of the run that has not gone by then stays, in milliseconds. */
const LEAVING = 10_000;

const OPTIONS = [
  "-s",
  `localhost:${FIRST_SLOTS}`,
  "-p",
  "run",
  "--lease",
  String(lease),
  "--engine-restarts",
  "1000000",
];
const MARK = "DISBATCH_SOAK";

const folder = mkdtempSync(join(tmpdir(), "disbatch-soak-"));
const path = (name) => join(folder, name);
/** What was seen of the driver and of the engine that is spared. */
const looks = [];
const killed = { engines: 0, drivers: 0 };
let driver;
/** The exit code of the run, once it has one. */
const outcome = { exitCode: undefined };

writeFileSync(path("Tasks"), `#DISBATCH REPEAT ${COUNT} ${TASK}\n`);
console.log(`soak: ${COUNT} tasks of ${TASK}, under a lease of ${lease} s, in ${folder}`);
startDriver([...OPTIONS, "Tasks"]);
while (enginesThere().length === 0) await pass(50);
const late = setTimeout(giveUp, LONGEST);
const added = Array.from({ length: ADDED_ENGINES }, () => addEngine());
await Promise.all([...added, killEngines(), killDrivers(), look(), report()]);
clearTimeout(late);
const complaints = [
  ...judgeOutcomes(),
  ...judgeGrowth("driver"),
  ...judgeGrowth("engine"),
  ...(await judgeProcesses()),
];
for (const complaint of complaints) console.log(`soak: ${complaint}`);
console.log(complaints.length === 0 ? "soak: all is well" : `soak: the files of the run are in ${folder}`);
if (complaints.length === 0) rmSync(folder, { recursive: true });
process.exitCode = complaints.length === 0 ? 0 : 1;

/** Starts something in the folder; what it writes is kept there. */
function start(file, args) {
  const log = openSync(path("soak.log"), "a");
  const env = { ...process.env, [MARK]: folder };
  const child = spawn(file, args, { cwd: folder, env, detached: true, stdio: ["ignore", log, log] });
  closeSync(log);
  const ended = new Promise((done) => child.once("exit", (code, signal) => done({ code, signal })));
  return { pid: child.pid, ended };
}

function startDriver(args) {
  driver = start(program, args);
  void noteEnd(driver);
}

/** A driver that was killed is followed by another. */
async function noteEnd({ ended }) {
  const { code, signal } = await ended;
  if (signal !== "SIGKILL") outcome.exitCode ??= code ?? signal;
}

/** The script that adds an engine may leave before the run does, when its engine has died in a bad moment. */
async function addEngine() {
  while (outcome.exitCode === undefined) {
    await start("./run_dbUtil.sh", ["-s", "localhost:1"]).ended;
    await passUnlessOver(BETWEEN_LOOKS);
  }
}

function giveUp() {
  outcome.exitCode = "nothing: it hangs";
  for (const { pid } of processes()) kill(pid);
}

async function killEngines() {
  const [least, most] = BETWEEN_ENGINES;
  while (outcome.exitCode === undefined) {
    await passUnlessOver(least + Math.random() * (most - least));
    const [, ...others] = enginesThere();
    const victim = others[Math.floor(Math.random() * others.length)];
    if (victim !== undefined && outcome.exitCode === undefined && kill(victim)) killed.engines++;
  }
}

async function killDrivers() {
  for (;;) {
    await passUnlessOver(BETWEEN_DRIVERS);
    if (outcome.exitCode !== undefined) return;
    if (kill(driver.pid)) killed.drivers++;
    const { signal } = await driver.ended;
    if (signal === "SIGKILL") startDriver(["--recover", "run"]);
  }
}

async function look() {
  while (outcome.exitCode === undefined) {
    const [first] = enginesThere();
    looks.push({ driver: sizeOf(driver.pid), engine: first === undefined ? undefined : sizeOf(first) });
    await passUnlessOver(BETWEEN_LOOKS);
  }
}

async function report() {
  const began = Date.now();
  while (outcome.exitCode === undefined) {
    await passUnlessOver(BETWEEN_LINES);
    const { driver: d, engine: e } = looks.at(-1) ?? {};
    const shown = (size) => (size === undefined ? "gone" : `${size.megabytes.toFixed(0)} MB, ${size.files} files`);
    const done = statusLines().length;
    const deaths = `${killed.engines} engines and ${killed.drivers} drivers killed`;
    const time = ((Date.now() - began) / 1000).toFixed(0);
    console.log(`soak: ${time} s: ${done} of ${COUNT} tasks done, ${deaths}; driver ${shown(d)}; engine ${shown(e)}`);
  }
}

/** Waits, but not beyond the end of the run. */
async function passUnlessOver(duration) {
  for (const end = Date.now() + duration * 1000; Date.now() < end && outcome.exitCode === undefined;) await pass(100);
}

/** Process ids of the engines, the oldest first. */
function enginesThere() {
  const alike = processes().filter(({ command }) => command.endsWith(" engine --specified-on-stdin"));
  const pids = new Set(alike.map(({ pid }) => pid));
  // A task that is just being started looks like its engine, which is its parent.
  const engines = alike.filter(({ parent }) => !pids.has(parent));
  return engines.toSorted((a, b) => a.born - b.born).map(({ pid }) => pid);
}

/** What was started in this folder, directly or not, and is alive. */
function processes() {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && contents(`/proc/${name}/environ`).includes(`${MARK}=${folder}\0`))
    .map((name) => {
      // "PID (NAME) STATE PPID ...", and NAME may hold anything.
      const stat = contents(`/proc/${name}/stat`);
      const [state, ...fields] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
      const command = contents(`/proc/${name}/cmdline`).replaceAll("\0", " ").trim();
      return { pid: Number(name), state, parent: Number(fields[0]), born: Number(fields[18]), command };
    })
    .filter(({ pid, state }) => pid !== process.pid && state !== undefined && !"ZX".includes(state));
}

/** Memory and open files of a process; undefined when it is gone. */
function sizeOf(pid) {
  const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(contents(`/proc/${pid}/status`)) ?? [];
  if (kilobytes === undefined) return undefined;
  try {
    return { megabytes: Number(kilobytes) / 1024, files: readdirSync(`/proc/${pid}/fd`).length };
  } catch {
    return undefined;
  }
}

function judgeOutcomes() {
  const lines = statusLines().map((line) => line.split("\t"));
  const outcomes = new Map(lines.map(([, id, , , , , code]) => [Number(id), code]));
  const lost = Array.from({ length: COUNT }, (_, id) => id).filter((id) => !outcomes.has(id));
  const failed = [...outcomes].filter(([, code]) => code !== "0");
  return [
    ...(outcome.exitCode === 0 ? [] : [`the run has ended with ${outcome.exitCode}`]),
    ...(lost.length === 0 ? [] : [`${lost.length} tasks have no outcome, the first is ${lost[0]}`]),
    ...(failed.length === 0 ? [] : [`${failed.length} tasks have failed: ${failed.slice(0, 5).join("; ")}`]),
    ...(lines.length === outcomes.size ? [] : [`${lines.length - outcomes.size} tasks have several outcomes`]),
  ];
}

/** The last quarter of the time against the second. */
function judgeGrowth(who) {
  const sizes = looks.map((each) => each[who]).filter((size) => size !== undefined);
  const quarter = Math.floor(sizes.length / 4);
  const median = (part, what) =>
    part.map((size) => size[what]).toSorted((a, b) => a - b)[Math.floor(part.length / 2)] ?? 0;
  const [before, after] = [sizes.slice(quarter, 2 * quarter), sizes.slice(-quarter)];
  const [memory, files] = ["megabytes", "files"].map((what) => [median(before, what), median(after, what)]);
  console.log(
    `soak: ${who}: ${memory.map((size) => `${size.toFixed(0)} MB`).join(", then ")}; files ${files.join(", then ")}`,
  );
  return [
    ...(memory[1] > memory[0] * MOST.share + MOST.megabytes ? [`the memory of the ${who} has grown`] : []),
    ...(files[1] > files[0] + MOST.files ? [`the ${who} has more files open`] : []),
  ];
}

async function judgeProcesses() {
  for (const end = Date.now() + LEAVING; processes().length > 0 && Date.now() < end;) await pass(100);
  return processes().map(({ pid, command }) => `left behind: process ${pid}: ${command}`);
}

function statusLines() {
  return contents(path("run_status.txt")).split("\n").slice(0, -1);
}

function kill(pid) {
  try {
    return process.kill(pid, "SIGKILL");
  } catch {
    // It has ended by itself meanwhile.
    return false;
  }
}

/** Nothing of what is not there: processes end while they are looked at. */
function contents(file) {
  try {
    return readFileSync(file, "latin1");
  } catch {
    return "";
  }
}
