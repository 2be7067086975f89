import { describe, expect, test } from "vitest";
import { run } from "../../../src/api/index.ts";
import { codeOf, settings } from "./batchers.ts";

/** A list that is made as it is read, and tells how far it has been read and whether it was let go of. */
class Lines {
  read = 0;
  isLeft = false;
  readonly #line: (i: number) => string;

  constructor(line: (i: number) => string) {
    this.#line = line;
  }

  async *all(): AsyncGenerator<string> {
    try {
      for (;;) yield this.#line(this.read++);
    } finally {
      this.isLeft = true;
    }
  }
}

describe("a run of a list in one call", () => {
  test("runs a list, and tells each result", async () => {
    const codes: number[] = [];
    const outcome = await run(
      settings({ hosts: "localhost:1", onResult: ({ returnCode }) => void codes.push(returnCode) }),
      ["true", "exit 3", "#DISBATCH REPEAT 2 exit 4"],
    );
    expect(outcome).toMatchObject({ reason: "done", exitCode: 1, succeeded: 1, failed: 3 });
    expect(codes).toEqual([0, 3, 4, 4]);
    expect(await run(settings(), [])).toMatchObject({ reason: "done", exitCode: 0, succeeded: 0 });
    expect(await run(settings(), new Set(["true"]))).toMatchObject({ succeeded: 1 });
  });

  test.each([undefined, null, "x", ["true"]])("takes no settings that are none: %j", async (none) => {
    // @ts-expect-error these are no settings
    await expect(run(none, ["true"])).rejects.toThrow("the settings must be an object");
  });

  test("takes lines no faster than tasks are done, and stops taking when the run ends by itself", async () => {
    const lines = new Lines((i) => (i === 0 ? "false" : i === 1 ? "#DISBATCH BARRIER CHECK" : "true"));
    const outcome = await run(settings(), lines.all());
    expect(outcome).toMatchObject({ reason: "check-failed", failed: 1, succeeded: 0 });
    // The window, and what has finished until the barrier.
    expect(lines.read).toBeLessThanOrEqual(10_000 + 2);
    expect(lines.isLeft).toBe(true);
  });

  test("does not wait for a list that gives nothing when the run has ended", async () => {
    const silent = {
      [Symbol.asyncIterator]: () => ({ next: () => new Promise<IteratorResult<string>>(() => undefined) }),
    };
    expect(await codeOf(run(settings({ prefix: "/nowhere/at/all" }), silent))).toBe("no-such-folder");
    const abort = new AbortController();
    const stopped = run(settings({ signal: abort.signal }), silent);
    abort.abort();
    expect(await stopped).toMatchObject({ reason: "stopped" });
  });

  test("ends all that runs when the list, a line, or what is told of results fails, and fails with that", async () => {
    const broken = function* (): Generator<string> {
      yield "sleep 1000";
      throw new Error("no more");
    };
    await expect(run(settings(), broken())).rejects.toThrow("no more");
    const refused = expect.objectContaining({
      code: "task-file-refused",
      message: expect.stringMatching(/^tasks:3:11: /),
    });
    await expect(run(settings(), ["sleep 1000", "true", "#DISBATCH NONSENSE"])).rejects.toThrow(refused);
    const onResult = (): void => {
      throw new Error("not that");
    };
    await expect(run(settings({ onResult }), ["true", "sleep 1000"])).rejects.toThrow("not that");
  });

  test("refuses what is no list", async () => {
    // A text would be a list of letters.
    for (const wrong of ["true", 5, undefined, {}])
      // @ts-expect-error this is no list of lines
      await expect(run(settings(), wrong)).rejects.toThrow(TypeError);
    // @ts-expect-error this is no function
    await expect(run(settings({ onResult: 5 }), [])).rejects.toThrow(TypeError);
  });
});
