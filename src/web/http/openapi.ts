import type { JsonSchema } from "@valibot/to-json-schema";
import type * as v from "valibot";
import { SchemaWriter, type Vocabulary } from "./json-schema.ts";
import type { Parameters } from "./parameters.ts";
import type { AnswerKind, Route } from "./route.ts";

/** A description of an API, as OpenAPI 3.1 has it. */
export interface OpenApi {
  readonly openapi: "3.1.0";
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, { readonly type: "http"; readonly scheme: "bearer" }>>;
  };
  readonly security: readonly Readonly<Record<string, unknown>>[];
}

/** What is said of a path and a method. */
export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly parameters: readonly OperationParameter[];
  readonly requestBody?: { readonly required: true; readonly content: Content } | undefined;
  readonly responses: Readonly<
    Record<string, { readonly description: string; readonly content?: Content | undefined }>
  >;
}

export interface OperationParameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required: boolean;
  readonly description: string;
  readonly schema: JsonSchema;
  readonly example: string;
  readonly style?: "form" | undefined;
  readonly explode?: false | undefined;
}

type Content = Readonly<Record<string, { readonly schema?: JsonSchema; readonly "x-events"?: unknown }>>;

export interface Described {
  readonly title: string;
  readonly version: string;
  readonly description: string;
  readonly vocabulary: Vocabulary;
  /** The schema of what all refusals answer. */
  readonly problem: v.GenericSchema;
}

/** What all paths may answer, whoever is asked. */
const ANY_PROBLEM: Readonly<Record<number, string>> = {
  401: "No token, or a wrong one.",
  403: "The request is not from where it may come from.",
};

/** Makes the description from the routes themselves, so that it says what is served, and no more. */
export function describeApi<Context>(routes: readonly Route<Context>[], described: Described): OpenApi {
  const writer = new SchemaWriter(described.vocabulary);
  const paths: Record<string, Record<string, Operation>> = {};
  for (const route of routes) {
    const operations = (paths[route.path] ??= {});
    operations[route.method] = operationOf(route, described, writer);
  }
  return {
    openapi: "3.1.0",
    info: { title: described.title, version: described.version, description: described.description },
    paths,
    components: {
      schemas: writer.named(),
      securitySchemes: { token: { type: "http", scheme: "bearer" } },
    },
    security: [{ token: [] }],
  };
}

function operationOf<Context>(route: Route<Context>, { problem }: Described, writer: SchemaWriter): Operation {
  const refusal = { "application/problem+json": { schema: writer.of(problem) } };
  const hasParameters = Object.keys(route.query).length + Object.keys(route.pathParameters).length > 0;
  const problems = {
    ...ANY_PROBLEM,
    ...(hasParameters ? { 400: "A parameter is unknown or wrong." } : {}),
    ...route.problems,
  };
  const { body } = route;
  return {
    operationId: route.name,
    summary: route.summary,
    parameters: [...parametersOf(route.pathParameters, "path", writer), ...parametersOf(route.query, "query", writer)],
    requestBody:
      body === undefined ? undefined : { required: true, content: { "application/json": { schema: writer.of(body) } } },
    responses: {
      ...answersOf(route.answer, writer),
      ...Object.fromEntries(
        Object.entries(problems).map(([status, description]) => [status, { description, content: refusal }]),
      ),
    },
  };
}

function answersOf(answer: AnswerKind, writer: SchemaWriter): Operation["responses"] {
  if (answer.type === "application/json")
    return {
      200: { description: "The answer.", content: { "application/json": { schema: writer.of(answer.schema) } } },
    };
  const { type, description, statuses = {}, events } = answer;
  const told = events === undefined ? undefined : mapped(events, (schema) => writer.of(schema));
  const content = Object.fromEntries(
    type.map((one) => [one, { schema: { type: "string" as const }, "x-events": told }]),
  );
  return {
    200: { description, content },
    ...Object.fromEntries(
      Object.entries(statuses).map(([status, meaning]) => [
        status,
        { description: meaning, content: status === "204" ? undefined : content },
      ]),
    ),
  };
}

function parametersOf(parameters: Parameters, place: "path" | "query", writer: SchemaWriter): OperationParameter[] {
  return Object.entries(parameters).map(([name, { schema, description, example, isOptional, fallback }]) => {
    const written = writer.of(schema);
    if (typeof fallback === "string" || typeof fallback === "number") written.default = fallback;
    const isList = written.type === "array";
    return {
      ...{ name, in: place, required: !isOptional, description, schema: written, example },
      ...(isList ? { style: "form", explode: false } : {}),
    };
  });
}

function mapped<A, B>(all: Readonly<Record<string, A>>, make: (one: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(all).map(([name, one]) => [name, make(one)]));
}
