import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";

import { askForTicket, type WebPlace, webPlaceOf } from "../src/cli/web-file.ts";
import { memory } from "./proc.ts";
import { start } from "./run.ts";
import { BINARY } from "./subjects.ts";

/** Looks for a server that begins so often, in milliseconds. */
const OFTEN = 5;
const MILLISECONDS = 1000;

/** A web process that serves one run. */
export interface WebServerOfRun {
  /** From the start of the process until its page is served, in milliseconds. */
  readonly began: number;
  /** Id of the run. */
  readonly run: string;
  /** Asks as programs do. */
  get(path: string): Promise<Asked>;
  /** A URL that lets a browser in, once. */
  url(path: string): Promise<string>;
  /** The most memory so far, in bytes. */
  peakMemory(): number;
  close(): Promise<void>;
}

/** What was asked, and how long that took. */
interface Asked {
  readonly milliseconds: number;
  readonly bytes: number;
  readonly text: string;
}

/** Serves a run with the executable. */
export async function serveRun(prefix: string): Promise<WebServerOfRun> {
  const [program, ...args] = BINARY.argv;
  const running = start({ argv: [program, ...args, "web", prefix] });
  const place = await placeOf(`${prefix}_web.txt`, running.ended);
  const began = running.elapsed() * MILLISECONDS;
  const base = `http://127.0.0.1:${place.page.port}`;
  const get = async (path: string): Promise<Asked> => {
    const asked = performance.now();
    const answer = await fetch(base + path, {
      // As browsers have it: what comes is counted by what it is on the way.
      headers: { authorization: `Bearer ${place.token}`, "accept-encoding": "gzip" },
    });
    const text = await answer.text();
    const milliseconds = performance.now() - asked;
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${text}`);
    return { milliseconds, bytes: Number(answer.headers.get("content-length") ?? text.length), text };
  };
  const { text } = await get("/api/v1/runs");
  const list: { readonly runs: readonly { readonly id: string }[] } = JSON.parse(text);
  return {
    began,
    run: list.runs[0]?.id ?? "",
    get,
    url: async (path) => {
      const ticket = new URL(await askForTicket(place), base).searchParams.get("ticket") ?? "";
      const url = new URL(path, base);
      url.searchParams.set("ticket", ticket);
      return url.href;
    },
    peakMemory: () => memory(running.pid, "VmHWM") ?? Number.NaN,
    close: async () => {
      running.child.kill("SIGTERM");
      await running.ended;
    },
  };
}

async function placeOf(file: string, ended: Promise<{ readonly stderr: string }>): Promise<WebPlace> {
  let failure: string | undefined;
  void ended.then(({ stderr }) => (failure = stderr));
  for (;;) {
    const place = webPlaceOf(file);
    if (place !== undefined) return place;
    if (failure !== undefined) throw new Error(`the page is not served: ${failure}`);
    await after(OFTEN);
  }
}

/** Where the records of a run are in a folder. */
export function prefixIn(folder: string): string {
  return join(folder, "run");
}
