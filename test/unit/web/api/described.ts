import * as v from "valibot";
import type { WebApp } from "../../../../src/web/api/app.ts";
import { ROUTES } from "../../../../src/web/api/routes.ts";
import type { OpenApi, Operation, OperationParameter } from "../../../../src/web/http/openapi.ts";
import { readEvents } from "../events/read-events.ts";
import { faultsOf } from "./json-schema-check.ts";
import { ask } from "./web-runs.ts";

/** Something that the description of the API has: a path, and how it is asked. */
export interface Described {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** Events that are read of a run, at most. */
const EVENTS = 2;

/** The description, as the app gives it. */
export async function descriptionOf(app: WebApp): Promise<OpenApi> {
  const description: OpenApi = JSON.parse(await (await ask(app, "/openapi.json")).text());
  return description;
}

export function operationsOf(description: OpenApi): Described[] {
  return Object.entries(description.paths).flatMap(([path, operations]) =>
    Object.entries(operations).map(([method, operation]) => ({ method, path, operation })),
  );
}

/**
 * A path with values for its parameters, and for these of the query.
 *
 * @param given values; the others are those that the description has as examples. Without any where it is empty.
 */
export function pathOf(
  { path, operation }: Described,
  named: readonly OperationParameter[],
  given: Readonly<Record<string, string>>,
): string {
  const valueOf = ({ name, example }: OperationParameter): string => given[name] ?? example;
  const filled = operation.parameters
    .filter(({ in: place }) => place === "path")
    .reduce((all, parameter) => all.replace(`{${parameter.name}}`, encodeURIComponent(valueOf(parameter))), path);
  const query = new URLSearchParams();
  for (const one of named) if (valueOf(one) !== "") query.set(one.name, valueOf(one));
  return query.size === 0 ? filled : `${filled}?${query.toString()}`;
}

/** What to ask with: only what has to be there, each of the others with it, and all of them. */
export function queriesOf({ parameters }: Operation): OperationParameter[][] {
  const query = parameters.filter(({ in: place }) => place === "query");
  const needed = query.filter(({ required }) => required);
  return [needed, ...query.filter(({ required }) => !required).map((one) => [...needed, one]), query];
}

/** What of an answer is not as the description, or the schema that it was made of, has it. */
export async function faultsOfAnswer(
  answer: Response,
  { method, path, operation }: Described,
  description: OpenApi,
): Promise<string[]> {
  const where = `${method} ${path} ${answer.status}`;
  const documented = operation.responses[answer.status];
  if (documented === undefined) return [`${where}: nobody has said that it answers so: ${await answer.text()}`];
  if (answer.status === 204) return answer.body === null ? [] : [`${where}: there is something in it`];
  const [type = ""] = (answer.headers.get("Content-Type") ?? "").split(";");
  const content = documented.content?.[type];
  if (content === undefined) return [`${where}: nobody has said that it is of ${type}`];
  const faults: string[] = [];
  if (type === "text/event-stream") {
    const schemas = new Map(Object.entries(content["x-events"] ?? {}));
    for await (const { name, data } of readEvents(answer, EVENTS))
      faults.push(...faultsOf(data, schemas.get(name), description, `${where} ${name}`));
    return faults;
  }
  const text = await answer.text();
  if (text === "") faults.push(`${where}: it is empty`);
  // The report is described where reports are.
  if (!type.endsWith("json") || path.endsWith("/report")) return faults;
  const body: unknown = JSON.parse(text);
  const route = ROUTES.find((one) => one.path === path && one.method === method);
  const schema = route?.answer.type === "application/json" && answer.ok ? route.answer.schema : v.unknown();
  const issues = v.safeParse(schema, body).issues ?? [];
  return [
    ...faultsOf(body, content.schema, description, where),
    ...issues.map((issue) => `${where} ${v.getDotPath(issue)}: ${issue.message}`),
  ];
}
