import { quoteWord } from "../../domain/spelling/quote-word.ts";
import { similarWord } from "../../domain/spelling/similar-word.ts";
import type { Mistake } from "./mistakes.ts";

/** Names of variables, as shells have them: those of parameters, axes and secrets. */
export const VARIABLE = /^[A-Za-z_][A-Za-z0-9_]*$/;
/** Names of tasks. */
export const TASK = /^[A-Za-z_][A-Za-z0-9_-]*$/;
/** Names of documents, after which the files of their runs are called. */
export const DOCUMENT = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,199}$/;

/** How names begin that disbatch gives to variables of tasks, or will give. */
const OWN = /^(?:DISBATCH|STATE|IN|OUT|SLURM)_/i;
/** What shells and programs take for something else. */
const OTHERS = new Set(
  (
    "PATH HOME PWD OLDPWD SHELL USER LOGNAME IFS ENV TMPDIR LANG _ UID EUID PPID GROUPS RANDOM SRANDOM SECONDS LINENO " +
    "FUNCNAME DIRSTACK HOSTNAME HOSTTYPE MACHTYPE OSTYPE OPTARG OPTIND OPTERR REPLY SHELLOPTS SHLVL PIPESTATUS EPOCHSECONDS " +
    "EPOCHREALTIME COMP_WORDBREAKS LD_PRELOAD LD_LIBRARY_PATH CDPATH PS1 PS2 PS4 PROMPT_COMMAND"
  ).split(" "),
);

/** What is wrong with the name of a parameter or an axis; undefined when nothing is. */
export function mistakeInVariable(name: string): Mistake | undefined {
  const shown = quoteWord(name);
  if (!VARIABLE.test(name)) {
    return { message: `${shown} is no name of a variable`, hint: "letters, digits and _, and no digit first" };
  }
  if (OWN.test(name)) return { message: `${shown} begins as variables of disbatch do`, hint: "choose another name" };
  if (OTHERS.has(name) || name.startsWith("BASH")) {
    return { message: `${shown} means something else to shells and programs`, hint: "choose another name" };
  }
  return undefined;
}

/** What is wrong with the name of a variable in `env` or `secrets`, which may be one that programs know. */
export function mistakeInEnvironment(name: string): Mistake | undefined {
  const shown = quoteWord(name);
  if (!VARIABLE.test(name)) {
    return { message: `${shown} is no name of a variable`, hint: "letters, digits and _, and no digit first" };
  }
  if (!/^(?:DISBATCH|STATE)_/.test(name)) return undefined;
  return { message: `${shown} begins as variables of disbatch do`, hint: "choose another name" };
}

/** Names that something may be looked for among, as a user may have meant them. */
export class KnownNames {
  readonly #names: () => Iterable<string>;
  #byUpper: Map<string, string> | undefined;

  /** @param names are asked for when something is not among them. */
  constructor(names: () => Iterable<string>) {
    this.#names = names;
  }

  nearest(word: string): string | undefined {
    if (this.#byUpper === undefined) {
      this.#byUpper = new Map();
      for (const name of this.#names()) this.#byUpper.set(name.toUpperCase(), name);
    }
    return this.#byUpper.get(similarWord(word, [...this.#byUpper.keys()]) ?? "");
  }

  /** What is said of a word that is none of them. @param what they are, such as `task`. */
  unknown(what: string, word: string, otherwise?: string): Mistake {
    const meant = this.nearest(word);
    return {
      message: `unknown ${what} ${quoteWord(word)}`,
      hint: meant === undefined ? (otherwise ?? this.#all(what)) : `did you mean ${meant}?`,
    };
  }

  #all(what: string): string {
    const names = [...this.#names()];
    if (names.length === 0) return `there is no ${what}`;
    return names.length === 1 ? `the only ${what} is ${names[0]}` : `there are ${names.slice(0, 20).join(", ")}`;
  }
}
