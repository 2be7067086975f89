import type * as v from "valibot";
import { type Parameters, readQuery, readValues, type ValuesOf } from "./parameters.ts";
import { ProblemError } from "./problem-error.ts";
import { readBody } from "./read-body.ts";

/** What stands in an answer's body, and how it is described. */
export type AnswerKind = { readonly type: "application/json"; readonly schema: v.GenericSchema } | OtherAnswer;

/** An answer that is not of JSON, or not alone. */
interface OtherAnswer {
  /** Types of content, one of which comes. */
  readonly type: readonly string[];
  readonly description: string;
  /** Statuses beside 200, and what they mean. */
  readonly statuses?: Readonly<Record<number, string>> | undefined;
  /** Schemas of what stands in the text, by the name of the event. */
  readonly events?: Readonly<Record<string, v.GenericSchema>> | undefined;
}

/** What a route says of itself; the description of the API is made of it. */
interface Said {
  /** With `{name}` for each parameter of the path. */
  readonly path: string;
  /** A name for programs that are made from the description. */
  readonly name: string;
  readonly summary: string;
  /** Statuses of problems, beside those that any request may meet, and what they mean. */
  readonly problems: Readonly<Record<number, string>>;
}

/** A path that is served, and all that is said of it. */
export interface Route<Context> extends Said {
  readonly method: "get" | "post";
  readonly pathParameters: Parameters;
  readonly query: Parameters;
  readonly body?: v.GenericSchema | undefined;
  readonly answer: AnswerKind;
  /** Checks all of the request, and answers it. @param place the texts of the path's parameters. @throws UserError. */
  readonly serve: (context: Context, request: Request, place: Readonly<Record<string, string>>) => Promise<Response>;
}

/** What a request asks for, once all of it has been checked. */
interface Asked<Path extends Parameters, Query extends Parameters> {
  readonly path: ValuesOf<Path>;
  readonly query: ValuesOf<Query>;
  readonly request: Request;
}

/** A route, as it is written down: what its handler is given follows from what it says of itself. */
interface Definition<Path extends Parameters, Query extends Parameters> extends Said {
  readonly pathParameters: Path;
  readonly query: Query;
}

interface JsonDefinition<Context, Path extends Parameters, Query extends Parameters, Answer> extends Definition<
  Path,
  Query
> {
  readonly answer: v.GenericSchema<unknown, Answer>;
  readonly handle: (context: Context, asked: Asked<Path, Query>) => Promise<Answer> | Answer;
}

interface PostedDefinition<Context, Path extends Parameters, Query extends Parameters, Body, Answer> extends Definition<
  Path,
  Query
> {
  readonly body: v.GenericSchema<unknown, Body>;
  readonly answer: v.GenericSchema<unknown, Answer>;
  readonly handle: (context: Context, asked: Asked<Path, Query>, body: Body) => Promise<Answer> | Answer;
}

interface RawDefinition<Context, Path extends Parameters, Query extends Parameters> extends Definition<Path, Query> {
  readonly answer: OtherAnswer;
  readonly handle: (context: Context, asked: Asked<Path, Query>) => Promise<Response> | Response;
}

/** Makes routes that are served with the same things. */
export interface RouteMakers<Context> {
  /** A route that answers with JSON. */
  readonly json: <Path extends Parameters, Query extends Parameters, Answer>(
    definition: JsonDefinition<Context, Path, Query, Answer>,
  ) => Route<Context>;
  /** A route that is sent JSON, and answers with JSON. */
  readonly posted: <Path extends Parameters, Query extends Parameters, Body, Answer>(
    definition: PostedDefinition<Context, Path, Query, Body, Answer>,
  ) => Route<Context>;
  /** A route that answers with something else. */
  readonly raw: <Path extends Parameters, Query extends Parameters>(
    definition: RawDefinition<Context, Path, Query>,
  ) => Route<Context>;
}

export function routesFor<Context>(): RouteMakers<Context> {
  return {
    json: ({ handle, answer, ...said }) => ({
      ...said,
      method: "get",
      answer: { type: "application/json", schema: answer },
      serve: async (context, request, place) => jsonResponse(await handle(context, asked(said, request, place))),
    }),
    posted: ({ handle, answer, ...said }) => ({
      ...said,
      method: "post",
      answer: { type: "application/json", schema: answer },
      serve: async (context, request, place) => {
        const all = asked(said, request, place);
        return jsonResponse(await handle(context, all, await readBody(request, said.body)));
      },
    }),
    raw: ({ handle, ...said }) => ({
      ...said,
      method: "get",
      serve: async (context, request, place) => handle(context, asked(said, request, place)),
    }),
  };
}

/** What is answered where nothing is served. */
export function unknownPath(): ProblemError {
  return new ProblemError("path-unknown", 404, "nothing is served there; /openapi.json says what is");
}

/** @throws ProblemError `path-unknown`, `parameter-unknown`, `parameter-invalid`. */
function asked<Path extends Parameters, Query extends Parameters>(
  { pathParameters, query }: Definition<Path, Query>,
  request: Request,
  place: Readonly<Record<string, string>>,
): Asked<Path, Query> {
  const path = valuesOfPath(pathParameters, place);
  return { path, query: readQuery(query, new URL(request.url).searchParams), request };
}

function valuesOfPath<Path extends Parameters>(
  parameters: Path,
  place: Readonly<Record<string, string>>,
): ValuesOf<Path> {
  try {
    return readValues(parameters, (name) => place[name]);
  } catch {
    // Where no task can be, there is no path to one either.
    throw unknownPath();
  }
}

/** An answer of JSON, which is kept by nobody. */
function jsonResponse(value: unknown): Response {
  return new Response(JSON.stringify(value), {
    headers: { "Content-Type": "application/json", "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff" },
  });
}
