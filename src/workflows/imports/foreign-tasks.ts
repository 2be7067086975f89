import { loadJsonParser } from "../document/json.ts";
import type { ReadDocument } from "../document/read-document.ts";
import type { Template } from "../document/workflow.ts";
import type { ConvertedTasks, PrintedFor } from "./daggy-printed.ts";
import type { PrintedTasks } from "../document/task-generations.ts";

/** The document, whose tasks may print tasks in words of others: what they print is taken as if it were in ours. */
export async function withForeignTasks(read: ReadDocument): Promise<ReadDocument> {
  const { workflow, texts } = read;
  if (!workflow.templates.some(printsForeign)) return read;
  const [{ convertPrinted }, { readSettings }, parser] = await Promise.all([
    import("./daggy-printed.ts"),
    import("./daggy-settings.ts"),
    loadJsonParser(),
  ]);
  const tasks = new ForeignTasks(read, (text, settings, around) =>
    convertPrinted(text, readSettings(settings, around.by), around, parser),
  );
  return { workflow, texts, parseTasks: (text, by) => tasks.parse(text, by) };
}

function printsForeign({ generates }: Template): boolean {
  return generates?.kind === "tasks" && generates.foreign !== undefined;
}

/** Makes tasks of ours of printed ones. @throws UserError `generator-refused`. */
type Convert = (text: string, settings: unknown, around: PrintedFor) => ConvertedTasks;

/** Tasks that are printed in words of others, and what has been printed before. */
class ForeignTasks {
  readonly #read: ReadDocument;
  readonly #convert: Convert;
  readonly #templates: Map<string, Template>;
  /** Which tasks wait for what a generator prints, by the generator: for all of it, or for what names them. */
  readonly #waiting = new Map<string, Map<string, "all" | "named">>();

  constructor(read: ReadDocument, convert: Convert) {
    this.#read = read;
    this.#convert = convert;
    this.#templates = new Map(read.workflow.templates.map((template) => [template.name, template]));
    for (const template of read.workflow.templates) this.#takeEdges(template);
  }

  parse(text: string, by: string): PrintedTasks {
    const [name = ""] = by.split("[", 1);
    const generator = this.#templates.get(name);
    const foreign = generator?.generates?.kind === "tasks" ? generator.generates.foreign : undefined;
    if (generator === undefined || foreign === undefined) return this.#take(this.#read.parseTasks(text, by));
    const prefix = name.slice(0, name.lastIndexOf("/") + 1);
    const around: PrintedFor = {
      by,
      generator: name.slice(prefix.length),
      hasAxes: generator.axes.length > 0 || generator.include.length > 0,
      has: (task) => this.#templates.has(prefix + task),
      waits: (task) => this.#waiting.get(name)?.get(prefix + task),
    };
    const converted = this.#convert(text, foreign.settings, around);
    return { ...this.#take(this.#read.parseTasks(converted.text, by)), warnings: converted.warnings };
  }

  #take(printed: PrintedTasks): PrintedTasks {
    for (const template of printed.templates) {
      this.#templates.set(template.name, template);
      this.#takeEdges(template);
    }
    for (const { child, edge } of printed.edges) if (edge.printed !== undefined) this.#wait(child, edge);
    return printed;
  }

  #takeEdges({ name, alternatives }: Template): void {
    for (const edge of alternatives.flat()) this.#wait(name, edge);
  }

  #wait(child: string, { parent, printed }: Template["alternatives"][number][number]): void {
    if (printed === undefined || printed.task !== undefined) return;
    const waiting = this.#waiting.get(parent) ?? new Map<string, "all" | "named">();
    this.#waiting.set(parent, waiting);
    if (waiting.get(child) !== "all") waiting.set(child, printed.isNamed === true ? "named" : "all");
  }
}
