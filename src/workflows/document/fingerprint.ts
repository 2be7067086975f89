import { createHash } from "node:crypto";
import type { Template } from "./workflow.ts";

/** What tells whether a template is still the same task. Edges say the places of nothing: moving a task changes nothing. */
export function fingerprintOf(
  template: Omit<Template, "fingerprint">,
  axisNames: readonly string[],
  params: ReadonlyMap<string, string>,
): string {
  const { action, env, workdir, secrets, alternatives, condition, generates } = template;
  const text = JSON.stringify([
    action.kind === "script" ? ["run", action.script, action.shell ?? null] : ["command", action.argv],
    Object.entries(env).toSorted(byName),
    workdir ?? null,
    secrets.toSorted(),
    condition,
    generates === undefined ? null : generates.kind === "axis" ? ["axis", generates.axis] : ["tasks"],
    axisNames,
    alternatives.map((edges) => edges.map(({ parent, match }) => [parent, match])),
  ]);
  const hash = createHash("sha256").update(text);
  for (const [name, value] of [...params].toSorted(byName)) {
    if (text.includes(name) && new RegExp(`(?<![A-Za-z0-9_])${name}(?![A-Za-z0-9_])`).test(text)) {
      hash.update(`\n${JSON.stringify([name, value])}`);
    }
  }
  return hash.digest("hex").slice(0, 32);
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
