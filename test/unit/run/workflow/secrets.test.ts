import { chmodSync, writeFileSync } from "node:fs";
import { expect, test } from "vitest";
import { secretsFor } from "../../../../src/run/workflow/secrets.ts";
import { userErrorOf } from "../../../support/user-error.ts";
import { scratchFile } from "../../records/ledger/scratch.ts";

function fileWith(text: string, mode = 0o600): string {
  const path = scratchFile("secrets");
  writeFileSync(path, text);
  chmodSync(path, mode);
  return path;
}

test("secrets come from the file, and what is not there from the environment", () => {
  const file = fileWith("# tokens\n\nA=one = two\r\nB=\n");
  expect(secretsFor(["A", "B", "C", "A"], { A: "other", C: "three" }, file)).toEqual({
    ...{ A: "one = two", B: "", C: "three" },
  });
  expect(secretsFor([], {}, undefined)).toEqual({});
});

test("a last line without an end, line ends of Windows and its mark of UTF-8 change nothing", () => {
  expect(secretsFor(["A", "B"], {}, fileWith("\uFEFFA=1\r\nB=2 "))).toEqual({ A: "1", B: "2 " });
});

test("a value that no variable can have is refused, and not shown", () => {
  const { code, message } = userErrorOf(() => secretsFor(["A"], {}, fileWith("A=1\nB=hu\0sh\n")));
  expect(code).toBe("secrets-unreadable");
  expect(message).toMatch(/line 2 has a NUL, which no variable can have$/);
});

test("who recovers a run and cannot name a file is not told to", () => {
  const { message } = userErrorOf(() => secretsFor(["A"], {}, undefined, false));
  expect(message).toBe("the secret A is not set: export what is missing, and recover once more");
});

test("all that are missing are named at once", () => {
  const error = userErrorOf(() => secretsFor(["A", "B", "C"], { B: "" }, undefined));
  expect(error.code).toBe("secret-missing");
  expect(error.message).toMatch(
    /^the secrets A, C are not set: export what is missing, or name a file with --secrets-file$/,
  );
});

test("a file that others can read, that says something else or is not there, is refused, and no line of it is shown", () => {
  const messages = [fileWith("A=1\n", 0o640), fileWith("A=1\nhush\n"), "/no/such/file"].map((file) => {
    const { code, message } = userErrorOf(() => secretsFor(["A"], {}, file));
    expect(code).toBe("secrets-unreadable");
    return message;
  });
  expect(messages[0]).toMatch(/it can be read by other users/);
  expect(messages[1]).toMatch(/line 2 is not NAME=VALUE/);
  expect(messages[1]).not.toMatch(/hush/);
  expect(messages[2]).toMatch(/no such file/);
});
