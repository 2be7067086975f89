import {
  type CommandDescription,
  type Completes,
  type OperandDescription,
  type OptionDescription,
  offeredOptionsOf,
  type ProgramDescription,
} from "./program-description.ts";

/** What stands for a character that has a meaning of its own in a specification. */
const ESCAPED = String.raw`\$&`;

/** Completions for zsh, as a file `_disbatch` of a folder in its `fpath`, or to be read by a start-up file after `compinit`. */
export function zshCompletion(program: ProgramDescription, programNames: readonly string[]): string {
  const { name, version, usual, commands } = program;
  const names = commands.map((command) => command.name);
  return `#compdef ${programNames.join(" ")}
# ${name} ${version}: completions for zsh, made from the descriptions of the options.
# To have them now, after compinit: source <(${name} completion zsh)
# What has been typed is compared with words and names of files. Nothing evaluates it.

_disbatch_commands() {
  local -a commands
  commands=(
${commands.map((command) => `    ${quoted(`${command.name}:${command.summary}`)}`).join("\n")}
  )
  _describe -t commands command commands
}

${RUNTIME}
${commands.map(functionOf).join("\n")}
# The first argument is a command, or the file of tasks.
_disbatch_first() {
  _alternative 'commands:command:_disbatch_commands' 'files:task file:_files'
}

_disbatch() {
  local curcontext=$curcontext
  case $words[2] in
    ${names.join(" | ")})
      if (( CURRENT > 2 )); then
        local command=$words[2]
        curcontext="\${curcontext%:*}-$command:"
        shift words
        (( CURRENT-- ))
        _disbatch_command_$command
        return
      fi
      ;;
  esac
  if (( CURRENT == 2 )) && [[ $words[2] != -* ]]; then
    _disbatch_first
  else
    _disbatch_command_${usual.name}
  fi
}

# Read by a start-up file, or called as a function that was found by its name.
if [[ $funcstack[1] == _disbatch ]]; then
  _disbatch "$@"
else
  compdef _disbatch ${programNames.join(" ")}
fi
`;
}

function functionOf(command: CommandDescription): string {
  const options = offeredOptionsOf(command);
  // Beside one that has no completions zsh would list an option that it ought to put in. Such operands are the last ones.
  const operands = command.operands.filter(({ completes }) => completes.type !== "nothing");
  const specs = [...options.flatMap(optionSpecs), ...operands.map(operandSpec)];
  return `_disbatch_command_${command.name}() {
  _arguments -s -S : \\
${specs.map((spec) => `    ${quoted(spec)}`).join(" \\\n")}
}
`;
}

/** One for each name; an option that may be given once is not offered any more by either. */
function optionSpecs(option: OptionDescription): string[] {
  const { names, placeholder, meaning, isRepeatable } = option;
  const others = isRepeatable ? "*" : names.length > 1 ? `(${names.join(" ")})` : "";
  return names.map((name) => {
    const joint = placeholder === undefined ? "" : name.startsWith("--") ? "=" : "+";
    const value =
      placeholder === undefined ? "" : `:${placeholder.replaceAll(/[\\:]/g, ESCAPED)}:${action(option.completes)}`;
    return `${others}${name}${joint}[${meaning.replaceAll(/[\\[\]]/g, ESCAPED)}]${value}`;
  });
}

function operandSpec({ placeholder, isRequired, completes }: OperandDescription): string {
  return `:${isRequired ? "" : ":"}${placeholder.replaceAll(/[\\:]/g, ESCAPED)}:${action(completes)}`;
}

function action(completes: Completes): string {
  switch (completes.type) {
    case "choices":
      return `(${completes.choices.join(" ")})`;
    case "files":
      return "_files";
    case "folders":
      return "_files -/";
    case "hosts":
      return "_disbatch_hosts";
    case "runs":
      return "_disbatch_runs";
    case "commands":
      return "_disbatch_commands";
    case "nothing":
      return " ";
    default:
      return completes satisfies never;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

const RUNTIME = `# _disbatch_read_hosts FILE DEPTH: adds the hosts that a file of ssh's settings names to \`hosts\`. Ends early where there are
# many of them, many lines or many files, and reads no file twice.
_disbatch_read_hosts() {
  # Names of included files are patterns as other programs have them: zsh's own can run commands, and visit whole disks.
  setopt localoptions nullglob nobadpattern nobareglobqual noextendedglob
  local key value file
  local -a values
  [[ -f $1 && -r $1 && -z \${seen[(re)$1]} && \${#seen} -lt 200 ]] || return 0
  seen+=($1)
  while (( \${#hosts} < 2000 && ++lines <= 20000 )) && { IFS=$' \\t=' read -r key value || [[ -n $key ]]; }; do
    [[ $key == [Hh][Oo][Ss][Tt] || $key == [Ii][Nn][Cc][Ll][Uu][Dd][Ee] ]] || continue
    values=(\${(s: :)\${\${value//[\\"$'\\r']/}//$'\\t'/ }})
    for value in $values; do
      [[ $value == \\#* ]] && break
      if [[ $key == [Hh]* ]]; then
        [[ $value == *[^A-Za-z0-9._-]* ]] || hosts+=($value)
        (( \${#hosts} < 2000 )) || break
        continue
      fi
      (( $2 < 4 )) || continue
      case $value in
        /*) ;;
        \\~/*) value=$HOME/\${value#\\~/} ;;
        *) value=$HOME/.ssh/$value ;;
      esac
      while [[ $value == *'**'* ]]; do value=\${value//'**'/'*'}; done
      for file in $~value; do _disbatch_read_hosts $file $(( $2 + 1 )); done
    done
  done <$1
}

# Of HOST:COUNT,HOST:COUNT what follows the last comma, and of JO@HOST what follows the sign.
_disbatch_hosts() {
  local -a hosts=(localhost) seen=()
  local -i lines=0
  local expl
  compset -P '*[,@]'
  [[ $PREFIX == *:* ]] && return 1
  _disbatch_read_hosts $HOME/.ssh/config 0
  _wanted hosts expl host compadd -q -S : -a hosts
}

# Runs of which there are files here, by the beginning of their names; else any file.
_disbatch_runs() {
  local -a runs
  local expl folder
  [[ $PREFIX == */* ]] && folder=\${(Q)PREFIX%/*}/
  runs=($folder*_(dbUtil.sh|status.txt)(N))
  runs=(\${(u)runs%_*})
  _wanted runs expl run compadd -f -a runs || _files
}
`;
