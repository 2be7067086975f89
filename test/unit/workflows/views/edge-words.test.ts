import { describe, expect, test } from "vitest";
import type { AxisMatch, Edge } from "../../../../src/workflows/document/workflow.ts";
import { edgeWords } from "../../../../src/workflows/views/edge-words.ts";
import { template } from "../../../support/workflow.ts";
import { listAxis, need } from "./pretended-workflow.ts";

const AXES = [listAxis("day"), listAxis("region"), listAxis("date")];
const days = template("days", { axes: [0] });
const maps = template("maps", { axes: [0, 1] });

function words(matches: readonly AxisMatch[]): string | undefined {
  return edgeWords({ ...need("days"), match: matches }, days, maps, AXES);
}

function match(axis: string, childAxis: string, from = 0, to = from): AxisMatch {
  return { axis, childAxis, from, to };
}

describe("the words at an edge", () => {
  test("are none where instances agree on all that both have", () => {
    expect(words([match("day", "day")])).toBeUndefined();
    expect(edgeWords(need("days"), days, template("x"), AXES)).toBeUndefined();
  });

  test("tell of all with all, shifts, windows, and other names", () => {
    expect(words([])).toBe("all");
    expect(words([match("day", "day", -1)])).toBe("day: day - 1");
    expect(words([match("day", "day", -6, 0)])).toBe("day: day - 6 to day");
    expect(words([match("day", "date")])).toBe("day: date");
    expect(words([match("day", "day", 2)])).toBe("day: day + 2");
  });

  test("tell of values that are needed, and for whom", () => {
    const some = [{ axis: "day", values: ["1", "2"] }];
    const region = [{ axis: "region", values: ["1", "2", "3", "4", "5", "6", "7"] }];
    const edge = (rest: Partial<Edge>): string | undefined => edgeWords({ ...need("days"), ...rest }, days, maps, AXES);
    expect(edge({ match: [], values: some })).toBe("day: 1 or 2");
    expect(edge({ match: [match("day", "day")], when: some })).toBe("when day: 1 or 2");
    expect(edge({ match: [], when: region })).toBe("all when region: 1 or 2 or 3 or 4 or 5 or 2 more");
  });

  test("name the axes that decide where others do not", () => {
    const other = edgeWords({ ...need("maps"), match: [match("region", "region")] }, maps, maps, AXES);
    expect(other).toBe("region");
  });
});
