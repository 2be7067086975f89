/** What `ssh -G` prints: each setting by its name in lower case, with its values in order. */
export type SshConfig = ReadonlyMap<string, readonly string[]>;

/** Reads the output of `ssh -G`: a setting on each line, its name, a space and its value; a name may come again. */
export function parseSshConfig(output: string): SshConfig {
  const config = new Map<string, string[]>();
  for (const line of output.split(/\r?\n/)) {
    const [, name, value] = /^(\S+)\s+(.*\S)\s*$/.exec(line) ?? [];
    if (name === undefined || value === undefined) continue;
    const values = config.get(name.toLowerCase());
    if (values === undefined) config.set(name.toLowerCase(), [value]);
    else values.push(value);
  }
  return config;
}

/** The only value of a setting; undefined when it is missing or `none`. */
export function valueOf(config: SshConfig, name: string): string | undefined {
  const value = config.get(name)?.[0];
  return value === undefined || value.toLowerCase() === "none" ? undefined : value;
}

/** A yes-or-no setting; versions differ in whether they print `yes` or `true`. */
export function flagOf(config: SshConfig, name: string): boolean {
  const value = valueOf(config, name)?.toLowerCase();
  return value === "yes" || value === "true";
}

/** A whole number from 0; undefined when it is missing or something else. */
export function numberOf(config: SshConfig, name: string): number | undefined {
  const value = valueOf(config, name);
  return value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : undefined;
}

/**
 * The paths of a setting that prints several on one line. ssh does not quote them, so a word that starts no path belongs to
 * the path before it, which has a space in its name.
 */
export function pathsOf(config: SshConfig, name: string): readonly string[] | undefined {
  const value = config.get(name)?.[0];
  if (value === undefined) return undefined;
  const paths: string[] = [];
  for (const word of value.match(/"[^"]*"|[^\s"]+/g) ?? []) {
    const before = paths.at(-1);
    if (before === undefined || before === "none" || /^["/~$%]/.test(word)) paths.push(word);
    else paths[paths.length - 1] = `${before} ${word}`;
  }
  return paths.filter((path) => path.toLowerCase() !== "none");
}
