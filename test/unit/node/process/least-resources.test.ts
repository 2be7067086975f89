import { describe, expect, test } from "vitest";
import { refuseTooLittle } from "../../../../src/node/process/least-resources.ts";
import { userErrorOf } from "../../../support/user-error.ts";

const MANY = 1024;

describe("a run and an engine are refused", () => {
  test("where a process may open too few files", () => {
    expect(userErrorOf(() => refuseTooLittle(42, undefined)).code).toBe("too-few-files");
    expect(() => refuseTooLittle(10, undefined)).toThrow(/no more than 10 files here \(ulimit -n\)/);
    refuseTooLittle(43, undefined);
    refuseTooLittle(Number.POSITIVE_INFINITY, undefined);
  });

  test("where the user may have too few processes beside those that there are", () => {
    expect(userErrorOf(() => refuseTooLittle(MANY, { limit: 100, used: 91 })).code).toBe("too-few-processes");
    expect(() => refuseTooLittle(MANY, { limit: 16, used: 13 })).toThrow(/16 processes.*\(ulimit -u\) and have 13/);
    refuseTooLittle(MANY, { limit: 100, used: 90 });
  });
});
