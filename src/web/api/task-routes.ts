import { MOST_ROWS, TASK_STATES } from "../../domain/watch.ts";
import { NONE, choice, choices, optional, type Parameter, text, whole, withDefault } from "../http/parameters.ts";
import type { Route } from "../http/route.ts";
import { TaskDocumentSchema, TaskListSchema } from "./schemas.ts";
import { json, RUN, RUN_PATH, RUN_PROBLEMS } from "./served.ts";
import { runOf, unknownTask, type WebContext } from "./web-context.ts";

/** Rows of a page, unless more or fewer are asked for. */
const USUAL_ROWS = 100;
const LONGEST_TEXT = 4096;
const LONGEST_CURSOR = 1024;
/** Ids of tasks are below this. */
const LARGEST_ID = 2 ** 31 - 1;
export const LARGEST_RANK = 2 ** 31 - 1;
const LARGEST_KIND = 1023;
/** Return codes of records: of commands, and the record's own. */
const LEAST_CODE = -1_000_000;
const LARGEST_CODE = 1_000_000;

const id = (description: string): Parameter<number> => whole(0, LARGEST_ID, { description, example: "17" });

/** A node, which the tasks or lanes are of. */
export const NODE = text(1024, { description: "Name of a node.", example: "n1" });

/** The task that a path speaks of. */
export const TASK = { ...RUN, task: id("TaskID.") };
export const TASK_PROBLEMS: Readonly<Record<number, string>> = { 404: "There is no such run here, or no such task." };

/** What pages of a list are asked for with. */
export const PAGE = {
  cursor: optional(
    text(LONGEST_CURSOR, {
      description: "Where the last page ended: what it had as `cursor`.",
      example: "WyJpZCIsMCw5OSwyMDBd",
    }),
  ),
  limit: withDefault(whole(1, MOST_ROWS, { description: "How many rows a page has.", example: "50" }), USUAL_ROWS),
};

/** Tasks, a page at a time. */
export const TASK_ROUTES: readonly Route<WebContext>[] = [
  json({
    path: `${RUN_PATH}/tasks`,
    name: "listTasks",
    summary:
      "Tasks that meet all of the conditions. The total is missing with `q`, since nobody counts them beforehand.",
    pathParameters: RUN,
    query: {
      state: optional(choices(TASK_STATES, { description: "States, separated by commas.", example: "failed,running" })),
      kind: optional(whole(0, LARGEST_KIND, { description: "Id of a kind of failure.", example: "0" })),
      node: optional(NODE),
      engine: optional(whole(0, LARGEST_RANK, { description: "Rank of an engine.", example: "0" })),
      code: optional(
        whole(LEAST_CODE, LARGEST_CODE, { description: "Return code, as the status file has it.", example: "1" }),
      ),
      from: optional(id("The least TaskID.")),
      to: optional(id("The greatest TaskID.")),
      q: optional(
        text(LONGEST_TEXT, {
          description: "Text that the command or the line of the status file has in it.",
          example: "sim",
        }),
      ),
      sort: withDefault(
        choice(["id", "newest", "age", "duration"], {
          description: "The order. `age`: the longest running first; `duration`: the longest first.",
          example: "duration",
        }),
        "id",
      ),
      ...PAGE,
    },
    problems: RUN_PROBLEMS,
    answer: TaskListSchema,
    handle: async (context, { path, query }) => {
      const { state, q, ...rest } = query;
      const page = await runOf(context, path.id).followed.tasks({ ...rest, states: state, text: q });
      const { rows, total, cursor } = page;
      const isPart = cursor !== undefined || query.cursor !== undefined;
      return { tasks: rows, total, truncated: total === undefined ? isPart : total > rows.length, cursor };
    },
  }),
  json({
    path: `${RUN_PATH}/tasks/{task}`,
    name: "getTask",
    summary: "A task with its earlier starts, what is kept of its output, and commands to copy.",
    pathParameters: TASK,
    query: NONE,
    problems: TASK_PROBLEMS,
    answer: TaskDocumentSchema,
    handle: async (context, { path }) => {
      const run = runOf(context, path.id);
      const detail = await run.followed.task(path.task);
      if (detail === undefined) throw unknownTask(path.task);
      const kept = await run.kept(path.task);
      const { row, attempts } = detail;
      const kind = run.followed.view.kinds.find((one) => one.id === row.kind);
      return { row, attempts, kept, kind, next: run.nextOfTask(detail) };
    },
  }),
];
