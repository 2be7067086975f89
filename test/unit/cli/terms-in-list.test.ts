import * as fc from "fast-check";
import { expect, test } from "vitest";
import { TermsAbove } from "../../../src/cli/terms-in-list.ts";
import { LineTerms } from "../../../src/tasks/taskfile/line-terms.ts";

const WORDS = ["cores=2", "memory=8G", "license=1", "retries=2", "retries=0", "priority=3"];
const RULES = ["retry-on=1", "retry-delay=5"];

function reader(): LineTerms {
  return new LineTerms({ run: undefined, directive: undefined, isResource: () => true });
}

/** Terms as they stand behind a directive, and at the end of a line; rules of retries where there may be some. */
const ofDirective = fc
  .tuple(fc.subarray(WORDS), fc.subarray(RULES))
  .map(([words, rules]) => [
    ...words.filter((word) => word !== "retries=0"),
    ...(words.includes("retries=2") ? rules : []),
  ]);
const ofTail = fc.subarray(WORDS).filter((words) => !(words.includes("retries=2") && words.includes("retries=0")));

test("tasks that are picked from a list have the terms again that they had there", () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(ofDirective, ofTail, fc.boolean())), (lines) => {
      const [list, picked] = [reader(), reader()];
      const above = new TermsAbove();
      for (const [directive, tail, isPicked] of lines) {
        expect(list.direct(directive.join(" "))).toBe(undefined);
        const command = tail.length === 0 ? "a" : `a #DISBATCH ${tail.join(" ")}`;
        const terms = list.ofLine(command, "", "");
        if (!isPicked || (terms !== undefined && "severity" in terms)) continue;
        expect(picked.direct(above.of(command, terms)?.text ?? "")).toBe(undefined);
        const again = picked.ofLine(command, "", "");
        const said = (one: typeof again): unknown =>
          one === undefined || "severity" in one ? one : [one.needs, one.retry];
        expect(said(again)).toEqual(said(terms));
      }
    }),
  );
});
