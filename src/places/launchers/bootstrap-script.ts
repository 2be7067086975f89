import { END_ARGUMENTS, ENGINE_ARGUMENTS } from "../../wire/engine-verbs.ts";

/**
 * What the login shell of a host is given to run. It may be bash, csh or fish: they all take this line the same way. The
 * script itself and all that it needs come on standard input, a line each; `read` takes no byte beyond its line, so
 * what follows is left for the engine.
 *
 * Tasks find the environment of a login there. Bash passes on what is no name of a shell's, such as exported functions,
 * which others drop; with -p it neither defines those functions nor runs BASH_ENV.
 */
export const COMMAND_LINE = `exec /bin/bash -pc 'IFS= read -r script; eval "$script"'`;

/** Reads the words of a command, one a line and their number first, into $1, $2, ... */
const READ_WORDS = [
  "IFS= read -r count; set --;",
  'while [ "$count" -gt 0 ]; do',
  '  IFS= read -r word; set -- "$@" "$word"; count=$((count - 1));',
  "done;",
];

/**
 * Gets an engine going, and says how far it is in lines that begin with the mark it was given:
 *
 *     refused WHY [TEXT]      it ends there
 *     absent WHY MACHINE      the program is not as it is here; told of a copy to look for, it goes on
 *     send FREE PATH          the copy is not there either; FREE KiB have room; it waits for the word "sent"
 *     engine PID HOST [PATH]  the engine starts, from a copy if there is a path; its standard input begins here
 *
 * HOST is what the host calls itself.
 * PID is the script's own process, which stays as the engine's parent: when the engine is killed, an exit code tells
 * so. OpenSSH's client has no other way to tell that from a lost connection.
 *
 * One line when it is sent; so no comment can stand in it, and every command ends itself.
 */
export const START_SCRIPT = oneLine([
  "IFS= read -r mark; IFS= read -r folder;",
  'say() { printf "%s %s\\n" "$mark" "$*"; };',
  'refuse() { say refused "$@"; exit 1; };',
  'size_of() { wc -c < "$1"; };',
  'cd "$folder" 2> /dev/null || { [ -d "$folder" ] && refuse closed-folder; refuse no-folder; };',
  "IFS= read -r size; IFS= read -r file;",
  ...READ_WORDS,
  "why=; copy=;",
  'if ! { [ -f "$1" ] && [ -x "$1" ]; }; then why=no-start;',
  'elif [ ! -f "$file" ]; then why=no-file;',
  'elif ! { [ "$(size_of "$file")" -eq "$size" ]; } 2> /dev/null; then why=other-file;',
  "fi;",
  'if [ -n "$why" ]; then',
  '  say absent "$why" "$(uname -s -m)";',
  "  { IFS= read -r name && IFS= read -r size && IFS= read -r hash; } || exit 1;",
  "  cache=${XDG_CACHE_HOME:-$HOME/.cache}/disbatch/$name; copy=$cache/disbatch; part=$cache/part-$mark;",
  '  why=$( (umask 077; mkdir -p "$cache") 2>&1) || refuse no-cache "$why";',
  '  [ -O "$cache" ] || refuse no-cache "$cache belongs to another user";',
  '  if ! { [ -O "$copy" ] && [ -x "$copy" ] && [ "$(size_of "$copy")" -eq "$size" ]; } 2> /dev/null; then',
  '    find "$cache" -name "part-*" -mtime +0 -exec rm -f {} + 2> /dev/null;',
  '    say send "$(df -Pk "$cache" | { read -r _; read -r _ _ _ free _; echo "$free"; })" "$part";',
  '    IFS= read -r word && [ "$word" = sent ] || { rm -f "$part"; exit 1; };',
  '    sum() { "$@" < "$part" 2> /dev/null; };',
  "    case $(sum sha256sum || sum shasum -a 256 || sum openssl dgst -sha256 -r) in",
  '      "$hash"*) ;;',
  '      "") rm -f "$part"; refuse no-sum ;;',
  '      *) rm -f "$part"; refuse wrong-sum ;;',
  "    esac;",
  '    why=$(mv -f "$part" "$copy" 2>&1) || { rm -f "$part"; refuse no-cache "$why"; };',
  "  fi;",
  '  set -- "$copy";',
  "fi;",
  'say engine "$$" "$(uname -n)" "$copy";',
  // Of a child that was killed bash would say so with the whole line of the script.
  `exec 3>&2 2>/dev/null; "$@" ${ENGINE_ARGUMENTS.join(" ")} 2>&3 3>&-; code=$?; exec 2>&3;`,
  '[ "$code" -le 128 ] || echo "killed by SIG$(kill -l "$code")" >&2; exit "$code"',
]);

/**
 * Starts the same program there as what ends an engine, if the host calls itself as it did: a name may lead to one of
 * several hosts, and the engine's process id means nothing on the others.
 */
export const END_SCRIPT = oneLine([
  "IFS= read -r host;",
  ...READ_WORDS,
  '[ "$(uname -n)" = "$host" ] || exit 1;',
  `exec "$@" ${END_ARGUMENTS.join(" ")}`,
]);

/** The lines that READ_WORDS reads. */
export function linesOfWords(words: readonly string[]): string[] {
  return [String(words.length), ...words];
}

function oneLine(lines: readonly string[]): string {
  return lines.map((line) => line.trim()).join(" ");
}
