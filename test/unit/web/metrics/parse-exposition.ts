/** A family of metrics, as a scraper reads it. */
export interface ParsedFamily {
  readonly help: string;
  readonly type: string;
  readonly samples: {
    readonly name: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly value: number;
  }[];
}

const NAME = "[a-zA-Z_:][a-zA-Z0-9_:]*";
const LABELS = String.raw`(?:\{((?:[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\\n]|\\["\\n])*",?)*)\})?`;
const SAMPLE = new RegExp(String.raw`^(${NAME})${LABELS} (\S+)$`);
const NUMBER = /^(?:[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[+-]?\d+)?|[+-]Inf|NaN)$/i;

/**
 * Reads the text format of Prometheus, version 0.0.4, by its grammar.
 *
 * @throws Error for what is none: a line that is none, a family in two places, a sample of no family, or one that stands there twice.
 */
export function parseExposition(text: string): Map<string, ParsedFamily> {
  if (text !== "" && !text.endsWith("\n")) throw new Error("the last line does not end");
  const families = new Map<string, ParsedFamily>();
  const seen = new Set<string>();
  let help = "";
  let current = "";
  for (const line of text.split("\n").slice(0, -1)) {
    const [, about, name = "", rest = ""] = new RegExp(`^# (HELP|TYPE) (${NAME}) (.*)$`).exec(line) ?? [];
    if (about === "HELP") {
      if (families.has(name)) throw new Error(`${name} is in two places`);
      [help, current] = [unescape(rest), name];
    } else if (about === "TYPE") {
      if (name !== current || families.has(name)) throw new Error(`${name} has no help before it`);
      families.set(name, { help, type: rest, samples: [] });
    } else {
      const sample = sampleOf(line);
      const family = families.get(current);
      if (family === undefined || !isOf(sample.name, current, family.type)) throw new Error(`of no family: ${line}`);
      const key = JSON.stringify([
        sample.name,
        Object.entries(sample.labels)
          .map(([label, value]) => `${label}=${value}`)
          .toSorted(),
      ]);
      if (seen.has(key)) throw new Error(`twice: ${line}`);
      seen.add(key);
      family.samples.push(sample);
    }
  }
  return families;
}

function sampleOf(line: string): ParsedFamily["samples"][number] {
  const [, name = "", labelText = "", number = ""] = SAMPLE.exec(line) ?? [];
  if (name === "" || !NUMBER.test(number)) throw new Error(`no sample: ${line}`);
  const labels: Record<string, string> = {};
  for (const [, label = "", value = ""] of labelText.matchAll(/([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"/g))
    labels[label] = unescape(value);
  const value = number.endsWith("Inf") ? (number.startsWith("-") ? -Infinity : Infinity) : Number(number);
  return { name, labels, value };
}

function isOf(sample: string, family: string, type: string): boolean {
  if (type !== "histogram") return sample === family;
  return [`${family}_bucket`, `${family}_sum`, `${family}_count`].includes(sample);
}

function unescape(text: string): string {
  return text.replaceAll(/\\(.)/g, (_, character: string) => (character === "n" ? "\n" : character));
}
