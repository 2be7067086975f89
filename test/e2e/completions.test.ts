import { describe, expect, onTestFinished, test } from "vitest";
import { openWorkspace } from "../support/fixtures.ts";
import { bash, InteractiveShell, TAB, zsh } from "../support/interactive-shell.ts";

const SHELLS = [
  { kind: bash, completions: "/tmp/mt/disbatch" },
  { kind: zsh, completions: "/tmp/mt/_disbatch" },
];

describe.each(SHELLS)("$kind.name", ({ kind, completions }) => {
  test("tries", async () => {
    const workspace = openWorkspace();
    workspace.write("Tasks", "true\n");
    workspace.write("statistics", "true\n");
    workspace.write("run_dbUtil.sh", "");
    workspace.write("run_status.txt", "");
    workspace.write("my run_status.txt", "");
    workspace.write("../.ssh/config", "Host web1 web2 *.org\n  User jo\nhost=otherhost\nInclude more/*\n");
    workspace.write("../.ssh/more/a", 'Host "third" !fourth # fifth\n');
    const shell = await InteractiveShell.open(workspace, kind, completions);
    onTestFinished(() => shell.close());
    const all: Record<string, unknown> = {};
    for (const line of [
      "disbatch ",
      "disbatch st",
      "disbatch status ",
      "disbatch status m",
      "disbatch --log",
      "disbatch --log-format ",
      "disbatch --log-format=",
      "disbatch --progress=b",
      "disbatch -s ",
      "disbatch -s web1:4,",
      "disbatch -s web1:4,we",
      "disbatch -s jo@we",
      "disbatch -s web1:",
      "disbatch --ssh-node=web1:4,o",
      "disbatch --workdir ",
      "disBatch run -s web1:4 --res",
      "disbatch help ",
      "disbatch -sot",
      "disbatch --recover ",
      "disbatch -t ",
      "disbatch Ta",
    ])
      all[line] = await shell.offers(line);
    for (const keys of [
      "disbatch recover m\t",
      "disbatch recover 'm\t",
      "disbatch -s 'web1:2,ot\t2",
      "disbatch -s web1:2,ot\t2 T\t",
      "disbatch recover $(touch\\ x)\t",
      "disbatch $(touch x\t)",
    ])
      all[keys] = await shell.wordsOf(keys).catch(() => "FAIL");
    console.log(all);
    expect(TAB).toBe("\t");
  });
});
