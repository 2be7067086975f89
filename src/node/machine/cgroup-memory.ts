import type { SystemFiles } from "./system-files.ts";

const CGROUPS = "/sys/fs/cgroup";
/** The first version writes a number of this size where there is no limit. */
const UNLIMITED = 2 ** 60;

/** Where the groups of one version are, and the file of each that says how many bytes it may have. */
interface Hierarchy {
  readonly folder: string;
  readonly file: string;
}

const SECOND: Hierarchy = { folder: CGROUPS, file: "memory.max" };
/** Beside groups of the first version the second has a folder of its own. */
const SECOND_ASIDE: Hierarchy = { folder: `${CGROUPS}/unified`, file: "memory.max" };
const FIRST: Hierarchy = { folder: `${CGROUPS}/memory`, file: "memory.limit_in_bytes" };

/** The smallest limit of the group that this process is in and of those above it, in bytes; undefined where there is none. */
export function cgroupMemory(files: SystemFiles): number | undefined {
  const limits: number[] = [];
  for (const line of files.read("/proc/self/cgroup").split("\n")) {
    const [, number, controllers, path] = /^([0-9]+):([^:]*):(\/.*)$/.exec(line) ?? [];
    if (number === undefined || controllers === undefined || path === undefined) continue;
    const isSecond = number === "0" && controllers === "";
    if (!isSecond && !controllers.split(",").includes("memory")) continue;
    for (const hierarchy of isSecond ? [SECOND, SECOND_ASIDE] : [FIRST]) {
      limits.push(...limitsUpwards(files, hierarchy, path));
    }
  }
  return limits.length === 0 ? undefined : Math.min(...limits);
}

/** A container may see its own group as the top, whatever its path says: what is not there is passed over. */
function limitsUpwards(files: SystemFiles, { folder, file }: Hierarchy, path: string): number[] {
  const names = path.split("/").filter((name) => name !== "" && name !== "..");
  const limits: number[] = [];
  for (let depth = names.length; depth >= 0; depth--) {
    const text = files.read([folder, ...names.slice(0, depth), file].join("/")).trim();
    if (/^[0-9]+$/.test(text) && Number(text) < UNLIMITED) limits.push(Number(text));
  }
  return limits;
}
