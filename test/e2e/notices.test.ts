import { execFile } from "node:child_process";
import { chmodSync, existsSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import { isLiving } from "../../src/node/process/process-table.ts";
import { artifacts } from "../support/artifacts.ts";
import { openWorkspace } from "../support/fixtures.ts";
import { hintsIn } from "../support/hints.ts";
import { openMailSink } from "../support/mail-sink.ts";
import { until } from "../support/until.ts";

/** Types a command line, and has the mail server of this process answer meanwhile. @throws Error unless it ends with exit code 0. */
async function typed(command: string, env: Readonly<Record<string, string>>): Promise<void> {
  await promisify(execFile)("/bin/bash", ["-c", command], { env, cwd: "/" });
}

const ONE_SLOT = ["-s", "localhost:1"];
const TO = ["--mailTo", "me@example.org"];

describe.each(artifacts)("mails of the $name", (artifact) => {
  test("tell of the end, with the kinds of failures and a command that goes on when it is pasted", async () => {
    const workspace = openWorkspace();
    const { port, mails } = await openMailSink();
    workspace.writeTasks("true", "echo cannot open /data/1.h5 >&2; exit 2", "[ -e mended ]");
    const smtp = ["--smtp", `smtp://127.0.0.1:${port}`];
    const run = workspace.run(artifact, [...ONE_SLOT, ...TO, ...smtp, "-p", "run", "Tasks"]);
    expect((await run.exited).code).toBe(0);
    expect(mails.map(({ source }) => /^Subject: (.*)$/m.exec(source)?.[1])).toEqual([
      expect.stringMatching(/^disbatch: run on \S+: ended, 3 of 3 tasks done, 2 failed in 2 kinds$/),
    ]);
    const source = mails[0]?.source ?? "";
    expect(source).toContain("  1 task: exit 2: cannot open /data/#.h#\n");
    expect(source).toContain("      echo cannot open /data/1.h5 >&2; exit 2\n");
    expect(workspace.read("run_driver.log")).toMatch(/INFO mail sent: disbatch: run on/);
    workspace.write("mended", "");
    const [, command = ""] = /^To run the failed ones again: (.*)$/m.exec(source) ?? [];
    await typed(command, workspace.env);
    expect(mails).toHaveLength(2);
    expect(mails[1]?.source).toContain(": ended, 3 of 3 tasks done, 1 failed\n");
  });

  test("come every so many tasks when that is wanted, with a warning when these are many mails", async () => {
    const workspace = openWorkspace();
    const { port, mails } = await openMailSink();
    workspace.writeTasks("#DISBATCH REPEAT 150 true");
    const smtp = ["--smtp", `smtp://127.0.0.1:${port}`];
    const run = workspace.run(artifact, [...ONE_SLOT, ...TO, ...smtp, "--mailFreq", "1", "-p", "run", "Tasks"]);
    expect((await run.exited).code).toBe(0);
    expect(run.stderr()).toContain("disbatch: warning: --mailFreq 1 sends 150 mails for 150 tasks; ");
    expect(mails.length).toBeGreaterThan(1);
    expect(mails.at(-1)?.source).toContain(": ended, 150 of 150 tasks done");
  });

  test.each([true, false])("go by TLS to a server that wants a password (from the beginning: %j)", async (secure) => {
    const workspace = openWorkspace();
    const { port, mails, certificate } = await openMailSink({ secure, password: "pass word" });
    workspace.write("password", "pass word\n");
    chmodSync(workspace.path("password"), 0o600);
    workspace.writeTasks('echo "[$DISBATCH_SMTP_PASSWORD]" > seen');
    const smtp = ["--smtp", `${secure ? "smtps" : "starttls"}://me%40example.org@localhost:${port}`];
    const env = { NODE_EXTRA_CA_CERTS: certificate };
    const file = ["--smtp-password-file", "password"];
    const run = workspace.run(artifact, [...ONE_SLOT, ...TO, ...smtp, ...file, "Tasks"], { env });
    expect((await run.exited).code).toBe(0);
    const variable = { ...env, DISBATCH_SMTP_PASSWORD: "pass word" };
    const other = workspace.run(artifact, [...ONE_SLOT, ...TO, ...smtp, "Tasks"], { env: variable });
    expect((await other.exited).code).toBe(0);
    expect(run.stderr() + other.stderr()).not.toContain("warning");
    expect(mails.map(({ user }) => user)).toEqual(["me@example.org", "me@example.org"]);
    expect(workspace.read("seen")).toBe("[]\n");
  });

  test("that nobody takes are told of once, and the run is what it would have been", async () => {
    const workspace = openWorkspace();
    const { port, mails } = await openMailSink({ secure: true, password: "right" });
    workspace.writeTasks("true");
    const smtp = ["--smtp", `smtps://me@localhost:${port}`];
    const env = { DISBATCH_SMTP_PASSWORD: "right" };
    const run = workspace.run(artifact, [...ONE_SLOT, ...TO, ...smtp, "-e", "Tasks"], { env });
    expect((await run.exited).code).toBe(0);
    expect(run.stderr().match(/warning: a mail was not sent: localhost:[0-9]+: .*certificate/g)).toHaveLength(1);
    expect(run.stderr()).toContain("1 task done");
    expect(mails).toEqual([]);
  });

  test("go on when the run is recovered", async () => {
    const workspace = openWorkspace();
    const { port, mails } = await openMailSink();
    workspace.writeTasks("until [ -e go ]; do sleep 0.05; done");
    const smtp = ["--smtp", `smtp://127.0.0.1:${port}`];
    const run = workspace.run(artifact, [
      ...ONE_SLOT,
      ...TO,
      ...smtp,
      "--on-end",
      "echo over > over",
      "-p",
      "run",
      "Tasks",
    ]);
    await until(
      () =>
        /"e":"task-started"/.test(
          existsSync(workspace.path("run_journal.jsonl")) ? workspace.read("run_journal.jsonl") : "",
        ),
      () => "a task that runs",
    );
    run.signal("SIGKILL");
    await run.exited;
    workspace.write("go", "");
    const [hint] = hintsIn(run.stderr());
    await typed(hint?.command ?? "", workspace.env);
    expect(mails.map(({ source }) => /: (ended.*)$/m.exec(source)?.[1])).toEqual(["ended, 1 of 1 task done"]);
    expect(workspace.read("over")).toBe("over\n");
  });
});

describe.each(artifacts)("commands that the $name runs", (artifact) => {
  test("are told of a failure and of the end, and leave the run as it is when they fail", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("exit 7");
    const onFailure = ["--on-failure", 'echo "$DISBATCH_EVENT $DISBATCH_KINDS" > failure; exit 3'];
    const onEnd = ["--on-end", 'echo "$DISBATCH_EVENT $DISBATCH_FAILED of $DISBATCH_TOTAL, $DISBATCH_REASON" > end'];
    const run = workspace.run(artifact, [...ONE_SLOT, ...onFailure, ...onEnd, "-p", "run", "Tasks"]);
    expect((await run.exited).code).toBe(0);
    expect(workspace.read("failure")).toMatch(/^failure 1\t0\t\S+\texit 7\t$/m);
    expect(workspace.read("end")).toBe("end 1 of 1, done\n");
    expect(run.stderr()).toContain("disbatch: warning: the command of --on-failure: exit code 3\n");
  });
});

describe.each(artifacts)("at its end the $name", (artifact) => {
  test("tells what came of the run before it waits, says what for, and waits no longer after Ctrl-C", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true");
    const onEnd = ["--on-end", "echo $$ > hook; sleep 1000"];
    const run = workspace.run(artifact, [...ONE_SLOT, ...onEnd, "-p", "a\nb", "Tasks"]);
    await run.stderrShows(/1 task done.*\n(.*\n)*disbatch: waiting for the command of --on-end, .*Ctrl-C ends it/);
    await until(
      () => existsSync(workspace.path("hook")) && workspace.read("hook").endsWith("\n"),
      () => "the command of --on-end has begun",
    );
    run.signal("SIGINT");
    expect(await run.exited).toEqual({ code: 0, signal: null });
    expect(run.stderr()).toMatch(/\ndisbatch: warning: the command of --on-end: it was ended on request\n$/);
    const hook = Number(workspace.read("hook"));
    await until(
      () => !isLiving(hook),
      () => `the end of process ${hook}`,
    );
    expect(workspace.read("a\nb_driver.log")).toMatch(/ WARNING --on-end: it was ended on request\n/);
  });

  test("shows the path of its log on one line", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true");
    const run = workspace.run(artifact, [...ONE_SLOT, "--on-end", "echo no; exit 1", "-p", "a\nforged: b", "Tasks"]);
    expect((await run.exited).code).toBe(0);
    expect(run.stderr()).toMatch(/exit code 1; what it wrote is in \S+a\\nforged: b_driver\.log\n/);
    expect(run.stderr()).not.toMatch(/^forged/m);
  });
});

describe.each(artifacts)("what the $name does not take", (artifact) => {
  test.each([
    [["--smtp", "smtps://me:hunter2@mail"], /a password in a command line can be read by everybody/],
    [["--smtp", "mail"], /--smtp mail: write it as smtp:\/\/HOST:PORT/],
    [["--smtp", "smtps://me@mail"], /there is no password for me; give it by --smtp-password-file/],
    [["--smtp", "smtp://me@mail"], /would send the password unencrypted/],
    [
      ["--smtp", "smtps://me@mail", "--smtp-password-file", "open"],
      /open: it can be read by other users \(chmod 600 open\)/,
    ],
    [["--smtp", "smtps://me@mail", "--smtp-password-file", "none"], /none: no such file or directory/],
    [["--smtp-password-file", "open"], /goes with a user in --smtp/],
    [["--mailFreq", "0"], /It must be a whole number/],
  ])("%j", async (args, message) => {
    const workspace = openWorkspace();
    workspace.writeTasks("true");
    workspace.write("open", "secret\n");
    const run = workspace.run(artifact, [...ONE_SLOT, ...TO, ...args, "-p", "run", "Tasks"]);
    expect((await run.exited).code).toBe(2);
    expect(run.stderr()).toMatch(message);
    expect(run.stderr()).not.toContain("hunter2");
    expect(run.stderr().trimEnd().split("\n")).toHaveLength(1);
    expect(workspace.status()).toEqual([]);
  });

  test.each([[["--mailFreq", "3"]], [["--smtp", "smtp://mail"]], [["--mailTo", "nobody"]]])(
    "%j alone",
    async (args) => {
      const workspace = openWorkspace();
      workspace.writeTasks("true");
      const run = workspace.run(artifact, [...ONE_SLOT, ...args, "Tasks"]);
      expect((await run.exited).code).toBe(2);
      expect(run.stderr()).toMatch(/goes with --mailTo ADDRESS|is no mail address/);
    },
  );
});
