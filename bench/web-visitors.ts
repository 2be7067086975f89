/**
 * So many readers of the events of a run that is shown with `-w`, and a scraper of its metrics every second, until the run has ended.
 *
 *     web-visitors.ts COUNT PREFIX ANSWERS
 *
 * Writes what they saw to ANSWERS, as JSON of `Visits`. The web file may come later.
 */

import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { type ClientRequest, get, type IncomingMessage } from "node:http";
import { setPriority } from "node:os";
import { createInterface } from "node:readline";
import { setTimeout as after } from "node:timers/promises";

import { type WebPlace, webPlaceOf } from "../src/cli/web-file.ts";
import { applyChange, type ViewChange } from "../src/domain/view-changes.ts";
import type { RunView } from "../src/domain/watch.ts";
import { cpuSeconds, memory } from "./proc.ts";

/** What visitors of a page saw. */
export interface Visits {
  /** Events that each reader was told. */
  readonly events: readonly number[];
  readonly scrapes: number;
  /** How many tasks the first reader knew to have ended, and since when, Unix time in seconds. */
  readonly seen: readonly { readonly ended: number; readonly at: number }[];
  /** Processor seconds of the web process, as long as there were readers, and its most memory in bytes. */
  readonly webCpu: number;
  readonly webMemory: number;
}

const LOOK_MS = 20;
const SCRAPE_MS = 1000;
/** Browsers run where their user is, or give way to what the machine computes. */
const PRIORITY = 10;

const [count = "1", prefix = "", answers = ""] = process.argv.slice(2);
setPriority(PRIORITY);
const place = await placeOf(`${prefix}_web.txt`);
const id: string = JSON.parse(await textOf("/api/v1/runs")).runs[0].id;
const seen: { ended: number; at: number }[] = [];
let [scrapes, webCpu, webMemory] = [0, 0, 0];
const over = new AbortController();
const scraping = scrape();
const events = await Promise.all(Array.from({ length: Number(count) }, (_, number) => readEvents(number === 0)));
over.abort();
await scraping;
writeFileSync(answers, JSON.stringify({ events, scrapes, seen, webCpu, webMemory } satisfies Visits));

async function placeOf(file: string): Promise<WebPlace> {
  for (;;) {
    const found = webPlaceOf(file);
    if (found !== undefined) return found;
    await after(LOOK_MS);
  }
}

function ask(path: string): ClientRequest {
  const headers = { authorization: `Bearer ${place.token}` };
  return get({ host: "127.0.0.1", port: place.page.port, path, headers, agent: false });
}

async function answerTo(path: string): Promise<IncomingMessage> {
  const [answer]: IncomingMessage[] = await once(ask(path), "response");
  if (answer?.statusCode !== 200) throw new Error(`${path}: ${answer?.statusCode}`);
  return answer;
}

async function textOf(path: string): Promise<string> {
  let text = "";
  for await (const piece of (await answerTo(path)).setEncoding("utf8")) text += String(piece);
  return text;
}

async function scrape(): Promise<void> {
  while (!over.signal.aborted) {
    await textOf("/metrics");
    scrapes++;
    webCpu = cpuSeconds(place.pid) ?? webCpu;
    webMemory = memory(place.pid, "VmHWM") ?? webMemory;
    await after(SCRAPE_MS);
  }
}

/** @param isWatched whether it is noted when tasks were seen to have ended. @returns how many events there were. */
async function readEvents(isWatched: boolean): Promise<number> {
  const lines = createInterface({ input: await answerTo(`/api/v1/runs/${id}/events`) });
  let told = 0;
  let name = "";
  let view: RunView | undefined;
  for await (const line of lines) {
    if (line.startsWith("event: ")) name = line.slice(7);
    if (!line.startsWith("data: ")) continue;
    told++;
    const data: { view?: RunView } & ViewChange = JSON.parse(line.slice(6));
    if (isWatched) view = data.view ?? (name === "delta" && view !== undefined ? applyChange(view, data) : view);
    const ended = (view?.tasks.succeeded ?? 0) + (view?.tasks.failed ?? 0);
    if (isWatched && ended > (seen.at(-1)?.ended ?? 0)) seen.push({ ended, at: Date.now() / 1000 });
    if (name === "end") break;
  }
  lines.close();
  return told;
}
