import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DurationHistogram } from "../../../../src/domain/duration-histogram.ts";
import { BUCKET_ENDS, durationsOf } from "../../../../src/web/metrics/duration-buckets.ts";
import { exposition } from "../../../../src/web/metrics/exposition.ts";
import { scratchFile } from "../../records/ledger/scratch.ts";
import { appOf, ask, busyRun, type TestRun } from "../api/web-runs.ts";
import { parseExposition, type ParsedFamily } from "./parse-exposition.ts";

const PROMTOOL = "/usr/bin/promtool";
const DASHBOARD = path.resolve(import.meta.dirname, "../../../../docs/how-to/grafana-dashboard.json");

async function scraped(...runs: readonly TestRun[]): Promise<string> {
  const answer = await ask(appOf(runs), "/metrics");
  expect(answer.headers.get("Content-Type")).toBe("text/plain; version=0.0.4; charset=utf-8");
  return answer.text();
}

/** Values by the labels other than the run's: `succeeded 7`. */
function valuesOf(family: ParsedFamily | undefined, label: string): Record<string, number> {
  return Object.fromEntries((family?.samples ?? []).map(({ labels, value }) => [labels[label] ?? "", value]));
}

describe("metrics", () => {
  it("tell how a run stands, and nothing that nobody has spoken of", async () => {
    const families = parseExposition(await scraped(busyRun()));
    expect([...families].map(([name, { type }]) => [name, type])).toEqual([
      ["disbatch_tasks_total", "counter"],
      ["disbatch_tasks", "gauge"],
      ["disbatch_slots", "gauge"],
      ["disbatch_engines", "gauge"],
      ["disbatch_task_duration_seconds", "histogram"],
      ["disbatch_build_info", "gauge"],
    ]);
    expect(valuesOf(families.get("disbatch_tasks_total"), "outcome")).toEqual({ succeeded: 7, failed: 3, skipped: 0 });
    const tasks = valuesOf(families.get("disbatch_tasks"), "state");
    expect(tasks).toMatchObject({ succeeded: 7, failed: 3, running: 3, assigned: 0, waiting: 7 });
    expect(Object.values(tasks).reduce((sum, count) => sum + count, 0)).toBe(20);
    expect(valuesOf(families.get("disbatch_slots"), "state")).toEqual({ busy: 3, free: 3 });
    expect(valuesOf(families.get("disbatch_engines"), "state")).toMatchObject({ starting: 2, ready: 0, lost: 0 });
    expect(families.get("disbatch_build_info")?.samples).toMatchObject([{ labels: { version: "1.2.3" }, value: 1 }]);
  });

  it("have durations in buckets, each with all that are shorter", async () => {
    const family = parseExposition(await scraped(busyRun())).get("disbatch_task_duration_seconds");
    const buckets = family?.samples.filter(({ name }) => name.endsWith("_bucket")) ?? [];
    const at = (le: string): number | undefined => buckets.find(({ labels }) => labels["le"] === le)?.value;
    expect([at("1"), at("4"), at("+Inf")]).toEqual([0, 10, 10]);
    expect(family?.samples.filter(({ name }) => !name.endsWith("_bucket")).map(({ value }) => value)).toEqual([20, 10]);
  });

  it("have a label for the run, and no other whose values are not known beforehand", async () => {
    const [one, other] = [busyRun("one"), busyRun("other")];
    const families = parseExposition(await scraped(one, other));
    const labels = [...families.values()].flatMap(({ samples }) =>
      samples.flatMap((sample) => Object.keys(sample.labels)),
    );
    expect([...new Set(labels)].toSorted()).toEqual(["le", "outcome", "run", "state", "version"]);
    const single = await scraped(busyRun("one"));
    expect((await scraped(one, other)).split("\n").length).toBeLessThan(2 * single.split("\n").length);
  });

  it("count nothing of a run while its records are read", async () => {
    const [half, reading] = [busyRun("half"), busyRun("reading")];
    const { pictured } = half;
    half.pictured = async () => ({ ...(await pictured()), isComplete: false });
    reading.link = { state: "reading", share: 0.5 };
    const families = parseExposition(await scraped(half, reading, busyRun("whole")));
    const counted = ["disbatch_tasks_total", "disbatch_task_duration_seconds"].flatMap(
      (name) => families.get(name)?.samples.map(({ labels }) => labels["run"]) ?? [],
    );
    expect(new Set(counted)).toEqual(new Set(["whole"]));
    const shown = families.get("disbatch_tasks")?.samples.map(({ labels }) => labels["run"]);
    expect(new Set(shown)).toEqual(new Set(["half", "reading", "whole"]));
  });

  it("of one run whose records cannot be read have what its driver tells, and are whole for the others", async () => {
    const [torn, gone] = [busyRun("torn"), busyRun("gone")];
    for (const run of [torn, gone]) run.pictured = () => Promise.reject(new Error("no such file"));
    gone.link = { state: "over" };
    const families = parseExposition(await scraped(torn, gone, busyRun("whole")));
    const runsOf = (name: string): unknown[] => [
      ...new Set(families.get(name)?.samples.map(({ labels }) => labels["run"])),
    ];
    expect(runsOf("disbatch_tasks_total")).toEqual(["torn", "whole"]);
    expect(runsOf("disbatch_task_duration_seconds")).toEqual(["whole"]);
    expect(runsOf("disbatch_slots")).toEqual(["torn", "gone", "whole"]);
  });

  it("are whole for no run, and for one that has just begun", async () => {
    expect(parseExposition(await scraped()).get("disbatch_tasks")?.samples).toEqual([]);
  });

  it.runIf(existsSync(PROMTOOL))("please promtool", async () => {
    const input = await scraped(busyRun("one"), busyRun("other"));
    const { status, stdout, stderr } = spawnSync(PROMTOOL, ["check", "metrics"], { input, encoding: "utf8" });
    expect([status, stdout, stderr]).toEqual([0, "", ""]);
  });

  it("can have any text in their labels", () => {
    // Nothing is measured below zero by nothing: as text both are 0.
    const numbers = fc.double().filter((value) => !Object.is(value, -0));
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string(), numbers, (label, help, value) => {
        fc.pre(!/[\r\u2028\u2029]/.test(help + label));
        const text = exposition([{ name: "some", help, type: "gauge", samples: [{ labels: { label }, value }] }]);
        const family = parseExposition(text).get("some");
        expect([family?.help, family?.samples]).toEqual([help, [{ name: "some", labels: { label }, value }]]);
      }),
    );
  });
});

describe("buckets of durations", () => {
  it("have as many tasks as were no longer, whatever they took", () => {
    const durations = fc.array(fc.double({ min: 0.0011, max: 1e6, noNaN: true }), { maxLength: 50 });
    fc.assert(
      fc.property(fc.array(durations, { maxLength: 4 }), (engines) => {
        const histograms = engines.map((all) => {
          const histogram = new DurationHistogram();
          for (const seconds of all) histogram.add(seconds);
          return histogram;
        });
        const { cumulated, sum } = durationsOf(histograms);
        const all = engines.flat();
        // What takes exactly as long as a bucket says may count for the next one.
        for (const [at, end] of BUCKET_ENDS.entries()) {
          const [least, most] = [all.filter((one) => one < end).length, all.filter((one) => one <= end).length];
          expect([least, most]).toContain(cumulated[at]);
        }
        expect(cumulated.at(-1)).toBe(all.length);
        expect(sum).toBeCloseTo(
          all.reduce((total, one) => total + one, 0),
          3,
        );
      }),
    );
  });
});

describe("the dashboard for Grafana", () => {
  it("asks for metrics that are served, and by labels that they have", async () => {
    const families = parseExposition(await scraped(busyRun()));
    const served = new Map(
      [...families.values()].flatMap(({ samples }) => samples.map(({ name, labels }) => [name, labels] as const)),
    );
    const queries = queriesIn(JSON.parse(readFileSync(DASHBOARD, "utf8")));
    expect(queries.length).toBeGreaterThan(5);
    const names = queries.flatMap((query) => query.match(/disbatch_\w+/g) ?? []);
    expect(names.filter((name) => !served.has(name))).toEqual([]);
    expect([...families.keys()].filter((name) => !names.some((used) => used.startsWith(name)))).toEqual([]);
    const labels = queries.flatMap((query) => [...query.matchAll(/(disbatch_\w+)\{([^}]*)\}/g)]);
    const unknown = labels.flatMap(([, name = "", matchers = ""]) =>
      [...matchers.matchAll(/(\w+)\s*(?:=~|!~|!=|=)/g)].filter(
        ([, label = ""]) => !(label in (served.get(name) ?? {})),
      ),
    );
    expect(unknown).toEqual([]);
  });

  it.runIf(existsSync(PROMTOOL))("has queries that Prometheus understands", () => {
    const queries = queriesIn(JSON.parse(readFileSync(DASHBOARD, "utf8")));
    const rules = queries
      .filter((query) => !query.startsWith("label_values"))
      .map((query, at) => ({
        record: `query:${at}`,
        expr: query.replaceAll("$__rate_interval", "5m").replaceAll("$run", "one"),
      }));
    const file = scratchFile("rules.json");
    writeFileSync(file, JSON.stringify({ groups: [{ name: "all", rules }] }));
    const { status, stdout, stderr } = spawnSync(PROMTOOL, ["check", "rules", file], { encoding: "utf8" });
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toContain(`${rules.length} rules found`);
  });
});

/** All queries that stand anywhere in a dashboard. */
function queriesIn(value: unknown): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, one]: [string, unknown]) =>
    (name === "expr" || name === "query") && typeof one === "string" && one.includes("disbatch_")
      ? [one]
      : queriesIn(one),
  );
}
