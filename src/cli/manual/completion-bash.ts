import {
  type CommandDescription,
  type Completes,
  offeredOptionsOf,
  type OptionDescription,
  optionsOf,
  type ProgramDescription,
} from "./program-description.ts";

/** Completions for bash 4.2 and later, which need nothing but bash. */
export function bashCompletion(program: ProgramDescription, programNames: readonly string[]): string {
  const { name, version, usual, commands } = program;
  const names = commands.map((command) => command.name);
  return `# ${name} ${version}: completions for bash 4.2 and later, made from the descriptions of the options.
# To have them now: source <(${name} completion bash)
# What has been typed is compared with words and names of files. Nothing evaluates it.

# Sets \`commands\`.
__disbatch_commands() {
  commands=(${names.join(" ")})
}

# __disbatch_options COMMAND: sets \`options\`.
__disbatch_options() {
  case $1 in
${commands.map((command) => `    ${command.name}) options=(${offered(command).join(" ")}) ;;`).join("\n")}
  esac
}

# __disbatch_value COMMAND OPTION: sets \`kind\` to what the option's value is, and \`choices\`; to nothing when it takes none.
__disbatch_value() {
  kind='' choices=()
  case "$1 $2" in
${commands.flatMap(valueCases).join("\n")}
  esac
}

# __disbatch_operand COMMAND: sets \`kind\` to what its argument is, and \`choices\`.
__disbatch_operand() {
  kind=nothing choices=()
  case $1 in
${commands.map(operandCase).join("\n")}
  esac
}

${RUNTIME.replaceAll("USUAL", usual.name).replaceAll("COMMAND_NAMES", names.join(" | "))}
complete -o default -F _disbatch ${programNames.join(" ")}
`;
}

function offered(command: CommandDescription): string[] {
  return offeredOptionsOf(command).flatMap(({ names }) => names);
}

function valueCases(command: CommandDescription): string[] {
  return optionsOf(command)
    .filter(({ placeholder }) => placeholder !== undefined)
    .map((option) => `    ${patternsOf(command, option)}) ${assignment(option.completes)} ;;`);
}

function patternsOf(command: CommandDescription, { names }: OptionDescription): string {
  return names.map((name) => `'${command.name} ${name}'`).join(" | ");
}

function operandCase({ name, operands }: CommandDescription): string {
  const [operand] = operands;
  return `    ${name}) ${assignment(operand?.completes ?? { type: "nothing" })} ;;`;
}

function assignment(completes: Completes): string {
  return completes.type === "choices"
    ? `kind=choices choices=(${completes.choices.join(" ")})`
    : `kind=${completes.type}`;
}

/** All that does not depend on the options. Dollar signs and backslashes are the script's. */
const RUNTIME = `# __disbatch_split LINE: sets \`words\` to the words that are complete, \`word\` to the one that is being typed, both without their
# quotes, and \`skip\` to how many characters of it readline leaves alone: it has words begin behind a colon, and at an @.
__disbatch_split() {
  local rest=$1 part tail started=''
  words=() word='' skip=0
  while [[ -n $rest ]]; do
    case $rest in
      [[:space:]]*)
        [[ -n $started ]] && words+=("$word")
        word='' started='' skip=0 rest=\${rest:1}
        continue
        ;;
      \\\\*) word+=\${rest:1:1} rest=\${rest:2} ;;
      \\'*)
        rest=\${rest:1} part=\${rest%%\\'*}
        word+=$part rest=\${rest:\${#part}}
        rest=\${rest:1}
        ;;
      \\"*)
        rest=\${rest:1}
        while [[ -n $rest && $rest != \\"* ]]; do
          part=\${rest%%[\\\\\\"]*}
          word+=$part rest=\${rest:\${#part}}
          [[ $rest == \\\\* ]] || continue
          [[ $rest == \\\\[\\\\\\"\\$\\\`]* ]] || word+=\\\\
          word+=\${rest:1:1} rest=\${rest:2}
        done
        rest=\${rest:1}
        ;;
      *)
        part=\${rest%%[[:space:]\\\\\\'\\"]*}
        tail=\${part##*["$breaks"]}
        [[ $tail == *@* && $COMP_WORDBREAKS == *@* ]] && tail=@\${tail##*@}
        [[ $tail == "$part" ]] || skip=$((\${#word} + \${#part} - \${#tail}))
        word+=$part rest=\${rest:\${#part}}
        ;;
    esac
    started=1
  done
}

# __disbatch_offer HEAD VALUE WORD...: offers the words that begin as the value does, with the head put before them.
__disbatch_offer() {
  local head=$1 value=$2 candidate
  shift 2
  for candidate in "$@"; do
    [[ $candidate == "$value"* ]] || continue
    candidate=$head$candidate
    COMPREPLY+=("\${candidate:skip}")
  done
}

# Nothing that bash would offer by itself.
__disbatch_no_files() {
  compopt +o default 2>/dev/null
}

# __disbatch_names KIND BEGINNING: names of runs or files that begin so, each followed by a null character.
__disbatch_names() (
  shopt -s nullglob
  shopt -u dotglob failglob nocaseglob
  set +f
  if [[ $1 == files ]]; then
    for name in "$2"*; do printf '%s\\0' "$name"; done
    return
  fi
  for name in "$2"*_dbUtil.sh "$2"*_status.txt; do
    [[ $name == *_status.txt && -e \${name%_*}_dbUtil.sh ]] || printf '%s\\0' "\${name%_*}"
  done
)

# __disbatch_ssh_hosts FILE DEPTH: the hosts that a file of ssh's settings names, one a line. Ends early where there are many
# of them, many lines or many files, and reads no file twice.
__disbatch_ssh_hosts() {
  local key values value file
  local -a list
  [[ -f $1 && -r $1 && -z \${seen[$1]-} && \${#seen[@]} -lt 200 ]] || return 0
  seen[$1]=1
  while ((count < 2000 && ++lines <= 20000)) && { IFS=$' \\t=' read -r key values || [[ -n $key ]]; }; do
    [[ $key == [Hh][Oo][Ss][Tt] || $key == [Ii][Nn][Cc][Ll][Uu][Dd][Ee] ]] || continue
    IFS=$' \\t\\r"' read -r -a list <<<"$values"
    for value in "\${list[@]}"; do
      [[ $value == \\#* ]] && break
      if [[ $key == [Hh]* ]]; then
        [[ -z $value || $value == *[!A-Za-z0-9._-]* ]] && continue
        printf '%s\\n' "$value"
        ((++count < 2000)) || break
        continue
      fi
      (($2 < 4)) || continue
      case $value in
        /*) ;;
        \\~/*) value=$HOME/\${value:2} ;;
        *) value=$HOME/.ssh/$value ;;
      esac
      for file in $value; do __disbatch_ssh_hosts "$file" $(($2 + 1)); done
    done
  done <"$1"
}

# __disbatch_hosts: the hosts that ssh's settings name.
__disbatch_hosts() (
  local count=0 lines=0
  local -A seen=()
  shopt -s nullglob
  shopt -u failglob
  set +fu
  # The names of included files are patterns, and are no lists.
  IFS=
  __disbatch_ssh_hosts "$HOME/.ssh/config" 0
)

# __disbatch_complete HEAD VALUE: offers what \`kind\` says, with the head put before it.
__disbatch_complete() {
  local head=$1 value=$2 name
  local -a found=()
  case $kind in
    choices)
      __disbatch_no_files
      __disbatch_offer "$head" "$value" "\${choices[@]}"
      ;;
    commands)
      __disbatch_no_files
      __disbatch_offer "$head" "$value" "\${commands[@]}"
      ;;
    hosts)
      __disbatch_no_files
      # Of HOST:COUNT,HOST:COUNT what follows the last comma, and of JO@HOST what follows the sign.
      name=\${value##*[,@]}
      [[ $name == *:* ]] && return
      head+=\${value%"$name"}
      found=(localhost:)
      while IFS= read -r value; do found+=("$value:"); done < <(__disbatch_hosts)
      compopt -o nospace 2>/dev/null
      __disbatch_offer "$head" "$name" "\${found[@]}"
      ;;
    runs)
      while IFS= read -r -d '' name; do found+=("$name"); done < <(__disbatch_names runs "$value")
      [[ \${#found[@]} -eq 0 ]] && return
      compopt -o filenames 2>/dev/null
      __disbatch_offer "$head" "$value" "\${found[@]}"
      ;;
    folders)
      compopt +o default -o dirnames 2>/dev/null
      ;;
    nothing)
      __disbatch_no_files
      ;;
  esac
}

# The first word: a command, or the file of tasks.
__disbatch_first() {
  local name
  __disbatch_offer '' "$word" "\${commands[@]}"
  # Bash offers files by itself where there is nothing else to offer.
  [[ \${#COMPREPLY[@]} -eq 0 ]] && return
  compopt -o filenames 2>/dev/null
  while IFS= read -r -d '' name; do COMPREPLY+=("\${name:skip}"); done < <(__disbatch_names files "$word")
}

# __disbatch_shorts COMMAND WORD: \`kind\` and \`choices\` are those of the last of the short options that stand together in the
# word; \`head\` becomes what of the word stands before a value, which is all of it when the value is the next word.
__disbatch_shorts() {
  local i
  kind='' head=$2
  for ((i = 1; i < \${#2}; i++)); do
    __disbatch_value "$1" "-\${2:i:1}"
    [[ -n $kind ]] && head=\${2:0:i+1} && return
  done
}

_disbatch() {
  local command=USUAL word kind='' head breaks=$'\\n' only_operands='' skip=0 i begin=1
  local -a words commands options choices
  COMPREPLY=()
  # Bash is slow with texts of this length.
  ((COMP_POINT > 8000)) && return
  for i in = :; do [[ $COMP_WORDBREAKS == *"$i"* ]] && breaks+=$i; done
  __disbatch_split "\${COMP_LINE:0:COMP_POINT}"
  __disbatch_commands
  if [[ \${#words[@]} -eq 1 && $word != -* ]]; then
    __disbatch_first
    return
  fi
  case \${words[1]-} in
    COMMAND_NAMES) command=\${words[1]} begin=2 ;;
  esac
  # Whose value is being typed.
  for ((i = begin; i < \${#words[@]}; i++)); do
    kind=''
    [[ -n $only_operands || \${words[i]} != -* ]] && continue
    [[ \${words[i]} == -- ]] && only_operands=1
    if [[ \${words[i]} == --* ]]; then
      __disbatch_value "$command" "\${words[i]}"
    else
      __disbatch_shorts "$command" "\${words[i]}"
      [[ $head == "\${words[i]}" ]] || kind=''
    fi
    [[ -n $kind && $((++i)) -eq \${#words[@]} ]] && break
    kind=''
  done
  if [[ -n $kind ]]; then
    __disbatch_complete '' "$word"
  elif [[ -n $only_operands || $word != -* ]]; then
    __disbatch_operand "$command"
    __disbatch_complete '' "$word"
  elif [[ $word == --*=* ]]; then
    __disbatch_value "$command" "\${word%%=*}"
    __disbatch_complete "\${word%%=*}=" "\${word#*=}"
  else
    __disbatch_no_files
    __disbatch_options "$command"
    __disbatch_offer '' "$word" "\${options[@]}"
    # A short option and its value may be one word.
    [[ \${#COMPREPLY[@]} -gt 0 || $word == --* ]] && return
    __disbatch_shorts "$command" "$word"
    __disbatch_complete "$head" "\${word:\${#head}}"
  fi
}
`;
