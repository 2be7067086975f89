import type { Environment } from "../../domain/environment.ts";

/** How many slots there can be, and what to tell the user when they are not as many as wanted. */
export interface Fitted {
  readonly slots: number;
  readonly warnings: readonly string[];
}

/** Two capture files and a handle on the process. */
const FILES_PER_SLOT = 3;
/** The connection, the logs, and what the runtime needs. */
const OTHER_FILES = 40;

/** Fewer slots rather than tasks that cannot start. */
export function fitToOpenFiles(slots: number, limit: number): Fitted {
  const fitting = Math.max(1, Math.floor((limit - OTHER_FILES) / FILES_PER_SLOT));
  if (slots <= fitting) return { slots, warnings: [] };
  const warning = `${slots} slots need more open files than the ${limit} allowed (ulimit -n); ${fitting} slots are used`;
  return { slots: fitting, warnings: [warning] };
}

/** How many slots the dealt-out values suffice for, and what to tell the user where they do not fit. */
export function fitToResources(slots: number, resources: readonly string[], base: Environment): Fitted {
  const warnings: string[] = [];
  let fitting = slots;
  for (const name of resources) {
    const value = base[name];
    if (value === undefined || value === "") {
      warnings.push(`-E ${name}: not set in the environment; tasks do not get it`);
      continue;
    }
    const count = value.split(",").length;
    if (count < slots) warnings.push(`-E ${name}: ${count} values for ${slots} slots; only ${count} slots are used`);
    else if (count > slots)
      warnings.push(`-E ${name}: ${count} values for ${slots} slots; the last ${count - slots} are not used`);
    fitting = Math.min(fitting, count);
  }
  return { slots: fitting, warnings };
}
