import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { COMMAND_SUMMARIES } from "../../src/cli/command-names.ts";
import { artifacts } from "../support/artifacts.ts";
import { HOSTS, openCompletionFolder } from "./completion-folder.ts";
import { openWorkspace } from "../support/fixtures.ts";
import { bash, InteractiveShell, type ShellKind, TAB, zsh } from "./interactive-shell.ts";
import { findSystemProgram } from "../support/programs.ts";
import type { Workspace } from "../support/workspace.ts";

const SHARE = path.resolve(import.meta.dirname, "../../dist/share");
const FILES = {
  bash: path.join(SHARE, "bash-completion/completions/disbatch"),
  zsh: path.join(SHARE, "zsh/site-functions/_disbatch"),
  fish: path.join(SHARE, "fish/vendor_completions.d/disbatch.fish"),
} as const;
const TYPED_SHELLS = [bash, zsh];

const NAMES = ["Tasks", "my run_status.txt", "results", "run_dbUtil.sh", "run_status.txt", "statistics"];
const FILE_NAMES = new Set([...NAMES, "results/third_status.txt"]);
const COMMANDS = Object.keys(COMMAND_SUMMARIES).toSorted();

/** What is typed, and all that is offered in place of its last word: of a list what follows the last comma, or an equals sign. */
const OFFERED: ReadonlyArray<readonly [line: string, offered: readonly string[]]> = [
  ["disbatch ", [...COMMANDS, ...NAMES]],
  ["disbatch r", ["recover", "report", "results", "retry", "run", "run_dbUtil.sh", "run_status.txt", "runs"]],
  ["disbatch st", ["statistics", "status"]],
  ["disbatch Ta", ["Tasks"]],
  ["disbatch ./Ta", ["./Tasks"]],
  ["disbatch run Ta", ["Tasks"]],
  ["disBatch run Ta", ["Tasks"]],
  ["disbatch -s web1:4 -c 2 Ta", ["Tasks"]],
  ["disbatch --log", ["--log-format", "--logfile", "--loglevel"]],
  ["disbatch run --log", ["--log-format", "--logfile", "--loglevel"]],
  ["disbatch Tasks --resu", ["--resume-from"]],
  ["disbatch status --j", ["--json"]],
  ["disbatch recover --j", []],
  ["disbatch --log-format ", ["json", "text"]],
  ["disbatch --log-format=", ["json", "text"]],
  ["disbatch --progress=b", ["bar"]],
  ["disbatch --on-driver-lost k", ["kill"]],
  ["disbatch --logfile st", ["statistics"]],
  ["disbatch --logfile=st", ["statistics"]],
  ["disbatch -r run_s", ["run_status.txt"]],
  ["disbatch --workdir r", ["results"]],
  ["disbatch --tasksPerNode ", []],
  ["disbatch -p run --hostfile Ta", ["Tasks"]],
  ["disbatch -s ", HOSTS],
  ["disbatch -s we", ["web1", "web2"]],
  ["disbatch -s web1:", []],
  ["disbatch -s web1:4,", HOSTS],
  ["disbatch -s web1:4,o", ["otherhost"]],
  ["disbatch -s jo@we", ["web1", "web2"]],
  ["disbatch -s node[01-16]:8,la", ["last"]],
  ["disbatch --ssh-node=web1:4,o", ["otherhost"]],
  ["disbatch -so", ["otherhost"]],
  ["disbatch -efs ot", ["otherhost"]],
  ["disbatch -ef -s ot", ["otherhost"]],
  ["disbatch -efsot", ["otherhost"]],
  ["disbatch -efsweb1:2 Ta", ["Tasks"]],
  ["disbatch --recover r", ["run"]],
  ["disbatch recover ", ["my run", "run"]],
  ["disbatch status m", ["my run"]],
  ["disbatch monitor m", ["my run"]],
  ["disbatch explain m", ["my run"]],
  ["disbatch report m", ["my run"]],
  ["disbatch submit m", ["my run"]],
  ["disbatch wait m", ["my run"]],
  ["disbatch submit run --w", ["--wait"]],
  ["disbatch retry --onl", ["--only"]],
  ["disbatch plan Ta", ["Tasks"]],
  ["disbatch kvs ", ["dump", "get", "monitor", "put", "serve", "shutdown", "view"]],
  ["disbatch runs re", ["results"]],
  ["disbatch status results/", ["results/third"]],
  ["disbatch help re", ["recover", "report", "retry"]],
  ["disbatch completion ", ["bash", "fish", "zsh"]],
  ["disbatch nonsense --log-format j", ["json"]],
];

/** What would leave a file behind if a shell evaluated it. */
const DANGEROUS = [
  "disbatch '$(touch evaluated)",
  "disbatch -s '$(touch evaluated)",
  "disbatch -s '`touch evaluated`,we",
  "disbatch -s web1:4,$(touch${IFS}evaluated)",
  "disbatch --ssh-node=`touch${IFS}evaluated`,",
  'disbatch --log-format "$(touch evaluated)',
  "disbatch recover $(touch${IFS}evaluated)",
  "disbatch status '`touch evaluated`",
  'disbatch "$(touch evaluated)" st',
  "disbatch '$(touch evaluated)' --log-format ",
  "disbatch --workdir $(touch${IFS}evaluated)/",
  "disbatch --logfile `touch${IFS}evaluated`",
];

/** Seconds that a script may take, which takes less than one. */
const PATIENCE = "20";

/** Lines that users have in their start-up files, and that scripts trip over. */
const UNUSUAL_SETTINGS = {
  bash: ["set -uf", "shopt -s failglob nullglob dotglob", "COMP_WORDBREAKS=${COMP_WORDBREAKS//[:@]}", "IFS=:a"],
  zsh: ["setopt sh_word_split glob_subst ksh_arrays", "IFS=:a"],
} as const;

describe.each(TYPED_SHELLS)("completions for $name", (kind) => {
  test("offer commands, options, values, hosts, runs and files", async () => {
    const shell = await openShell(openCompletionFolder(), kind);
    expect(await offersOf(shell)).toEqual(OFFERED.map(([line, offered]) => [line, offered.toSorted()]));
  });

  test("offer the same whatever the shell has been set to", async () => {
    const shell = await openShell(openCompletionFolder(), kind, UNUSUAL_SETTINGS[kind.name]);
    expect(await offersOf(shell)).toEqual(OFFERED.map(([line, offered]) => [line, offered.toSorted()]));
  });

  test.each([
    ["a command", `disbatch rec${TAB}results`, ["recover", "results"]],
    ["a name with a blank", `disbatch recover m${TAB}`, ["recover", "my run"]],
    ["a host, and a count behind it", `disbatch -s web1:4,ot${TAB}2 Ta${TAB}`, ["-s", "web1:4,otherhost:2", "Tasks"]],
    ["a value behind a sign", `disbatch --log-format=js${TAB}Ta${TAB}`, ["--log-format=json", "Tasks"]],
    ["what stands behind another command", `true && X=1 disbatch rec${TAB}results`, ["recover", "results"]],
  ])("complete %s", async (_, keys, words) => {
    const shell = await openShell(openCompletionFolder(), kind);
    expect(await shell.wordsOf(keys)).toEqual(words);
  });

  test("evaluate nothing that is typed, nor what the settings of ssh hold", async () => {
    const workspace = openCompletionFolder();
    const shell = await openShell(workspace, kind);
    for (const line of DANGEROUS) await shell.completeAndForget(line);
    expect(existsSync(workspace.path("evaluated"))).toBe(false);
  });

  test("are offered where there are no settings of ssh, and no run", async () => {
    const shell = await openShell(openWorkspace(), kind);
    expect(lastParts(await shell.offers("disbatch -s "))).toEqual(["localhost"]);
    expect(await shell.offers("disbatch recover ")).toEqual([]);
  });
});

test.each(["a line each", "on one line"])("of very many hosts the first are offered: %s", (form) => {
  const workspace = openWorkspace();
  const hosts = Array.from({ length: 30_000 }, (_, i) => `node${i}`);
  const lines = form === "on one line" ? [`Host ${hosts.join(" ")}`] : hosts.map((host) => `Host ${host}\n  User jo`);
  workspace.write("../.ssh/config", `${lines.join("\n")}\n`);
  const byBash = runScript(workspace, "bash", "__disbatch_hosts");
  const byZsh = runScript(workspace, "zsh", "hosts=() seen=(); _disbatch_read_hosts ~/.ssh/config 0; print -l $hosts");
  const byFish = offeredByFish(workspace, "disbatch -s node").map((host) => host.slice(0, -1));
  const first = hosts.slice(0, 2000).toSorted();
  expect([byBash, byZsh, byFish].map((found) => found.toSorted())).toEqual([first, first, first]);
});

test("completions for bash offer nothing of their own on a line that is longer than people type", () => {
  const workspace = openWorkspace();
  const offers = (line: string): readonly string[] =>
    runScript(workspace, "bash", `COMP_LINE=$2 COMP_POINT=\${#2}; _disbatch; printf '%s\\n' "\${COMPREPLY[@]}"`, line);
  const behind = (length: number): string => ` --log-format j`.padStart(length, " --env A=1");
  expect(offers(`disbatch${behind(7990)}`)).toEqual(["json"]);
  expect(offers(`disbatch${behind(50_000)}`)).toEqual([""]);
  expect(offers(`disbatch --log-format ${"j".repeat(100_000)}`)).toEqual([""]);
});

test("completions for bash complete within quotes", async () => {
  const shell = await openShell(openCompletionFolder(), bash);
  expect(await shell.wordsOf(`disbatch recover 'm${TAB}`)).toEqual(["recover", "my run"]);
  // Bash closes the quotes.
  expect(await shell.wordsOf(`disbatch -s 'web1:4,ot${TAB}2`)).toEqual(["-s", "web1:4,otherhost:2"]);
  expect(await shell.wordsOf(`disbatch -s "web1:4,ot${TAB}2`)).toEqual(["-s", "web1:4,otherhost:2"]);
  expect(await shell.wordsOf(`disbatch --logfile my\\ ${TAB}`)).toEqual(["--logfile", "my run_status.txt"]);
});

test("completions for bash take a line apart as bash does", () => {
  const lines = [
    "disbatch a 'b c' d",
    String.raw`disbatch a\ b "c\"d\\e\f\$g" 'h\i'`,
    `disbatch a'b'"c"d  ''  ""  e`,
    "disbatch --option='a b' -x\"y z\"w",
    "disbatch ü 'ß ö' é\\ à",
  ];
  const split = 'source "$1"; breaks=:; __disbatch_split "$2"; printf "%s\\0" "${words[@]}" "$word"';
  const taken = lines.map((line) =>
    execFileSync("bash", ["-c", split, "bash", FILES.bash, line], { encoding: "utf8" }),
  );
  const meant = lines.map((line) =>
    execFileSync("bash", ["-c", String.raw`printf '%s\0' ` + line], { encoding: "utf8" }),
  );
  expect(taken).toEqual(meant);
});

test("completions for zsh are there when a start-up file reads them", async () => {
  const workspace = openWorkspace();
  workspace.write("completions", readFileSync(FILES.zsh));
  const shell = await openShell(workspace, zsh, [`source ${workspace.path("completions")}`]);
  expect(await shell.offers("disbatch --log-format ")).toEqual(["json", "text"]);
});

test("completions for fish offer commands, options, values, hosts, runs and files", () => {
  const workspace = openCompletionFolder();
  const found = OFFERED.map(([line]) => [line, lastParts(offeredByFish(workspace, line))] as const);
  // Beside runs it offers any file.
  const expected = OFFERED.map(([line, offered], i) => {
    const others = /recover|submit|wait|status|monitor|explain|report/.test(line)
      ? (found[i]?.[1] ?? []).filter((name) => FILE_NAMES.has(name))
      : [];
    return [line, [...new Set([...offered, ...others])].toSorted()] as const;
  });
  expect(found).toEqual(expected);
});

test("completions for fish evaluate nothing that is typed, nor what the settings of ssh hold", () => {
  const workspace = openCompletionFolder();
  for (const line of [...DANGEROUS, "disbatch (touch evaluated) st", "disbatch -s (touch evaluated),"]) {
    offeredByFish(workspace, line);
  }
  expect(existsSync(workspace.path("evaluated"))).toBe(false);
});

test.each(artifacts)("the $name prints the completions", async (artifact) => {
  for (const [shell, file] of Object.entries(FILES)) {
    const run = openWorkspace().run(artifact, ["completion", shell]);
    expect(await run.exited).toEqual({ code: 0, signal: null });
    expect(run.stdout()).toBe(readFileSync(file, "utf8"));
  }
});

test.each(artifacts)("the $name asks which shell is meant", async (artifact) => {
  const run = openWorkspace().run(artifact, ["completion"]);
  expect(await run.exited).toEqual({ code: 2, signal: null });
  expect(run.stderr()).toBe("disbatch: name a shell: disbatch completion bash|zsh|fish\n");
});

/** A shell that has read the completions which the build has made. */
async function openShell(
  workspace: Workspace,
  kind: ShellKind,
  settings: readonly string[] = [],
): Promise<InteractiveShell> {
  const shell = await InteractiveShell.open(workspace, kind, FILES[kind.name], settings);
  onTestFinished(() => shell.close());
  return shell;
}

async function offersOf(shell: InteractiveShell): Promise<ReadonlyArray<readonly [string, readonly string[]]>> {
  const found = [];
  for (const [line] of OFFERED) found.push([line, lastParts(await shell.offers(line))] as const);
  return found;
}

/** Lines that a script prints in a shell that has read the completions. */
function runScript(workspace: Workspace, shell: "bash" | "zsh", script: string, ...args: readonly string[]): string[] {
  const words = shell === "bash" ? ["-c"] : ["-f", "-c"];
  const whole = `compdef() { :; }; source "$1"; ${script}`;
  const text = execFileSync("timeout", [PATIENCE, shell, ...words, whole, shell, FILES[shell], ...args], {
    cwd: workspace.folder,
    env: workspace.env,
    encoding: "utf8",
  });
  return text.split("\n").slice(0, -1);
}

/** What fish offers in place of the last word of a line, without the descriptions. */
function offeredByFish(workspace: Workspace, line: string): readonly string[] {
  const fish = findSystemProgram("fish", "install the package fish");
  const script = 'source $argv[1]; complete -C "$argv[2]"';
  const text = execFileSync("timeout", [PATIENCE, fish, "--no-config", "-c", script, FILES.fish, line], {
    cwd: workspace.folder,
    env: { ...workspace.env, PATH: `${workspace.path("../bin")}:${workspace.env["PATH"]}` },
    encoding: "utf8",
  });
  return text
    .split("\n")
    .slice(0, -1)
    .map((offer) => offer.split("\t")[0] ?? "");
}

/** Hosts are followed by a colon, which zsh takes away again, and folders by a slash; what precedes them is repeated. */
function lastParts(words: readonly string[]): string[] {
  return words.map((word) => word.replace(/[:/]$/, "").replace(/^.*[,=@]|^-(?:ef)?s/, "")).toSorted();
}
