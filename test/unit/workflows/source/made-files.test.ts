import { expect, test } from "vitest";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import { MadeFiles } from "../../../../src/workflows/source/made-files.ts";
import { readText } from "../../../support/documents.ts";

test("paths are normal whatever values are put into them, as engines and records have them", async () => {
  const { workflow } = await readText(`
axes: {day: [mon, a//b, ./c, ../d]}
tasks:
  clean:
    matrix: [day]
    run: "true"
    outputs: {csv: "clean/\${day}.csv"}
`);
  const files = new MadeFiles(Graph.of(workflow));
  const [output] = files.outputsOf(0);
  const paths = [0, 1, 2, 3].map((index) => output?.pathOf(index));
  // The last one leaves its folder: engines refuse it as it is.
  expect(paths).toEqual(["clean/mon.csv", "clean/a/b.csv", "clean/c.csv", "clean/../d.csv"]);
});
