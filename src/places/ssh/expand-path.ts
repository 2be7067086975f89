import type { Environment } from "../../domain/environment.ts";

/** What the tokens of a path in ssh's settings stand for, by their letter: `h` for `%h`. */
export type PathTokens = Readonly<Record<string, string>>;

const PIECE = /%(.)|%$|\$\{([^}]*)\}/gs;

/**
 * The path that ssh would open: `~` at its start, `%` tokens and `${NAME}` replaced, as ssh_config(5) says under TOKENS and
 * ENVIRONMENT VARIABLES.
 *
 * @param tokens `d`, the home folder, is what `~` stands for.
 * @returns undefined when it cannot be known here: another user's home, another token, a variable that is not set.
 */
export function expandPath(path: string, tokens: PathTokens, env: Environment): string | undefined {
  const home = tokens["d"] ?? "";
  const bare = /^"(.*)"$/s.exec(path)?.[1] ?? path;
  if (bare.startsWith("~") && bare !== "~" && !bare.startsWith("~/")) return undefined;
  let unknown = false;
  const expand = (piece: string, letter: string | undefined, name: string | undefined): string => {
    const value = name === undefined ? (letter === "%" ? "%" : tokens[letter ?? ""]) : env[name];
    unknown ||= value === undefined;
    return value ?? piece;
  };
  const isInHome = bare.startsWith("~");
  const expanded = (isInHome ? bare.slice(1) : bare).replaceAll(PIECE, expand);
  if (unknown) return undefined;
  return isInHome ? home + expanded : expanded;
}
