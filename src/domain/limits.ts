/** How tasks are ended that reach a limit of their own, and how they are warned before. */
export interface LimitTerms {
  /** Sent first to a task that is over its time limit. */
  readonly timeoutSignal: NodeJS.Signals;
  /** Seconds between that and KILL. */
  readonly grace: number;
  /** Seconds before a task is ended when it is warned; undefined when it is not. */
  readonly warn?: number | undefined;
  readonly warnSignal: NodeJS.Signals;
}

/** What holds where the user has said nothing: 10 seconds of grace, as for all tasks that are ended. */
export const LIMITS: LimitTerms = { timeoutSignal: "SIGTERM", grace: 10, warn: undefined, warnSignal: "SIGUSR1" };

const SIZES = [
  [2 ** 40, "TiB"],
  [2 ** 30, "GiB"],
  [2 ** 20, "MiB"],
  [2 ** 10, "KiB"],
] as const;

/** How much of a limit is used, both in bytes, in the unit of the limit: `8.3 of 8.0 GiB`. */
export function shareText(used: number, limit: number): string {
  const [scale, unit] = unitOf(limit);
  return `${inUnits(used, scale)} of ${inUnits(limit, scale)} ${unit}`;
}

/** Why a task is ended at its limit of time, or of memory; its record has these words. The limit follows. */
export const OVER_TIME = "over its time limit of ";
export const OVER_MEMORY = "over its memory limit: ";

/** Bytes of what `shareText` has told, as exactly as it did; undefined for what it has not. */
export function readShare(text: string): { readonly used: number; readonly limit: number } | undefined {
  const [, used, limit, unit] = /^([0-9.]+) of ([0-9.]+) (\w+)$/.exec(text) ?? [];
  if (used === undefined || limit === undefined) return undefined;
  const scale = SIZES.find(([, name]) => name === unit)?.[0] ?? 1;
  return { used: Number(used) * scale, limit: Number(limit) * scale };
}

/** An amount of memory in a unit that suits it: `1.2 GiB`. @param bytes of it. */
export function memoryText(bytes: number): string {
  const [scale, unit] = unitOf(bytes);
  return `${inUnits(bytes, scale)} ${unit}`;
}

function unitOf(bytes: number): readonly [number, string] {
  return SIZES.find(([size]) => bytes >= size) ?? [1, "bytes"];
}

function inUnits(bytes: number, scale: number): string {
  const units = bytes / scale;
  return units.toFixed(scale > 1 && units < 99.95 ? 1 : 0);
}

const UNITS = [
  [86_400, "d"],
  [3600, "h"],
  [60, "min"],
] as const;

/** A time limit as people set it, in the largest unit that tells it exactly: `2 h`, `90 s`. @param seconds of it. */
export function limitText(seconds: number): string {
  const [scale, unit] = UNITS.find(([size]) => seconds >= size && seconds % size === 0) ?? [1, "s"];
  return `${seconds / scale} ${unit}`;
}
