import type { TemplateTally } from "../../../src/domain/instance-state.ts";
import type { GraphDocument, InstanceList } from "../../../src/web/api/answers.ts";

/** Templates of a workflow, by the column that they stand in, and where each of them stands. */
const TEMPLATES: readonly (readonly [name: string, column: number, row: number, counts: TemplateTally["counts"]])[] = [
  ["fetch", 0, 0, { done: 1200 }],
  ["reference", 0, 1, { reused: 1 }],
  ["trim", 1, 0, { done: 1100, failed: 12, running: 60, ready: 28 }],
  ["index", 1, 1, { done: 1 }],
  ["align", 2, 0, { done: 640, running: 180, waiting: 368, blocked: 12 }],
  ["quality", 2, 1, { done: 600, skipped: 400, waiting: 200 }],
  ["call <script>alert(1)</script>", 3, 0, { done: 100, retrying: 3, waiting: 1097 }],
  ["merge", 4, 0, { waiting: 24 }],
  ["report", 5, 0, { waiting: 1 }],
];

const EDGES = [
  ["fetch", "trim"],
  ["reference", "index"],
  ["trim", "align"],
  ["index", "align"],
  ["trim", "quality"],
  ["align", "call <script>alert(1)</script>"],
  ["call <script>alert(1)</script>", "merge"],
  ["quality", "report"],
  ["merge", "report"],
] as const;

export const FAKE_TEMPLATES: readonly TemplateTally[] = TEMPLATES.map(([name, , , counts]) => ({
  name,
  counts,
  isGrowing: name === "align",
}));

export function fakeGraph(name: string): GraphDocument {
  return {
    name,
    boxes: TEMPLATES.map(([id, column, row, counts]) => ({
      id,
      templates: [id],
      column,
      row,
      counts,
      isGrowing: id === "align",
    })),
    edges: EDGES.map(([from, to]) => ({ from, to })),
    templates: FAKE_TEMPLATES,
    truncated: false,
    edgesTruncated: false,
  };
}

export function fakeInstances(params: URLSearchParams): InstanceList {
  const template = params.get("template") ?? "";
  const counts = FAKE_TEMPLATES.find(({ name }) => name === template)?.counts ?? {};
  const states = params.get("state")?.split(",");
  const text = params.get("q") ?? "";
  const all = Object.entries(counts)
    .filter(([state]) => states === undefined || states.includes(state))
    .flatMap(([state, count]) =>
      Array.from({ length: count }, (_, i) => ({
        name: `${template}[sample=S${state.length}${i}]`,
        state,
        task: state === "waiting" || state === "blocked" ? undefined : i,
      })),
    )
    .filter(({ name }) => name.includes(text));
  const from = Number(params.get("cursor") ?? 0);
  const limit = Math.min(500, Number(params.get("limit") ?? 100));
  const isMore = from + limit < all.length;
  return {
    instances: all.slice(from, from + limit),
    total: all.length,
    truncated: isMore,
    cursor: isMore ? String(from + limit) : undefined,
  };
}
