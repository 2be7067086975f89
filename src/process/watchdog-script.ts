import { ENGINE_MARK, MARK_SEPARATOR } from "../domain/engine.ts";

/** Paths of so many processes are handed to one `grep`: a tenth of what the system passes as arguments. */
const AT_ONCE = 10_000;

/** The environment of a process that carries this engine's mark, as `grep` finds it in lines that end with NUL. */
const PATTERN = `^${ENGINE_MARK}=(.*${MARK_SEPARATOR})?$id(${MARK_SEPARATOR}|$)`;

/** Tells $group and $born of a process, in hundredths of a second since the machine started; fails for one that has ended. */
const LOOK = [
  "look() {",
  "  local stat= words;",
  '  IFS= read -r -d "" stat < "/proc/$1/stat";',
  // "PID (NAME) STATE PPID PGRP ...", and NAME may hold anything.
  "  words=(${stat##*) });",
  "  group=${words[2]}; born=${words[19]};",
  "  [[ -n $born && ${words[0]} != [ZX] ]];",
  "};",
];

/** Tells $now, in hundredths of a second since the machine started; empty where it does not say. */
const CLOCK = ["clock() {", "  local up=;", "  read -r up _ < /proc/uptime;", "  now=${up:+$((10#${up/./}))};", "};"];

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

/** One TERM each, as a person would do it, and KILL from round $grace on. Those that have ended leave the list. */
const STRIKE = [
  "strike() {",
  "  local pid target;",
  '  for pid in "${!condemned[@]}"; do',
  '    if ! look "$pid" || [[ $born != "${condemned[pid]}" ]]; then unset "condemned[pid]"; continue; fi;',
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
 * Takes what the engine says. A line that was cut short because the time was up is put together again. Lines that have
 * gathered while this process was stopped are all heard before anything follows from them.
 */
const LISTEN = [
  "listen() {",
  "  local part status;",
  "  while :; do",
  '    part=; IFS= read -r -t "$wait" part; status=$?;',
  "    if ((status > 128)); then",
  "      rest+=$part;",
  "    elif ((status == 0)); then",
  '      obey "$rest$part"; rest=;',
  "    else",
  "      return 1;",
  "    fi;",
  "    read -t 0 || return 0;",
  "  done;",
  "};",
  "obey() {",
  "  case $1 in",
  '    "until "[0-9]*.[0-9][0-9]) deadline=${1#until }; deadline=$((10#${deadline/./})) ;;',
  "    forever) deadline= ;;",
  "    done) exit 0 ;;",
  "  esac;",
  "};",
];

/**
 * A round of a tenth of a second while something is to end: TERM, KILL after two seconds, and after five the rest cannot be
 * ended now. What carries the mark is searched for every half second, and when nothing is left, less and less often: the
 * engine may start more. If it has a new deadline meanwhile, only those that have heard TERM get KILL.
 */
const MIND = [
  "mind() {",
  "  if [[ -n $deadline && -n $now ]] && ((now >= deadline)); then",
  "    condemn_kids; strike;",
  "    if ((round % 5 == 0 && now >= next)); then condemn_marked; strike; fi;",
  "  else",
  "    strike; next=0 pause=1;",
  "  fi;",
  "  if ((${#condemned[@]} > 0 && round < 50)); then round=$((round + 1)); wait=0.1; return; fi;",
  "  if ((now >= next)); then next=$((now + 100 * pause)); pause=$((pause < 16 ? 2 * pause : 32)); fi;",
  "  condemned=() told=() round=0 wait=1;",
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
  "  for ((grace = 5, round = 0; round < 30 && nothing < 2; round++)); do",
  "    condemn_kids; strike;",
  "    condemn_marked; strike;",
  "    nothing=$((${#condemned[@]} > 0 ? 0 : nothing + 1));",
  "    sleep 0.1;",
  "  done;",
  "};",
];

/**
 * What the watchdog of an engine does, for bash 4.2 or later. Its arguments are the engine's id (letters, digits and dashes) and
 * the engine's process id. Standard input is a pipe whose other end only the engine holds, which says in lines:
 *
 *     until SECONDS   the tasks are to end when the machine has been up for so long, with two decimals
 *     forever         there is no such time
 *     done            the engine leaves as it should, and so does the watchdog
 *
 * When the pipe ends without the last of these, the engine was killed, and its tasks are ended at once.
 *
 * Its idle round starts no process; only `grep` and `sleep` are ever started. Where there is no /proc it can find nobody,
 * and only waits for the end.
 */
export const WATCHDOG_SCRIPT = [
  'trap "" HUP INT TERM USR1 USR2;',
  "id=$1; engine=$2; PATH=$PATH:/usr/bin:/bin; unset GREP_OPTIONS; LC_ALL=C;",
  // Whatever the engine has inherited may be waited for by somebody.
  'for file in "/proc/$$/fd/"*; do fd=${file##*/}; [[ $fd = [012*] ]] || exec {fd}>&-; done;',
  ...[...LOOK, ...CLOCK, ...NOTE, ...CONDEMN, ...STRIKE, ...LISTEN, ...MIND, ...AVENGE],
  "kids=() seen=0 condemned=() told=();",
  "now= deadline= rest= wait=1 round=0 grace=20 next=0 pause=1;",
  'look "$engine"; engine_group=${group:-0};',
  "note; while listen; do note; mind; done;",
  "avenge",
].join("\n");
