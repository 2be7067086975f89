import { POOL_ARGUMENTS } from "../run/files/pool-script.ts";
import { END_ARGUMENTS, ENGINE_ARGUMENTS } from "../wire/engine-verbs.ts";

/** Whether the arguments are those by which a driver starts an engine, or has one ended. */
export function isEngineCommand(args: readonly string[]): boolean {
  return isSame(args, ENGINE_ARGUMENTS) || isEndCommand(args);
}

/** Whether another engine is to be ended. */
export function isEndCommand(args: readonly string[]): boolean {
  return isSame(args, END_ARGUMENTS);
}

/** Whether the arguments are those of a run's dbUtil.sh. */
export function isDbUtilCommand(args: readonly string[]): boolean {
  return args.length > POOL_ARGUMENTS.length && POOL_ARGUMENTS.every((word, i) => args[i] === word);
}

function isSame(args: readonly string[], words: readonly string[]): boolean {
  return args.length === words.length && words.every((word, i) => args[i] === word);
}
