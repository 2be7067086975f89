import * as fc from "fast-check";
import { type TaskTerms, termsOf } from "../../../../src/domain/terms/task-terms.ts";
import { WORDS } from "../../../../src/domain/terms/words.ts";

const count = fc.integer({ min: 1, max: 1000 }).map(String);
const seconds = fc.oneof(
  fc.integer({ min: 1, max: 100_000 }).map(String),
  fc.integer({ min: 1, max: 99 }).map((n) => `${n}h`),
  fc.constantFrom("1h30m", "1.5d", "1:30:00", "0.25s"),
);
const size = fc
  .tuple(fc.integer({ min: 1, max: 999 }), fc.constantFrom("K", "MiB", "g", "TB", "B"))
  .map(([n, unit]) => `${n}${unit}`);
const factor = fc.constantFrom("x1", "x2", "x1.5", "x10");

/** Values as people write them, by term. */
const VALUES: Readonly<Record<keyof typeof WORDS | "license", fc.Arbitrary<string>>> = {
  cores: fc.oneof(count, fc.constantFrom("0.5", ".25", "1.75")),
  memory: size,
  gpus: fc.constantFrom("0", "1", "8"),
  timeout: seconds,
  "min-time": seconds,
  retries: count,
  "retry-on": fc.constantFrom("1", "1,74-84", "Signal", "any", "timeout,memory,3"),
  "retry-delay": seconds,
  "retry-backoff": fc.constantFrom("1", "2", "1.5"),
  "retry-limit": seconds,
  "retry-elsewhere": fc.constantFrom("yes", "no", "YES"),
  "retry-cores": factor,
  "retry-memory": factor,
  "retry-timeout": factor,
  context: fc.constantFrom("a", "SSH0", "x_y.z-1"),
  priority: fc.integer({ min: -1000, max: 1000 }).map(String),
  license: fc.oneof(count, size),
};

/** Any terms, as words of a task file. */
export const anyWords: fc.Arbitrary<readonly string[]> = fc
  .record(VALUES, { requiredKeys: [] })
  .map((values) => Object.entries(values).map(([name, value]) => `${name}=${value}`));

/** Any terms; undefined for none. */
export const anyTerms: fc.Arbitrary<TaskTerms | undefined> = anyWords.map((words) =>
  termsOf(
    new Map(
      words.map((word) => {
        const [name = "", value = ""] = word.split("=");
        const rule = Object.entries(WORDS).find(([known]) => known === name)?.[1];
        return [name, rule?.canonical(value) ?? value];
      }),
    ),
  ),
);
