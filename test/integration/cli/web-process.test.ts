import { expect, test } from "vitest";
import { serveBeside } from "../../../src/cli/web-process.ts";
import { filesOfRun } from "../../../src/run/files/run-files.ts";
import { ANY_PORT } from "../../../src/web/server/web-address.ts";
import { PATIENCE, until } from "../../support/until.ts";

/** Begins a web process that does as a script of the shell says. @returns what users are told, and what lets go of it. */
function begun(script: string): { readonly told: readonly string[]; readonly letGo: () => void } {
  const told: string[] = [];
  const run = { files: filesOfRun("/work/run"), noteWarning: () => undefined };
  const program = { command: ["/bin/sh", "-c", script, "disbatch"] as const, args: [], version: "1" };
  const options = { address: ANY_PORT, control: false };
  return { told, letGo: serveBeside(run, options, program, (message) => void told.push(message)) };
}

test("a run that is over before its page is there tells how to serve it, and nothing after that", () => {
  const { told, letGo } = begun("cat > /dev/null");
  letGo();
  expect(told).toEqual([
    expect.stringMatching(/^the run was over before its web page was there; to serve it: .* web \/work\/run$/),
  ]);
});

test(
  "a run whose page was told of, or cannot be served, says nothing of it at its end",
  { timeout: PATIENCE },
  async () => {
    const served = begun(`echo '{"address":"127.0.0.1:4711","path":"/?ticket=x"}'; cat > /dev/null`);
    const failed = begun("echo 'disbatch: no port is free' >&2; exit 2");
    await until(
      () => served.told.length > 0 && failed.told.length > 0,
      () => "a word of both",
    );
    served.letGo();
    failed.letGo();
    expect(served.told).toEqual([expect.stringContaining("web: http://127.0.0.1:4711/")]);
    expect(failed.told).toEqual([expect.stringMatching(/^warning: no web page: no port is free; the run goes on; /)]);
  },
);
