import { describeRun } from "../cli/options.ts";
import { FIELDS_OF_RETRIES } from "../domain/terms/fields.ts";
import { flagOf, KINDS, isOption } from "./setting-options.ts";

/** Words that stand before an option in what commander says of it, and its other spellings there. */
const COMMANDERS_WORDS = /option '(?:-\w, )?(--[\w-]+)[^']*'( argument)?/g;
/** An option as a word of its own. */
const OPTION = /(?<=^|[ (])(?:-[a-zA-Z]|--[a-zA-Z][\w-]*)(?=$|[ :;,.)])/g;

/**
 * A message about options, in the words of settings.
 *
 * @param args options that the program itself has given as such; they keep their names.
 */
export function inSettings(message: string, args: readonly string[]): string {
  const names = namesOfFlags();
  const named = (flag: string): string | undefined => {
    const name = names.get(flag);
    return name === undefined || [...names].some(([other, its]) => its === name && args.includes(other))
      ? undefined
      : `setting ${name}`;
  };
  return message
    .replaceAll(COMMANDERS_WORDS, (words, flag: string, argument?: string) => {
      const name = named(flag);
      return name === undefined ? words : `${name}${argument === undefined ? "" : ":"}`;
    })
    .replaceAll(OPTION, (flag) => named(flag) ?? flag);
}

/** Settings by the names of their options, short and long. */
function namesOfFlags(): ReadonlyMap<string, string> {
  const byLong = new Map<string, string>(
    Object.keys(KINDS)
      .filter(isOption)
      .map((name) => [KINDS[name] === "no" ? flagOf(name).replace("--", "--no-") : flagOf(name), name]),
  );
  for (const name of Object.keys(FIELDS_OF_RETRIES)) byLong.set(`--retry-${name}`, `retries.${name}`);
  const { options } = describeRun("");
  return new Map(
    options.flatMap(({ short, long }) => {
      const name = byLong.get(long ?? "");
      return name === undefined ? [] : [short, long].flatMap((flag) => (flag ? [[flag, name] as const] : []));
    }),
  );
}
