import { type Command, InvalidArgumentError, Option } from "commander";
import { UserError } from "../domain/errors.ts";
import { readSize } from "../domain/terms/amounts.ts";
import { contradictionIn } from "../domain/terms/contradiction.ts";
import { isTermName, RESOURCE, RESOURCE_NAME, ruleFor, type TermName, WORDS } from "../domain/terms/words.ts";
import type { RunSettings } from "../run/settings.ts";

/** A term as an option, which is named as the term is. */
interface TermOption {
  readonly name: TermName;
  /** The value as the help has it; undefined for an option that takes none. */
  readonly value: string | undefined;
  readonly description: string;
}

const NEEDS: readonly TermOption[] = [
  { name: "cores", value: "N", description: "cores that each task needs, or a fraction of one" },
  { name: "memory", value: "SIZE", description: "memory that each task needs, and may use, such as 8G" },
  { name: "gpus", value: "N", description: "GPUs that each task needs" },
  { name: "timeout", value: "DURATION", description: "end a task that takes longer, such as 90s, 30m or 2h" },
  { name: "min-time", value: "DURATION", description: "start a task only where so much time is left" },
];

const RETRIES: readonly TermOption[] = [
  { name: "retries", value: "N", description: "try a task that has failed N times more" },
  {
    name: "retry-on",
    value: "CAUSES",
    description: "only after exit codes such as 1,74-84, or signal, timeout, memory",
  },
  { name: "retry-delay", value: "DURATION", description: "wait so long before a retry" },
  { name: "retry-backoff", value: "N", description: "wait N times as long before each further retry" },
  { name: "retry-limit", value: "DURATION", description: "wait no longer than this before a retry" },
  { name: "retry-elsewhere", value: undefined, description: "retry on another host, when there is one" },
  { name: "retry-cores", value: "xN", description: "N times as many cores for each further try" },
  { name: "retry-memory", value: "xN", description: "N times as much memory for each further try" },
  { name: "retry-timeout", value: "xN", description: "N times as long a timeout for each further try" },
];

const PLACES: readonly TermOption[] = [
  { name: "context", value: "LABEL", description: "run only on the hosts of this group" },
  { name: "priority", value: "N", description: "start those with a higher N first; others have 0" },
];

/** Adds the options for where tasks run, and which of them first, which are kept as `terms`. */
export function addPlaceOptions(command: Command): Command {
  return addTermOptions(command, PLACES);
}

/** Adds the options for what each task needs and how long it may take, which are kept as `terms`. */
export function addNeedOptions(command: Command): Command {
  return addTermOptions(command, NEEDS);
}

/** Adds the options for retries, which are kept as `terms`. */
export function addRetryOptions(command: Command): Command {
  return addTermOptions(command, RETRIES);
}

/** Adds the option for how much each task needs of named resources, which is kept as `terms`. */
export function addNamedNeedOption(command: Command): Command {
  const description = "how much each task needs of a resource of the run";
  return command.addOption(new KeptOption("--resource <NAME=AMOUNT>", description, "terms").argParser(withNamedNeed));
}

/** Adds the options for named resources, which are kept as `runResources` and `engineResources`. */
export function addResourceOptions(command: Command): Command {
  return command
    .addOption(
      new KeptOption("--resource <NAME=AMOUNT>", "what all tasks share, such as license=3", "runResources")
        .default({})
        .argParser(withResource),
    )
    .addOption(
      new KeptOption("--engine-resource <NAME=AMOUNT>", "what the tasks of each engine share", "engineResources")
        .default({})
        .argParser(withResource),
    );
}

/** @throws UserError (exit code 2) for values that are right one by one, and contradict each other. */
export function checkTerms({
  terms,
  runResources,
  engineResources,
}: Pick<RunSettings, "terms" | "runResources" | "engineResources">): void {
  const words = new Map(Object.entries(terms));
  const contradiction = contradictionIn(words, words, (name) => `--${name}`);
  if (contradiction !== undefined) {
    throw new UserError("bad-terms", `${contradiction.message} (${contradiction.hint})`);
  }
  const twice = Object.keys(runResources).find((name) => Object.hasOwn(engineResources, name));
  if (twice === undefined) return;
  const message = `the resource ${twice} is either for all tasks (--resource) or for each engine (--engine-resource)`;
  throw new UserError("bad-terms", message);
}

/** An option whose value is kept under another name than its own, together with those of others. */
class KeptOption extends Option {
  readonly #keptAs: string;

  constructor(flags: string, description: string, keptAs: string) {
    super(flags, description);
    this.#keptAs = keptAs;
  }

  override attributeName(): string {
    return this.#keptAs;
  }
}

function addTermOptions(command: Command, rows: readonly TermOption[]): Command {
  for (const { name, value, description } of rows) {
    const flags = value === undefined ? `--${name}` : `--${name} <${value}>`;
    const option = new KeptOption(flags, description, "terms").argParser(withTerm(name));
    command.addOption(value === undefined ? option.preset("yes") : option);
  }
  return command;
}

type Words = Readonly<Record<string, string>>;

/** Adds a term to the others. */
function withTerm(name: TermName): (value: string, previous: Words | undefined) => Words {
  return (value, previous) => {
    const word = WORDS[name];
    const canonical = word.canonical(value);
    if (canonical === undefined) throw new InvalidArgumentError(`It must be ${ruleFor(word, value)}`);
    return { ...previous, [name]: canonical };
  };
}

/** Adds a need to the other terms; whether the run has a resource of that name is for the run to say. */
function withNamedNeed(text: string, previous: Words | undefined): Words {
  const { name, amount } = namedAmount(text, previous ?? {});
  return { ...previous, [name]: amount };
}

type Amounts = Readonly<Record<string, number>>;

function withResource(text: string, previous: Amounts): Amounts {
  const { name, amount } = namedAmount(text, previous);
  return { ...previous, [name]: readSize(amount) ?? Number(amount) };
}

/** A resource and its amount in the words of terms. @param previous what has been given before, by name. */
function namedAmount(text: string, previous: object): { readonly name: string; readonly amount: string } {
  const equals = text.indexOf("=");
  const name = text.slice(0, Math.max(0, equals));
  if (isTermName(name) || !RESOURCE_NAME.test(name)) {
    throw new InvalidArgumentError("It must be NAME=AMOUNT, and NAME small letters, digits, _ and -, and no term.");
  }
  if (Object.hasOwn(previous, name)) throw new InvalidArgumentError(`${name} is given twice.`);
  const amount = RESOURCE.canonical(text.slice(equals + 1));
  if (amount === undefined) throw new InvalidArgumentError(`AMOUNT must be ${RESOURCE.must}.`);
  return { name, amount };
}
