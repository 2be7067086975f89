import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { exited } from "../../../../src/domain/ending.ts";
import { bundle, RUNTIMES } from "../process/runtimes.ts";

const script = bundle(new URL("runner-probe.ts", import.meta.url));

test.each(RUNTIMES)("on %s a command waits out a shortage of file descriptors", async (_name, runtime) => {
  const limited = ["-c", 'ulimit -n 60; exec "$@"', "bash", runtime, script];
  const { stdout } = await promisify(execFile)("/bin/bash", limited);
  expect(JSON.parse(stdout)).toMatchObject(
    Array.from({ length: 7 }, (_, free) => ({
      ending: exited(0),
      output: { bytes: 2, snippet: `${free}\n` },
      error: { bytes: 0 },
    })),
  );
});
