import { expect, test } from "vitest";
import type { RunRecord } from "../../../../src/workflows/history/record.ts";
import { PastDocuments } from "../../../../src/workflows/history/past-documents.ts";
import { sameTemplates } from "../../../../src/workflows/history/same-templates.ts";
import { readText } from "../../../support/documents.ts";

/** A document whose templates count how often their fingerprints are made. */
async function counted(text: string) {
  const document = await readText(text);
  const made: string[] = [];
  const templates = document.workflow.templates.map((template) => ({
    ...template,
    get fingerprint() {
      made.push(template.name);
      return template.fingerprint;
    },
  }));
  return { document: { ...document, workflow: { ...document.workflow, templates } }, made };
}

function runOf(run: number, document: string): RunRecord {
  const wish = { goals: [], from: [], only: false, isPart: false, maxInstances: 10 };
  const where = { time: 0, file: "/x/flow.yaml", folder: "/x", params: {} };
  return { type: "run", run, document, ...where, ...wish, firstId: 0, idsEnd: 4, statusFrom: 0 };
}

const RUN = runOf(1, "one");
const LATER = runOf(2, "two");

test("templates are compared with those of another document, and each fingerprint is made once, when it is asked for", async () => {
  const before = await counted("tasks: {a: {run: x}, b: {run: y}, c: {run: z}}");
  const now = await counted("tasks: {a: {run: x}, b: {run: other}, d: {run: z}}");
  const documents = new PastDocuments({ documents: new Map() });
  documents.know(RUN, before.document);
  const isSame = sameTemplates(now.document.workflow, documents, (name) => (name === "made" ? 1 : undefined));
  expect([now.made, before.made]).toEqual([[], []]);
  const asked = ["a", "a", "b", "c", "d", "made"].map((name) => isSame(RUN, name));
  expect(asked).toEqual([true, true, false, false, false, true]);
  expect([now.made, before.made]).toEqual([
    ["a", "b", "d"],
    ["a", "b"],
  ]);
});

test("a run of the same document asks for no fingerprint, and one whose document is lost is not the same", async () => {
  const { document, made } = await counted("tasks: {a: {run: x}}");
  const documents = new PastDocuments({ documents: new Map() });
  documents.know(RUN, document);
  const isSame = sameTemplates(document.workflow, documents, () => undefined);
  expect([isSame(RUN, "a"), isSame(LATER, "a"), made]).toEqual([true, false, []]);
});
