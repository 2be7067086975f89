import { expect, test } from "vitest";
import { openHome } from "./home.ts";
import { isTrue } from "./page/align.ts";
import { readPage } from "./page/blocks.ts";
import { complaint } from "./page/mend.ts";
import { type PageRun, type Reach, runPage } from "./run-page.ts";
import { tryPage } from "./try-page.ts";

/** Runs a page of these lines, in which `'''` stands for the fences of a block. */
async function run(lines: readonly string[], reach: Reach = {}): Promise<PageRun> {
  const home = openHome();
  try {
    return await runPage(readPage("a.md", lines.join("\n").replaceAll("'''", "```")), home, reach);
  } finally {
    home.workspace.close();
  }
}

function complaintsOf({ outcomes, stop }: PageRun): string[] {
  const wrong = outcomes.filter(({ pairs }) => !isTrue(pairs)).map((outcome) => complaint("a.md", outcome));
  return stop === undefined ? wrong : [...wrong, stop];
}

test("blocks of a page share a folder, and each is a shell of its own", async () => {
  const lines = [
    "'''text file=Tasks",
    "echo $OMP_NUM_THREADS >> a.out",
    "exit 3",
    "'''",
    "'''console run",
    "$ mkdir sub; cd sub; N=1; pwd; env | grep ^SLURM_",
    "/home/you/sub",
    "$ echo $N; hostname",
    "1",
    "myhost",
    "'''",
    "<!-- run: echo more >> a.out -->",
    "'''console run",
    "$ disbatch -s localhost:2 Tasks",
    "disbatch: 2 tasks done, 1 failed, in 12.4 s (80.6/s, slots 97 % busy)",
    "...",
    "disbatch: to run the failed ones again: cd /home/you && disbatch -r /home/you/Tasks_disBatch_261120101500_042_status.txt -R -s localhost:2 Tasks",
    "$ cd /home/you && disbatch -r /home/you/Tasks_disBatch_261120101500_042_status.txt -R -s localhost:2 Tasks",
    "...",
    "disbatch: 2 tasks done, 1 failed, 1 in an earlier run, in 12.4 s",
    "...",
    "$ cat a.out; echo $N",
    "more",
    "1",
    "",
    "'''",
  ];
  expect(complaintsOf(await run(lines))).toEqual([]);
});

test("a word that is not what was printed is shown with its place, and the page goes on", async () => {
  const lines = ["'''console run", "$ echo one; exit 3", "two", "'''", "'''console run", "$ nosuch", "'''"];
  expect(complaintsOf(await run(lines))).toEqual([
    "a.md:2: $ echo one; exit 3\n- two\n+ one",
    "a.md:6: $ nosuch\n+ bash: nosuch: command not found",
  ]);
});

test("a page ends where a set-up fails, a shell ends too early or a command takes too long", async () => {
  expect(complaintsOf(await run(["<!-- run: echo why; false -->"]))).toEqual([
    "a.md:1: exit code 1: echo why; false\nwhy",
  ]);
  const early = await run(["'''console run", "$ exit 1", "$ echo", "'''"]);
  expect(complaintsOf(early)).toEqual(["a.md:2: the shell has ended: exit 1"]);
  const long = await run(["'''console run", "$ read < <(sleep 2)", "$ echo", "'''"], { patience: 100 });
  expect(complaintsOf(long)).toEqual(["a.md:2: takes too long: read < <(sleep 2)"]);
});

test("a driver that was started in the background can be killed and recovered", async () => {
  const lines = [
    "'''text file=Tasks",
    "#DISBATCH REPEAT 4 sleep 1.5",
    "'''",
    "'''console run",
    "$ disbatch -s localhost:2 -p run Tasks &",
    "$ until grep -q task-finished run_journal.jsonl; do sleep 0.1; done 2>/dev/null",
    "$ kill -9 $!; wait",
    "...",
    "Killed",
    "...",
    "$ disbatch --recover run",
    "...",
    "disbatch: 4 tasks done in 3.4 s (1.2/s, slots 90 % busy)",
    "disbatch: status file: /home/you/run_status.txt",
    "'''",
  ];
  expect(complaintsOf(await run(lines))).toEqual([]);
});

test("a page that is wrong and leaves a process behind is told both", async () => {
  const home = openHome();
  const page = readPage("a.md", "```console run\n$ sleep 60 & echo one\ntwo\n```\n");
  const faults = await tryPage(page, home, () => home.workspace.close(), { leaving: 100 });
  expect(faults).toMatch(
    /a\.md:2: \$ sleep 60 & echo one\n- two\n\+ one\n\na\.md: Error: left behind:\n {2}process \d+: sleep 60\n/,
  );
});
