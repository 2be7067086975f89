import { expect, test } from "vitest";
import { JobIdTemplate } from "../../../../src/workflows/imports/stolos-template.ts";

function template(text: string): JobIdTemplate {
  const read = JobIdTemplate.read(text);
  if (typeof read === "string") throw new Error(read);
  return read;
}

function parsed(text: string, jobId: string): Readonly<Record<string, string>> | undefined {
  const values = template(text).parse(jobId);
  return values === undefined ? undefined : Object.fromEntries(values);
}

test.each([
  ["{date}_{client_id}_{name}", "20140101_5_profile_x_y", { date: "20140101", client_id: "5", name: "profile_x_y" }],
  ["{date}-{x}", "20140101-3", { date: "20140101", x: "3" }],
  ["pre_{x}", "pre_3", { x: "3" }],
  ["{x}.csv", "a.csv.csv", { x: "a.csv" }],
  ["{x}_{y}_end", "1_2_end_end", { x: "1", y: "2_end" }],
  ["nightly", "nightly", {}],
])("a job id of %s is read: %s", (text, jobId, values) => {
  expect(parsed(text, jobId)).toEqual(values);
  expect(template(text).fill((identifier) => parsed(text, jobId)?.[identifier] ?? "")).toBe(jobId);
});

test.each([
  ["{date}_{x}", "20140101"],
  ["{date}_{x}", "_3"],
  ["{date}_{x}", "20140101_"],
  ["pre_{x}", "3"],
  ["pre_{x}", "pre_"],
  ["{x}.csv", ".csv"],
  ["{x}.csv", "a"],
  ["nightly", "nightly2"],
])("%s has no job %s", (text, jobId) => {
  expect(parsed(text, jobId)).toBeUndefined();
});

test.each([
  ["", "is empty"],
  ["{}_{x}", "names no identifier"],
  ["{x}_{x}", "{x} stands in it twice"],
  ["{a}{b}", "nothing stands between {a}{b}"],
  ["{x}_{dependency_group_name}", "fails in Stolos, too"],
])("the template %s is refused: %s", (text, why) => {
  expect(JobIdTemplate.read(text)).toContain(why);
});

test("what is filled in is read back, unless a value ends where it should not", () => {
  const templates = ["{a}_{b}_{c}", "x{a}--{b}", "{a}_{b}.{c}y"].map(template);
  const texts = ["1", "a_b", "-", "--", ".", "x", "y", "_", "2014.01"];
  let refused = 0;
  const wrong: string[] = [];
  for (const each of templates) {
    for (const a of texts) {
      for (const b of texts) {
        const own = new Map(Object.entries({ a, b, c: "_." }).slice(0, each.identifiers.length));
        const isRefused = [...own].some(([identifier, value]) => each.whyNot(identifier, value) !== undefined);
        if (isRefused) refused++;
        const jobId = each.fill((identifier) => own.get(identifier) ?? "");
        const isRead = JSON.stringify([...(each.parse(jobId) ?? [])]) === JSON.stringify([...own]);
        if (isRead === isRefused) wrong.push(`${jobId} of ${each.text}`);
      }
    }
  }
  expect(wrong).toEqual([]);
  expect(refused).toBeGreaterThan(0);
});
