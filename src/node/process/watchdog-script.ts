import { ENGINE_MARK, MARK_SEPARATOR } from "../../domain/engine.ts";
import { LEASE_MARGIN } from "../../domain/lease.ts";

/** Paths of so many processes are handed to one `grep`: a tenth of what the system passes as arguments. */
const AT_ONCE = 10_000;

/** The environment of a process that carries this engine's mark, as `grep` finds it in lines that end with NUL. */
const PATTERN = `^${ENGINE_MARK}=(.*${MARK_SEPARATOR})?$id(${MARK_SEPARATOR}|$)`;

/** What the watchdog's process is called while, and after, it ends tasks because their time is over: see `Watchdog.hasActed`. */
export const ACTING = "dbs-acted";

/** A process: $state, $group and $born, in hundredths of a second since the machine started. Fails for what it cannot read. */
const LOOK = [
  "facts() {",
  "  local stat= words;",
  "  state= group= born=;",
  '  IFS= read -r -d "" stat < "/proc/$1/stat";',
  // "PID (NAME) STATE PPID PGRP ...", and NAME may hold anything.
  "  words=(${stat##*) });",
  "  [[ ${words[2]} =~ $number && ${words[19]} =~ $number ]] || return 1;",
  "  state=${words[0]} group=${words[2]} born=${words[19]};",
  "};",
  'look() { facts "$1" && [[ $state != [ZX] ]]; };',
  // A failed reading is no proof: another process of its number is, or none, or one that has ended.
  "engine_is_gone() {",
  "  [[ -e /proc/$engine/stat ]] || return 0;",
  '  facts "$engine" && [[ $state = [ZX] || $born != "$engine_born" ]];',
  "};",
];

/** Tells $now, in hundredths of a second since the machine started; empty where it does not say. */
const CLOCK = [
  "clock() {",
  "  local up=; now=;",
  "  read -r up _ < /proc/uptime;",
  "  [[ $up =~ $hundredths ]] && now=$((10#${BASH_REMATCH[1]}${BASH_REMATCH[2]}));",
  "};",
];

/**
 * Notes the children of the engine and the time. An engine that is about to be gone has handed its children on, this
 * process among them; then those it had before count.
 */
const NOTE = [
  "note() {",
  "  local list=();",
  '  read -r -a list < "/proc/$engine/task/$engine/children";',
  "  clock;",
  '  [[ " ${list[*]} " = *" $$ "* ]] || return;',
  '  kids=("${list[@]}"); seen=$now;',
  "};",
];

/**
 * Puts processes and all their descendants on the list of those that are to end, each with its time of birth, by which it
 * is known again.
 */
const CONDEMN = [
  "condemn() {",
  '  local queue=("$@") visited=() i pid file more;',
  "  for ((i = 0; i < ${#queue[@]}; i++)); do",
  "    pid=${queue[i]};",
  '    [[ -n ${visited[pid]} || $pid = "$$" || $pid = "$engine" ]] && continue;',
  "    visited[pid]=1;",
  '    look "$pid" || continue;',
  "    condemned[pid]=$born;",
  '    for file in "/proc/$pid/task/"*/children; do',
  '      more=(); read -r -a more < "$file"; queue+=("${more[@]}");',
  "    done;",
  "  done;",
  "};",
  // Whoever has the number of a child and was born after the look is another process. What is in the engine's own group
  // is a helper of the engine, not a task.
  "condemn_kids() {",
  "  local pid list=();",
  '  for pid in "${kids[@]}"; do',
  '    look "$pid" && ((born <= seen && group != engine_group)) && list+=("$pid");',
  "  done;",
  '  condemn "${list[@]}";',
  "};",
  "condemn_marked() {",
  "  local files=(/proc/[0-9]*/environ) list=() i file;",
  `  for ((i = 0; i < \${#files[@]}; i += ${AT_ONCE})); do`,
  `    for file in $(grep -lszE "${PATTERN}" "\${files[@]:i:${AT_ONCE}}"); do`,
  '      list+=("${file//[!0-9]/}");',
  "    done;",
  "  done;",
  '  condemn "${list[@]}";',
  "};",
];

/**
 * One TERM each, as a person would do it, and KILL from round $grace on. Those that have ended leave the list. Before the
 * first signal of a watchdog whose engine lives, the engine can know of it: where it cannot, it must not live on.
 */
const STRIKE = [
  "announce() {",
  "  [[ -n $announced ]] && return;",
  `  printf %s ${ACTING} > "/proc/$$/comm" || kill -KILL "$engine";`,
  "  announced=1;",
  "};",
  "strike() {",
  "  local pid target;",
  '  for pid in "${!condemned[@]}"; do',
  '    if ! look "$pid" || [[ $born != "${condemned[pid]}" ]]; then unset "condemned[pid]"; continue; fi;',
  "    announce;",
  "    target=$pid;",
  "    ((group > 1 && group != $$ && group != engine_group)) && target=-$group;",
  "    if ((round >= grace)); then",
  '      kill -KILL -- "$target";',
  "    elif [[ -z ${told[${target#-}]} ]]; then",
  "      told[${target#-}]=1;",
  // A stopped process hears of its end only when it goes on.
  '      kill -TERM -- "$target"; kill -CONT -- "$target";',
  "    fi;",
  "  done;",
  "};",
];

/**
 * Whoever is late has been frozen, and its tasks may run elsewhere by now. They are stopped in one go, as they are found among
 * the engine's children, and get KILL once all that belongs to them has been found.
 */
const HALT = [
  "halt() {",
  "  local pid groups=();",
  '  for pid in "${kids[@]}"; do [[ $pid = "$$" ]] || groups+=("-$pid"); done;',
  "  ((${#groups[@]} > 0)) || return;",
  "  announce;",
  '  kill -STOP -- "${groups[@]}";',
  "};",
];

/**
 * Takes all that the engine has said. Nothing is read with a time limit, at which bash may lose what it has just read: a line is
 * read when there is one, and the engine writes lines whole. What is not understood is no deadline.
 */
const HEAR = [
  "hear() {",
  "  local line;",
  '  while read -t 0 && IFS= read -r line; do obey "$line"; done;',
  "};",
  "obey() {",
  '  [[ $1 = "done" ]] && exit 0;',
  "  deadline=;",
  '  [[ $1 = "until "* && ${1#until } =~ $hundredths ]] && deadline=$((10#${BASH_REMATCH[1]}${BASH_REMATCH[2]}));',
  "};",
];

/**
 * A round of a tenth of a second while something is to end: TERM, KILL after two seconds (at once when it is late), and after
 * five the rest cannot be ended now. What carries the mark is searched for every half second, and when nothing is left, less and
 * less often: the engine may start more. If it has a new deadline meanwhile, only those that have heard TERM get KILL.
 */
const MIND = [
  "mind() {",
  "  if [[ -n $deadline && -n $now ]] && ((now >= deadline)); then",
  `    grace=20; if ((now >= deadline + ${LEASE_MARGIN * 100})); then grace=0; halt; fi;`,
  "    condemn_kids; strike;",
  "    if ((round % 5 == 0 && now >= next)); then condemn_marked; strike; fi;",
  "  else",
  "    strike; next=0 pause=1;",
  "  fi;",
  "  if ((${#condemned[@]} > 0 && round < 50)); then round=$((round + 1)); wait=0.1; return; fi;",
  "  if ((now >= next)); then next=$((now + 100 * pause)); pause=$((pause < 16 ? 2 * pause : 32)); fi;",
  "  condemned=() told=() round=0 wait=$longest;",
  '  ((deadline > now && deadline < now + 100)) && printf -v wait "0.%02d" "$((deadline - now))";',
  "};",
];

/**
 * The engine is gone: TERM, KILL after half a second, and no more than three. It may just have been starting a task when
 * it was killed, so that there is nothing left is asked twice.
 */
const AVENGE = [
  "avenge() {",
  "  local nothing=0;",
  "  announced=1;",
  "  for ((grace = 5, round = 0; round < 30 && nothing < 2; round++)); do",
  "    condemn_kids; strike;",
  "    condemn_marked; strike;",
  "    nothing=$((${#condemned[@]} > 0 ? 0 : nothing + 1));",
  "    sleep 0.1;",
  "  done;",
  "};",
];

/**
 * Waits for the end of descriptor 3, on which nothing is ever said, and looks about whenever the time is up. That the end
 * has come, or seems to have, counts only once the engine is gone as well; it needs a moment to die. One that is there a second
 * later has only let go of this process, which then leaves, and hears of that.
 */
const WATCH = [
  "watch() {",
  "  local status tries;",
  "  while :; do",
  '    IFS= read -r -t "$wait" -u 3 _; status=$?;',
  "    hear;",
  "    ((status == 0 || status > 128)) || break;",
  "    note; mind;",
  "  done;",
  "  for ((tries = 0; tries < 50; tries++)); do",
  "    hear;",
  "    if engine_is_gone; then avenge; exit 0; fi;",
  "    sleep 0.02;",
  "  done;",
  "  exit 1;",
  "};",
];

/**
 * What the watchdog of an engine does, for bash 4.2 or later. Its arguments are the engine's id (letters, digits and dashes), the
 * engine's process id, and the seconds between two looks when nothing is going on. Descriptors 0 and 3 are sockets whose other
 * ends only the engine holds. On the first it says in lines:
 *
 *     until SECONDS   the tasks are to end when the machine has been up for so long, with two decimals
 *     forever         there is no such time
 *     done            the engine leaves as it should, and so does the watchdog
 *
 * The second only ends with the engine: then its tasks are ended at once, unless the last of these was said before.
 *
 * There are two reasons to end tasks: such a deadline has passed, or the engine is gone. Both are read from what stays as it is,
 * so that nothing is missed if it is looked at late, or twice. Whatever else happens is none. An error of bash ends this process at
 * the most, since `watch` is the last that it does, and the engine starts another.
 *
 * Its idle round starts no process; only `grep` and `sleep` are ever started. Where there is no /proc it can find nobody,
 * and only waits for the end.
 */
export const WATCHDOG_SCRIPT = [
  'trap "" HUP INT TERM USR1 USR2;',
  "id=$1; engine=$2; longest=$3; PATH=$PATH:/usr/bin:/bin; unset GREP_OPTIONS; LC_ALL=C;",
  // Whatever the engine has inherited may be waited for by somebody.
  'for file in "/proc/$$/fd/"*; do fd=${file##*/}; [[ $fd = [0123*] ]] || exec {fd}>&-; done;',
  "number='^[0-9]{1,15}$' hundredths='^([0-9]{1,13})[.]([0-9]{2})$';",
  ...[LOOK, CLOCK, NOTE, CONDEMN, STRIKE, HALT, HEAR, MIND, AVENGE, WATCH].flat(),
  "kids=() seen=0 condemned=() told=() announced=;",
  "now= deadline= wait=$longest round=0 grace=20 next=0 pause=1;",
  'look "$engine"; engine_group=${group:-0} engine_born=$born;',
  "note; watch",
].join("\n");
