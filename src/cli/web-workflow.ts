import { Breather } from "../domain/breather.ts";
import { INSTANCE_STATES, type InstanceState, type TemplateTally } from "../domain/instance-state.ts";
import { UserError } from "../domain/errors.ts";
import type { RunStanding } from "../run/workflow/past-standing.ts";
import { type GraphBox, type GraphDocument, type InstanceList, MOST_BOXES } from "../web/api/answers.ts";
import type { InstanceQuery } from "../web/api/web-run.ts";
import { type BoxPlan, planBoxes } from "../workflows/views/boxes.ts";
import { drawTemplates } from "../workflows/views/draw-templates.ts";
import type { WebStanding } from "./web-standing.ts";

/** Templates in the list, at most. */
const MOST_TEMPLATES = 1024;
/** Arrows at most: more can be drawn and cannot be looked at. */
const MOST_EDGES = 2000;
/** Instances that are looked at before somebody looks at the clock. */
const LOOKED_AT = 256;

/** What a workflow is asked for. */
export interface WebWorkflowOptions {
  readonly standing: Pick<WebStanding, "read">;
  /** By the run itself, as far as it has told. */
  readonly told: () => readonly TemplateTally[] | undefined;
}

/** The graph of a workflow, and where its instances stand. */
export class WebWorkflow {
  readonly #options: WebWorkflowOptions;
  readonly #drawing = new WeakMap<RunStanding, DrawnWorkflow>();

  constructor(options: WebWorkflowOptions) {
    this.#options = options;
  }

  /** @throws UserError `document-unreadable` and the like. */
  async graph(): Promise<GraphDocument> {
    const standing = await this.#options.standing.read();
    const { name, nodes, plan } = this.#drawn(standing);
    const told = new Map(this.#options.told()?.map((tally) => [tally.name, tally]));
    const byName = new Map(standing.tallies.map((tally) => [tally.name, told.get(tally.name) ?? tally]));
    const boxes = plan.boxes.map(({ nodes: members, column, row }): GraphBox => {
      const names = members.map((member) => nodes[member]?.name ?? "?");
      const counted = names.flatMap((each) => byName.get(each) ?? []);
      const [first = "?"] = names;
      return {
        id: names.length === 1 ? first : `${first} +${names.length - 1}`,
        // Names of others stand in no list either.
        templates: members.flatMap((member) => (member < MOST_TEMPLATES ? (nodes[member]?.name ?? []) : [])),
        column,
        row,
        counts: sumOf(counted),
        isGrowing: members.some((member) => nodes[member]?.isGrowing === true),
      };
    });
    return {
      name,
      boxes,
      edges: plan.edges
        .slice(0, MOST_EDGES)
        .map(([from, to]) => ({ from: boxes[from]?.id ?? "?", to: boxes[to]?.id ?? "?" })),
      templates: nodes.slice(0, MOST_TEMPLATES).map((node) => {
        const { counts = {} } = byName.get(node.name) ?? {};
        return { name: node.name, counts, isGrowing: node.isGrowing };
      }),
      truncated: nodes.length > MOST_TEMPLATES,
      edgesTruncated: plan.edges.length > MOST_EDGES,
    };
  }

  /** What is drawn of a standing, whoever asks. */
  #drawn(standing: RunStanding): DrawnWorkflow {
    const known = this.#drawing.get(standing) ?? drawnOf(standing);
    this.#drawing.set(standing, known);
    return known;
  }

  /** @throws UserError `unknown-template`, `cursor-unknown`, and as `graph` does. */
  async instances({ template, states, text, cursor, limit }: InstanceQuery): Promise<InstanceList> {
    const standing = await this.#options.standing.read();
    const number = standing.workflow.templates.findIndex(({ name }) => name === template);
    if (number === -1)
      throw new UserError("unknown-template", `there is no task ${JSON.stringify(template)} in the document`);
    const from = cursor === undefined ? 0 : cursorOf(cursor);
    const { instances } = standing;
    const found: { name: string; state: string; task: number | undefined }[] = [];
    let total = 0;
    let next: string | undefined;
    const breather = new Breather();
    for (let index = 0; index < instances.size(number); index++) {
      if (index % LOOKED_AT === 0 && breather.isDue) await breather.rest();
      if (!instances.has(number, index)) continue;
      const instance = { template: number, index };
      const state = standing.stateOf(instance);
      if (state === undefined || (states !== undefined && !states.includes(state))) continue;
      if (text !== undefined && !instances.nameOf(number, index).includes(text)) continue;
      total++;
      if (index < from) continue;
      if (found.length === limit) {
        next ??= String(index);
        continue;
      }
      found.push({ name: instances.nameOf(number, index), state, task: taskOf(standing, instance, state) });
    }
    return { instances: found, total, truncated: next !== undefined || total > found.length, cursor: next };
  }
}

/** Templates, and their boxes. */
interface DrawnWorkflow {
  readonly name: string;
  readonly nodes: readonly { readonly name: string; readonly isGrowing: boolean }[];
  readonly plan: BoxPlan;
}

function drawnOf({ workflow, instances }: RunStanding): DrawnWorkflow {
  const size = (template: number): { readonly count: number; readonly isGrowing: boolean } => ({
    count: instances.count(template),
    isGrowing: instances.isGrowing(template),
  });
  const { name, nodes, edges } = drawTemplates(workflow, size, undefined, Number.POSITIVE_INFINITY);
  const place = new Map(nodes.map((node, at) => [node.name, at]));
  const arrows = edges.map(({ from, to }) => [place.get(from) ?? 0, place.get(to) ?? 0] as const);
  const plan = planBoxes({ size: nodes.length, edges: arrows }, MOST_BOXES);
  return { name, nodes: nodes.map(({ name: own, isGrowing }) => ({ name: own, isGrowing })), plan };
}

/** States in which an instance has been handed out. */
const WITH_TASK: ReadonlySet<InstanceState> = new Set(["running", "retrying", "done", "failed", "killed"]);

function taskOf(
  standing: RunStanding,
  instance: { readonly template: number; readonly index: number },
  state: InstanceState,
): number | undefined {
  const id = WITH_TASK.has(state) ? standing.idOf(instance) : -1;
  return id < 0 ? undefined : id;
}

function sumOf(tallies: readonly TemplateTally[]): TemplateTally["counts"] {
  const counts: Partial<Record<InstanceState, number>> = {};
  for (const tally of tallies) {
    for (const state of Object.keys(INSTANCE_STATES).filter(isState)) {
      const count = tally.counts[state];
      if (count !== undefined) counts[state] = (counts[state] ?? 0) + count;
    }
  }
  return counts;
}

function isState(name: string): name is InstanceState {
  return Object.hasOwn(INSTANCE_STATES, name);
}

function cursorOf(cursor: string): number {
  if (!/^[0-9]{1,15}$/.test(cursor)) throw new UserError("cursor-unknown", "this cursor is none of this list");
  return Number(cursor);
}
