import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { KnownNames } from "../document/names.ts";
import type { Path } from "../document/tree.ts";
import type { ForeignTree } from "./foreign-tree.ts";
import type { App } from "./stolos-app.ts";
import { type Clause, type Group } from "./stolos-clauses.ts";
import type { JobValues } from "./stolos-template.ts";

/** Values of identifiers: a job has to have one of each. */
export type Chosen = ReadonlyMap<string, readonly string[]>;

/** One app that a job needs. */
export interface NeededApp {
  readonly app: string;
  /** Values of its identifiers, whatever the child's are. Others are those of the child. */
  readonly values: Chosen;
}

/** Apps that a job needs together. */
export interface NeededGroup {
  readonly name: string;
  readonly path: Path;
  readonly needed: readonly NeededApp[];
  /** For which jobs of the child: values of its identifiers. */
  readonly when: Chosen;
}

/** All that apps need, as their clauses say it, by names of apps and identifiers of Stolos. */
export class StolosNeeds {
  readonly #apps: ReadonlyMap<string, App>;
  /** Names of all apps, of those that could not be read, too. */
  readonly #names: readonly string[];
  readonly #foreign: ForeignTree;

  constructor(apps: ReadonlyMap<string, App>, names: readonly string[], foreign: ForeignTree) {
    this.#apps = apps;
    this.#names = names;
    this.#foreign = foreign;
  }

  /** Groups of an app that can apply to some job. */
  groupsOf(child: App): readonly NeededGroup[] {
    const groups = child.groups ?? [];
    const read = groups.flatMap((group) => this.#group(child, group) ?? []);
    const before = groups.length;
    if (before > 0 && read.length === 0 && this.#foreign.mistakes.count === 0) {
      const hint = "a job without any group that applies has its needs never met";
      this.#foreign.refuse(child.path, `no group of ${child.name} applies to any job`, hint, "key");
    }
    return read;
  }

  #group(child: App, { name, clauses, path }: Group): NeededGroup | undefined {
    const before = this.#foreign.mistakes.count;
    const single = clauses.flatMap((clause) => this.#expanded(clause, child));
    const when = new Map<string, readonly string[]>();
    for (const [, lists] of single) {
      for (const identifier of child.template.identifiers) {
        const said = lists.get(identifier) ?? child.autofill.get(identifier)?.values;
        if (said === undefined) continue;
        // Where the child's autofill_values has nothing, only what clauses name counts.
        const known = when.get(identifier);
        when.set(identifier, known?.filter((value) => said.includes(value)) ?? said);
      }
    }
    const needed = single.flatMap(([app, lists, clause]) => this.#needed(app, lists, clause, child));
    if (this.#foreign.mistakes.count > before) return undefined;
    const never = [...when].find(([, values]) => values.length === 0) ?? emptyIn(single);
    if (never !== undefined) {
      this.#foreign.note(
        ["tasks", child.task],
        path,
        `the group ${name} is left out: no value of ${never[0]} is left for it`,
      );
      return undefined;
    }
    return { name, path, needed, when };
  }

  /** One for each app that it names, with what `all` stands for there. */
  #expanded(clause: Clause, child: App): readonly ExpandedClause[] {
    return clause.apps.flatMap(({ value: name, path }): readonly ExpandedClause[] => {
      const app = this.#apps.get(name);
      if (app === undefined) {
        const { message, hint } = new KnownNames(() => this.#names).unknown("app", name);
        if (!this.#names.includes(name)) this.#foreign.refuse(path, message, hint);
        return [];
      }
      const lists = new Map<string, readonly string[]>();
      for (const [key, list] of clause.lists) {
        if (list !== "all") lists.set(key, list.values);
        else if (app.template.identifiers.includes(key)) lists.set(key, this.#all(app, key, clause));
        this.#tellUseless(key, clause, child);
      }
      return [[app, lists, clause]];
    });
  }

  #all(app: App, identifier: string, { path }: Clause): readonly string[] {
    const list = app.autofill.get(identifier);
    if (list !== undefined) return list.values;
    const hint = `write autofill_values of ${identifier} at ${app.name}, or a list here`;
    this.#foreign.refuse(
      [...path, identifier],
      `"all" of ${identifier} says nothing: ${app.name} has no list of it`,
      hint,
    );
    return [];
  }

  /** Tells of a word that is an identifier of none of the apps that it is about. */
  #tellUseless(key: string, { apps, path }: Clause, child: App): void {
    const known = [child, ...apps.flatMap(({ value }) => this.#apps.get(value) ?? [])];
    if (known.some(({ template }) => template.identifiers.includes(key))) return;
    const text = `${key} is left out: no template of these apps has it, and Stolos takes no notice of it, either`;
    this.#foreign.note(["tasks", child.task, "needs"], [...path, key], text);
  }

  #needed(app: App, lists: Chosen, clause: Clause, child: App): readonly NeededApp[] {
    if (clause.jobIds !== undefined) return this.#named(app, clause.jobIds.values, clause);
    const own = new Set(child.template.identifiers);
    const values = new Map<string, readonly string[]>();
    for (const identifier of app.template.identifiers) {
      const list = lists.get(identifier);
      if (list !== undefined) values.set(identifier, list);
      else if (!own.has(identifier)) {
        const hint = `list its values here, or write "all" where ${app.name} has autofill_values for it`;
        const message = `${app.name} has ${identifier}, which ${child.name} has not: which of its jobs are needed?`;
        this.#foreign.refuse(clause.path, message, hint);
      }
    }
    return [{ app: app.name, values }];
  }

  /** Jobs by their ids: together, where they are all combinations of some values, or one by one. */
  #named(app: App, jobIds: readonly string[], clause: Clause): readonly NeededApp[] {
    const jobs = jobIds.flatMap((jobId, i): JobValues[] => {
      const values = app.template.parse(jobId);
      if (values !== undefined) return [values];
      const message = `${quoteWord(jobId)} is no job id of ${app.name}, whose template is ${quoteWord(app.template.text)}`;
      this.#foreign.refuse([...clause.path, "job_id", i], message);
      return [];
    });
    const byIdentifier = app.template.identifiers.map((identifier): [string, string[]] => [
      identifier,
      [...new Set(jobs.map((values) => values.get(identifier) ?? ""))],
    ]);
    const combinations = byIdentifier.reduce((product, [, values]) => product * values.length, 1);
    if (combinations === jobs.length) return [{ app: app.name, values: new Map(byIdentifier) }];
    return jobs.map((values) => ({
      app: app.name,
      values: new Map(Array.from(values, ([identifier, value]): [string, string[]] => [identifier, [value]])),
    }));
  }
}

type ExpandedClause = readonly [app: App, lists: Chosen, clause: Clause];

/** A list of a parent's identifier that has no values: nothing is needed, and the group applies to no job. */
function emptyIn(clauses: readonly ExpandedClause[]): readonly [string, readonly string[]] | undefined {
  return clauses.flatMap(([app, lists]) =>
    [...lists].filter(([key, values]) => values.length === 0 && app.template.identifiers.includes(key)),
  )[0];
}
