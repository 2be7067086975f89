import type { Home } from "./home.ts";

/** What disbatch is given to run the task list. */
const LIST = ["-s", "localhost:2", "-p", "run", "Tasks"] as const;

/** What is seen when the task list has been run. */
export const LIST_DONE = { code: 0, stdout: "", done: "3 tasks done, 1 failed", returnCodes: "0 0 3", files: "1 2" };

/**
 * Has a user run the task list, in which one task fails.
 *
 * @param command what starts disbatch.
 * @returns what is seen of it, to be compared with LIST_DONE.
 */
export async function runList(
  home: Home,
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<typeof LIST_DONE> {
  const { workspace } = home;
  workspace.writeTasks("echo 1 >one", "exit 3", "echo 2 >two");
  const { code, stdout, stderr } = await home.run([...command, ...LIST], env);
  return {
    code: code ?? -1,
    stdout,
    done: /^disbatch: (.*), in \S+ s /m.exec(stderr)?.[1] ?? stderr,
    returnCodes: sorted(workspace.status().map(({ returnCode }) => returnCode)),
    files: sorted(["one", "two"].map((file) => Number(workspace.read(file)))),
  };
}

function sorted(numbers: readonly number[]): string {
  return numbers.toSorted((a, b) => a - b).join(" ");
}
