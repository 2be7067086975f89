import { constants } from "node:os";
import { type Command, InvalidArgumentError, Option } from "commander";
import { readDuration, readSize } from "../domain/terms/amounts.ts";
import type { MaxLoad } from "../domain/throttle.ts";
import { DEFAULTS } from "../run/settings.ts";

/** Timers take no longer ones. */
const MOST_SECONDS = 1_800_000;
const UNCATCHABLE = ["SIGKILL", "SIGSTOP"];

/** Adds the options that say how tasks are ended at their limits and warned before. */
export function addLimitOptions(command: Command): Command {
  return command
    .addOption(
      new Option("--timeout-signal <SIGNAL>", "sent first to a task that is over its time limit")
        .argParser(signal)
        .default(DEFAULTS.timeoutSignal, "TERM"),
    )
    .option("--warn <TIME>", "send tasks a signal so long before they are ended", duration)
    .addOption(
      new Option("--warn-signal <SIGNAL>", "the signal of --warn")
        .argParser(catchable)
        .default(DEFAULTS.warnSignal, "USR1"),
    );
}

/** Adds the options that hold tasks back. */
export function addThrottleOptions(command: Command): Command {
  return command
    .option("--delay <TIME>", "leave so much time between two starts on each host", duration)
    .option("--max-load <LOAD>", "start no task on a host whose load is higher, as N or N% of its cores", load)
    .option("--min-free-memory <SIZE>", "start no task on a host that has less memory available", size);
}

/** A signal by its name, with or without SIG, or by its number. */
function signal(value: string): NodeJS.Signals {
  const upper = value.toUpperCase();
  const wanted = upper.startsWith("SIG") ? upper : `SIG${upper}`;
  const name = signalNames().find((known) => known === wanted || String(constants.signals[known]) === value);
  if (name === undefined) throw new InvalidArgumentError("It must be a signal, such as TERM, USR1 or 2.");
  return name;
}

/** One that a task may hear. */
function catchable(value: string): NodeJS.Signals {
  const name = signal(value);
  if (UNCATCHABLE.includes(name)) {
    throw new InvalidArgumentError("It must be a signal that a task can catch, such as USR1.");
  }
  return name;
}

function signalNames(): NodeJS.Signals[] {
  return Object.keys(constants.signals).filter((name): name is NodeJS.Signals => name in constants.signals);
}

/** Seconds of a duration. */
function duration(value: string): number {
  const seconds = readDuration(value);
  if (seconds === undefined || seconds === 0 || seconds > MOST_SECONDS) {
    throw new InvalidArgumentError("It must be a duration above 0, such as 0.5, 90s, 30m or 2h.");
  }
  return seconds;
}

/** Bytes of a size. */
function size(value: string): number {
  const bytes = readSize(value);
  if (bytes === undefined || bytes === 0) {
    throw new InvalidArgumentError("It must be a size with its unit, such as 8G or 512M.");
  }
  return bytes;
}

function load(value: string): MaxLoad {
  const [, number, percent] = /^([0-9]+(?:\.[0-9]+)?)(%?)$/.exec(value) ?? [];
  const most = Number(number);
  if (number === undefined || most === 0) {
    throw new InvalidArgumentError("It must be a load above 0, such as 8, or a part of the cores, such as 80%.");
  }
  return { most: percent === "%" ? most / 100 : most, ofCores: percent === "%" };
}
