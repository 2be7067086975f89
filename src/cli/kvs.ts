import { Argument, type Command } from "commander";
import { UserError } from "../domain/errors.ts";
import type { ExitCode } from "../domain/exit-codes.ts";
import type { Program } from "../run/program-name.ts";
import { type GivenOption, givenOptions, newCommand, readCommandLine } from "./command-line.ts";
import { atLeast, encoding, serverAddress, wholeNumber } from "./option-values.ts";
import type { KvsOptions } from "./kvs-options.ts";
import { show } from "./standard-output.ts";

/** What a verb takes. */
interface Verb {
  readonly operands: readonly string[];
  readonly options: readonly string[];
}

const VERBS = {
  serve: { operands: [], options: ["--host", "--port", "--kvs-open", "--info"] },
  get: { operands: ["KEY"], options: ["--server", "--timeout"] },
  put: { operands: ["KEY", "VALUE"], options: ["--server", "--encoding"] },
  view: { operands: ["KEY"], options: ["--server", "--timeout"] },
  dump: { operands: [], options: ["--server", "--json"] },
  monitor: { operands: ["MONITORKEY", "KEY:EVENTS"], options: ["--server"] },
  shutdown: { operands: [], options: ["--server"] },
} as const satisfies Readonly<Record<string, Verb>>;

type VerbName = keyof typeof VERBS;

const VERB_NAMES = Object.keys(VERBS).filter(isVerb);

const MOST_PORTS = 65_535;

/** The operands and options of `disbatch kvs`. */
export function describeKvs(): Command {
  return newCommand("disbatch kvs")
    .usage("[options] VERB [KEY] [VALUE]")
    .description(
      "Serves values by keys to programs (serve), and uses such a server (all other verbs). disBatch's own client and server understand it.",
    )
    .addArgument(new Argument("VERB", "what to do").choices(VERB_NAMES).argOptional())
    .argument("[KEY]", "the key; for monitor, the key that is told of events")
    .argument("[VALUE]", "for put the value, or - to read it from standard input; for monitor KEY:EVENTS")
    .option("--server <HOST:PORT>", "the server to use (default: the one that the environment names)", serverAddress)
    .option("--timeout <SECONDS>", "get, view: wait no longer for a value", atLeast(0))
    .option("--encoding <CODE>", "put: four characters that say what the value is", encoding, "ASTR")
    .option("--json", "dump: print it as JSON, in one line", false)
    .option("--host <ADDRESS>", "serve: listen at this address of this machine (default: 127.0.0.1)")
    .option("--port <PORT>", "serve: listen at this port (default: any)", wholeNumber(0, MOST_PORTS))
    .option("--kvs-open", "serve: serve other users and other hosts, who can run commands as you then", false)
    .option("--info <FILE>", "serve: keep HOST:PORT in this file while it serves");
}

/** Does what `disbatch kvs` is asked for. @throws UserError; with exit code 3 where a server cannot be reached or a time is over. */
export async function startKvs({ args }: Program): Promise<ExitCode> {
  const described = describeKvs();
  const given = givenOptions(described);
  const text = readCommandLine(described, args);
  if (text !== undefined) return show(text);
  const [verb, ...operands] = described.args;
  if (verb === undefined || !isVerb(verb)) {
    throw new UserError("kvs-no-verb", `say what to do: disbatch kvs ${VERB_NAMES.join("|")}`);
  }
  refuseOthers(verb, operands, given);
  const options = described.opts<KvsOptions>();
  if (verb === "serve") {
    const { serveKvs } = await import("./kvs-serve.ts");
    return serveKvs(options);
  }
  const { useKvs } = await import("./kvs-use.ts");
  return useKvs(verb, operands, options);
}

/** @throws UserError `kvs-operands`, `kvs-option` for what the verb does not take. */
function refuseOthers(verb: VerbName, operands: readonly string[], given: readonly GivenOption[]): void {
  const { operands: wanted, options }: Verb = VERBS[verb];
  if (operands.length !== wanted.length) {
    throw new UserError("kvs-operands", `write: ${["disbatch kvs", verb, ...wanted].join(" ")}`);
  }
  const other = given.find(([flag]) => !options.includes(flag));
  if (other === undefined) return;
  throw new UserError("kvs-option", `disbatch kvs ${verb} takes no option ${other[0]}, but ${options.join(", ")}`);
}

function isVerb(word: string): word is VerbName {
  return Object.hasOwn(VERBS, word);
}
