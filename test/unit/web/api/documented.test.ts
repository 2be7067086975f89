import { describe, expect, it } from "vitest";
import { ROUTES } from "../../../../src/web/api/routes.ts";
import type { WebApp } from "../../../../src/web/api/app.ts";
import { type Described, descriptionOf, faultsOfAnswer, operationsOf, pathOf, queriesOf } from "./described.ts";
import { faultsOf } from "./json-schema-check.ts";
import { appOf, ask, busyRun, problemOf, type TestRun } from "./web-runs.ts";

/** Values of parameters for which there is something in the run. */
const GIVEN: Readonly<Record<string, string>> = { id: "Flow-1", task: "1", cursor: "" };
const BODIES = [
  { what: "run" },
  { what: "run", kill: true },
  { what: "task", id: 10 },
  { what: "engine", rank: 0 },
  { what: "context", label: "SSH0" },
];
const JSON_TYPE = { "Content-Type": "application/json" };

function served(): { readonly app: WebApp; readonly run: TestRun } {
  const run = busyRun(GIVEN["id"], true);
  run.link = { state: "over" };
  return { app: appOf([run, busyRun("other")]), run };
}

function initOf({ method }: Described): RequestInit {
  return method === "post" ? { method: "POST", body: '{"what":"run"}', headers: JSON_TYPE } : {};
}

function hasInPath({ operation }: Described, name: string): boolean {
  return operation.parameters.some((one) => one.in === "path" && one.name === name);
}

describe("all that the description of the API names", () => {
  it("is served, with every parameter, and answers as it says", async () => {
    const { app } = served();
    const description = await descriptionOf(app);
    const operations = operationsOf(description);
    expect(operations.length).toBe(ROUTES.length);
    for (const asking of operations.filter(({ method }) => method === "get")) {
      for (const query of queriesOf(asking.operation)) {
        const path = pathOf(asking, query, GIVEN);
        const answer = await ask(app, path);
        expect([path, answer.ok, await faultsOfAnswer(answer, asking, description)]).toEqual([path, true, []]);
      }
    }
  });

  it("takes every body that it says it takes", async () => {
    const { app, run } = served();
    const description = await descriptionOf(app);
    for (const asking of operationsOf(description).filter(({ method }) => method === "post")) {
      const schema = asking.operation.requestBody?.content["application/json"]?.schema;
      for (const body of BODIES) {
        expect(faultsOf(body, schema, description)).toEqual([]);
        const init = { ...initOf(asking), body: JSON.stringify(body) };
        const answer = await ask(app, pathOf(asking, [], GIVEN), init);
        expect([answer.status, await faultsOfAnswer(answer, asking, description)]).toEqual([200, []]);
      }
    }
    expect(run.stops).toEqual(BODIES);
  });

  it.each([
    ["id", "nowhere", 404, "run-unknown"],
    ["task", "123456", 404, "task-unknown"],
    ["task", "-1", 404, "path-unknown"],
    ["task", "1e3", 404, "path-unknown"],
    ["stream", "stdin", 404, "path-unknown"],
  ])("refuses the %s %s, which there is not, as it says", async (name, value, status, code) => {
    const { app } = served();
    const description = await descriptionOf(app);
    const operations = operationsOf(description).filter((asking) => hasInPath(asking, name));
    expect(operations).not.toEqual([]);
    for (const asking of operations) {
      const path = pathOf(asking, queriesOf(asking.operation)[0] ?? [], { ...GIVEN, [name]: value });
      const answer = await ask(app, path, initOf(asking));
      expect([path, await problemOf(answer.clone())]).toEqual([path, { status, code }]);
      expect(await faultsOfAnswer(answer, asking, description)).toEqual([]);
    }
  });

  it("refuses parameters that it does not name, and those that stand there twice", async () => {
    const { app } = served();
    for (const asking of operationsOf(await descriptionOf(app))) {
      const [needed = []] = queriesOf(asking.operation);
      const path = pathOf(asking, needed, GIVEN);
      const more = `${path}${path.includes("?") ? "&" : "?"}nobody=1`;
      expect(await problemOf(await ask(app, more, initOf(asking)))).toEqual({ status: 400, code: "parameter-unknown" });
      const [twice] = asking.operation.parameters.filter((one) => one.in === "query");
      if (twice === undefined) continue;
      const both = `${pathOf(asking, [twice], GIVEN)}&${twice.name}=${encodeURIComponent(twice.example)}`;
      const named = twice.name === "cursor" ? both.replace("?&", "?cursor=x&") : both;
      expect([named, await problemOf(await ask(app, named))]).toEqual([
        named,
        { status: 400, code: "parameter-invalid" },
      ]);
    }
  });

  it("answers to HEAD as to GET, without a body", async () => {
    const { app } = served();
    for (const asking of operationsOf(await descriptionOf(app)).filter(({ method }) => method === "get")) {
      const path = pathOf(asking, queriesOf(asking.operation)[0] ?? [], GIVEN);
      const head = await ask(app, path, { method: "HEAD" });
      const get = await ask(app, path);
      expect([path, head.status, head.headers.get("Content-Type"), await head.text()]).toEqual([
        path,
        get.status,
        get.headers.get("Content-Type"),
        "",
      ]);
      await get.body?.cancel();
    }
  });
});

describe("what the description does not name is not served:", () => {
  it("other methods", async () => {
    const { app } = served();
    for (const asking of operationsOf(await descriptionOf(app))) {
      const path = pathOf(asking, [], GIVEN);
      for (const method of ["GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS"]) {
        if (method.toLowerCase() === asking.method) continue;
        const answer = await ask(app, path, { method });
        const told = [method, path, answer.headers.get("Allow"), await problemOf(answer)];
        const allowed = asking.method === "get" ? "GET, HEAD" : "POST";
        expect(told).toEqual([method, path, allowed, { status: 405, code: "method-not-allowed" }]);
      }
    }
  });

  it("paths above, below and beside", async () => {
    const { app } = served();
    const paths = operationsOf(await descriptionOf(app)).map((asking) => pathOf(asking, [], GIVEN));
    const near = paths.flatMap((path) => [
      `${path}/`,
      `${path}/more`,
      path.slice(0, path.lastIndexOf("/")),
      path.replace("/api/v1", "/api/v2"),
      path.replace("/api/v1", "/api/v1/x"),
      path.replace("/runs/", "/runs//"),
      path.toUpperCase(),
    ]);
    // Paths that are there, some of them as a run of another name.
    const known = new Set([...paths, "", "/api/v1/runs/more"]);
    for (const path of new Set(near.filter((one) => !known.has(one)))) {
      const { status } = await problemOf(await ask(app, path));
      expect([path, status]).toEqual([path, 404]);
    }
  });
});
