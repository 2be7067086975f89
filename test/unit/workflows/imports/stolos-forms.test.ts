import { expect, test } from "vitest";
import { UserError } from "../../../../src/domain/errors.ts";
import { readDocument } from "../../../../src/workflows/document/read-document.ts";
import { Graph } from "../../../../src/workflows/graph/graph.ts";
import type { Instance } from "../../../../src/workflows/graph/instance.ts";
import { select } from "../../../../src/workflows/graph/selection.ts";
import { filesOfImported } from "../../../../src/workflows/imports/foreign-files.ts";
import { importStolos } from "../../../../src/workflows/imports/import-stolos.ts";
import type { StolosForm } from "../../../../src/workflows/imports/stolos-document.ts";

type Apps = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** The forms of `depends_on`: what jobs need, and what needs them. A job is `APP JOB_ID`, and what it leads to are such jobs. */
interface Form {
  readonly apps: Apps;
  readonly parents?: Readonly<Record<string, readonly string[]>>;
  readonly children?: Readonly<Record<string, readonly string[]>>;
  readonly form?: StolosForm;
}

const NO_DISK = {
  read: (path: string): string => {
    throw new Error(`${path} was read`);
  },
};

async function graphOf(apps: Apps, form: StolosForm = {}) {
  const withCommands = Object.fromEntries(
    Object.entries(apps).map(([name, app]) => [name, { bash_cmd: "true", ...app }]),
  );
  const imported = await importStolos("tasks.json", JSON.stringify(withCommands), form);
  const { workflow } = await readDocument("tasks.json", {}, filesOfImported("tasks.json", imported, NO_DISK));
  return { imported, graph: Graph.of(workflow) };
}

/** `p 20140601_1` */
function jobOf(graph: Graph, { template, index }: Instance): string {
  return `${graph.template(template).name} ${Object.values(graph.valuesOf(template, index)).join("_")}`;
}

async function lead(form: Form, way: "parents" | "children", job: string): Promise<readonly string[]> {
  const { imported, graph } = await graphOf(form.apps, form.form);
  const name = imported.instanceOf?.(job.replace(" ", ":")) ?? "";
  try {
    select(graph, way === "parents" ? [name] : [], way === "parents" ? [] : [name]);
  } catch (error) {
    // A value that an axis does not have: there is no such job.
    if (error instanceof UserError && error.code === "unknown-goal") return [];
    throw error;
  }
  const found = graph.known(name);
  if (found === undefined) throw new Error(`${name} is not there`);
  return [...new Set(Array.from(graph[way](found), (each) => jobOf(graph, each)))].toSorted();
}

const P_DATE_CLIENT = { job_id: "{date}_{client_id}" };
const X = { job_id: "{x}" };
const XY = { job_id: "{x}_{y}" };

const FORMS: Readonly<Record<string, Form>> = {
  "F1 same template": {
    apps: { p: X, c: { ...X, depends_on: { app_name: ["p"] } } },
    parents: { "c 3": ["p 3"] },
    children: { "p 3": ["c 3"] },
  },
  "F2 two parents": {
    apps: { p: X, q: X, c: { ...X, depends_on: { app_name: ["p", "q"] } } },
    parents: { "c 3": ["p 3", "q 3"] },
    children: { "p 3": ["c 3"], "q 3": ["c 3"] },
  },
  "F3 an identifier of the child alone, with values listed": {
    apps: {
      p: P_DATE_CLIENT,
      c: {
        job_id: "{date}_{client_id}_{target}",
        autofill_values: { target: [] },
        depends_on: { app_name: ["p"], target: ["A", "B"] },
      },
    },
    parents: { "c 20140101_1234_A": ["p 20140101_1234"], "c 20140101_1234_other": [] },
    children: { "p 20140101_1234": ["c 20140101_1234_A", "c 20140101_1234_B"] },
  },
  "F3 without autofill_values": {
    apps: {
      p: P_DATE_CLIENT,
      c: { job_id: "{date}_{client_id}_{target}", depends_on: { app_name: ["p"], target: ["A", "B"] } },
    },
    parents: { "c 20140101_1234_A": ["p 20140101_1234"], "c 20140101_1234_other": [] },
    children: { "p 20140101_1234": ["c 20140101_1234_A", "c 20140101_1234_B"] },
  },
  "F4 the same, with values filled in": {
    apps: {
      p: P_DATE_CLIENT,
      c: {
        job_id: "{date}_{client_id}_{target}",
        autofill_values: { target: ["A", "B"] },
        depends_on: { app_name: ["p"] },
      },
    },
    parents: { "c 20140101_1234_A": ["p 20140101_1234"], "c 20140101_1234_other": [] },
    children: { "p 20140101_1234": ["c 20140101_1234_A", "c 20140101_1234_B"] },
  },
  "F5 over listed values of the parent": {
    apps: {
      p: P_DATE_CLIENT,
      c: {
        job_id: "{client_id}_{target}",
        autofill_values: { target: ["A", "B"] },
        depends_on: { app_name: ["p"], date: [20140601, 20140501, 20140401] },
      },
    },
    parents: { "c 1_A": ["p 20140401_1", "p 20140501_1", "p 20140601_1"] },
    children: { "p 20140501_1": ["c 1_A", "c 1_B"], "p 20140502_1": [] },
  },
  "F6 groups by name": {
    apps: {
      p: P_DATE_CLIENT,
      q: P_DATE_CLIENT,
      c: {
        job_id: "{client_id}_{target}",
        autofill_values: { target: [] },
        depends_on: {
          g1: [
            { app_name: ["p"], date: [20140601, 20140501, 20140401], target: ["A", "B"] },
            { app_name: ["q"], date: [20120101, 20130101], target: ["A", "B"] },
          ],
          g2: { app_name: ["p"], date: [20140615], target: ["C"] },
        },
      },
    },
    parents: {
      "c 1_A": ["p 20140401_1", "p 20140501_1", "p 20140601_1", "q 20120101_1", "q 20130101_1"],
      "c 1_C": ["p 20140615_1"],
    },
    children: { "p 20140501_1": ["c 1_A", "c 1_B"], "p 20140615_1": ["c 1_C"] },
  },
  "F7 listed job ids": {
    apps: {
      p: P_DATE_CLIENT,
      c: {
        job_id: "{date}_{x}",
        autofill_values: { x: [] },
        depends_on: { app_name: ["p"], job_id: ["20150101_7", "20150102_7"], x: [1], date: [20150101] },
      },
    },
    parents: { "c 20150101_1": ["p 20150101_7", "p 20150102_7"], "c 20150102_1": [] },
    children: { "p 20150101_7": ["c 20150101_1"], "p 20150102_7": ["c 20150101_1"], "p 20150103_7": [] },
  },
  "F7b without the date: what needs them is what they lead to, which Stolos has not so": {
    apps: {
      p: P_DATE_CLIENT,
      c: {
        job_id: "{date}_{x}",
        autofill_values: { x: [] },
        depends_on: { app_name: ["p"], job_id: ["20150101_7", "20150102_8"], x: [1] },
      },
    },
    parents: { "c 20160101_1": ["p 20150101_7", "p 20150102_8"] },
  },
  "F7c several values of the child": {
    apps: {
      p: P_DATE_CLIENT,
      c: {
        ...X,
        autofill_values: { x: [] },
        depends_on: { app_name: ["p"], job_id: ["20150101_7"], x: [1, 2] },
      },
    },
    parents: { "c 1": ["p 20150101_7"], "c 2": ["p 20150101_7"] },
    children: { "p 20150101_7": ["c 1", "c 2"] },
  },
  "F8 all, of an identifier that the child lacks": {
    apps: { p: { ...XY, autofill_values: { y: [1, 2] } }, c: { ...X, depends_on: { app_name: ["p"], y: "all" } } },
    parents: { "c 1": ["p 1_1", "p 1_2"] },
    children: { "p 1_1": ["c 1"], "p 1_3": [] },
  },
  "F9 all, of one that both have": {
    apps: { p: { ...XY, autofill_values: { y: [1, 2] } }, c: { ...XY, depends_on: { app_name: ["p"], y: "all" } } },
    parents: { "c 1_1": ["p 1_1", "p 1_2"], "c 1_3": [] },
    children: { "p 1_1": ["c 1_1", "c 1_2"] },
  },
  "F10 all, of two parents with other values": {
    apps: {
      p: { ...XY, autofill_values: { y: [1, 2] } },
      q: { ...XY, autofill_values: { y: [2, 3] } },
      c: { ...X, depends_on: { app_name: ["p", "q"], y: "all" } },
    },
    parents: { "c 1": ["p 1_1", "p 1_2", "q 1_2", "q 1_3"] },
    children: { "q 1_1": [], "q 1_3": ["c 1"] },
  },
  "F11 all, beside a list": {
    apps: {
      p: { ...XY, autofill_values: { y: [1, 2] } },
      q: { ...XY, autofill_values: { y: [2, 3] } },
      c: {
        ...X,
        depends_on: {
          g: [
            { app_name: ["p"], y: "all" },
            { app_name: ["q"], y: [4] },
          ],
        },
      },
    },
    parents: { "c 1": ["p 1_1", "p 1_2", "q 1_4"] },
    children: { "q 1_4": ["c 1"], "q 1_2": [] },
  },
  "F13 parents with other templates": {
    apps: {
      valid1: { job_id: "{date}_{testID}" },
      valid2: P_DATE_CLIENT,
      valid3: {
        ...P_DATE_CLIENT,
        autofill_values: { client_id: "101:103" },
        depends_on: { app_name: ["valid1", "valid2"], testID: ["1", "2"] },
      },
    },
    parents: {
      "valid3 20151015_101": ["valid1 20151015_1", "valid1 20151015_2", "valid2 20151015_101"],
      "valid3 20151015_100": [],
    },
    children: { "valid1 20151015_2": ["valid3 20151015_101", "valid3 20151015_102"] },
  },
  "F14 a template with all that parents have": {
    apps: {
      autofill1: { job_id: "{client_id}" },
      autofill2: { job_id: "{date}" },
      c: {
        job_id: "{date}_{client_id}_{testID}",
        autofill_values: { date: [20150101], client_id: [10], testID: [10] },
        depends_on: { app_name: ["autofill1", "autofill2"] },
      },
    },
    parents: { "c 20150101_10_10": ["autofill1 10", "autofill2 20150101"] },
    children: { "autofill1 10": ["c 20150101_10_10"], "autofill1 11": [] },
  },
  "F15 values filled in, of an identifier that both have": {
    apps: { p: X, c: { ...X, autofill_values: { x: [1, 2] }, depends_on: { app_name: ["p"] } } },
    parents: { "c 1": ["p 1"], "c 3": [] },
    children: { "p 1": ["c 1"], "p 3": [] },
  },
  "F17 a list of an identifier that both have": {
    apps: { p: X, c: { ...X, depends_on: { app_name: ["p"], x: [1, 2] } } },
    parents: { "c 1": ["p 1", "p 2"], "c 3": [] },
    children: { "p 1": ["c 1", "c 2"], "p 3": [] },
  },
  "F18 one parent in two groups": {
    apps: { p: X, c: { ...X, depends_on: { g1: { app_name: ["p"] }, g2: { app_name: ["p"] } } } },
    parents: { "c 3": ["p 3"] },
    children: { "p 3": ["c 3"] },
  },
  "F18 with all groups": {
    apps: { p: X, c: { ...X, depends_on: { g1: { app_name: ["p"] }, g2: { app_name: ["p"] } } } },
    parents: { "c 3": ["p 3"] },
    children: { "p 3": ["c 3"] },
    form: { groups: "all" },
  },
  "F19 a word that is in no template": {
    apps: { p: X, c: { ...X, depends_on: { app_name: ["p"], y: [1] } } },
    parents: { "c 3": ["p 3"] },
    children: { "p 3": ["c 3"] },
  },
  "a parent whose values are listed is no parent of others": {
    apps: { p: { ...X, autofill_values: { x: [1, 2] } }, c: { ...X, depends_on: { app_name: ["p"] } } },
    parents: { "c 1": ["p 1"], "c 3": [] },
    children: { "p 2": ["c 2"] },
  },
};

test.each(
  Object.entries(FORMS).flatMap(([name, form]) =>
    (["parents", "children"] as const).flatMap((way) =>
      Object.entries(form[way] ?? {}).map(
        ([job, jobs]) => [`${name}: ${way} of ${job}`, form, way, job, jobs] as const,
      ),
    ),
  ),
)("%s", async (_, form, way, job, jobs) => {
  expect(await lead(form, way, job)).toEqual(jobs);
});

test("F12 all of ranges: two hundred jobs", async () => {
  const apps = {
    App1: {
      job_id: "{date}_{stage_id}_{response_id}",
      autofill_values: { stage_id: "0:10", response_id: "10:50:2" },
    },
    App2: { job_id: "{date}", depends_on: { app_name: ["App1"], stage_id: "all", response_id: "all" } },
  };
  expect(await lead({ apps }, "parents", "App2 20150101")).toHaveLength(200);
  expect(await lead({ apps }, "children", "App1 20150101_3_12")).toEqual(["App2 20150101"]);
  expect(await lead({ apps }, "children", "App1 20150101_3_13")).toEqual([]);
});

async function refused(apps: Apps, form: StolosForm = {}): Promise<readonly string[]> {
  try {
    await graphOf(apps, form);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.diagnostics.map(({ message, hint }) => `${message}${hint === undefined ? "" : ` (${hint})`}`);
  }
}

test("F16 an identifier of the parent that nothing says is refused", async () => {
  expect(await refused({ p: XY, c: { ...X, depends_on: { app_name: ["p"] } } })).toEqual([
    expect.stringContaining("p has y, which c has not: which of its jobs are needed?"),
  ]);
});

test("F20 an empty list applies to nothing: the app could never run", async () => {
  expect(await refused({ p: XY, c: { ...X, depends_on: { app_name: ["p"], y: [] } } })).toEqual([
    expect.stringContaining("no group of c applies to any job"),
  ]);
});

test("F21 the name of a group in a template is refused, since Stolos fails at it", async () => {
  expect(await refused({ c: { job_id: "{x}_{dependency_group_name}" } })).toEqual([
    expect.stringContaining("{dependency_group_name} fails in Stolos, too"),
  ]);
});
