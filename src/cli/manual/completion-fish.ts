import {
  type CommandDescription,
  type Completes,
  type OptionDescription,
  offeredOptionsOf,
  type ProgramDescription,
} from "./program-description.ts";

/** Completions for fish 3, as a file in a folder of completions. */
export function fishCompletion(program: ProgramDescription, programNames: readonly string[]): string {
  const { name, version, usual, commands } = program;
  const lines = [
    ...commands.map((command) => `-n __disbatch_at_first -a ${command.name} -d ${quoted(command.summary)}`),
    "-n __disbatch_at_first -F",
    ...commands.flatMap((command) => linesOf(command)),
  ];
  return `# ${name} ${version}: completions for fish 3, made from the descriptions of the options.
# To have them now: ${name} completion fish | source
# What has been typed is compared with words and names of files. Nothing evaluates it.

${RUNTIME.replaceAll("USUAL", usual.name).replaceAll("COMMAND_NAMES", commands.map((command) => command.name).join(" "))}
complete -c ${name} -f
${lines.map((line) => `complete -c ${name} ${line}`).join("\n")}
${programNames
  .filter((other) => other !== name)
  .map((other) => `complete -c ${other} -w ${name}`)
  .join("\n")}
`;
}

function linesOf(command: CommandDescription): string[] {
  const condition = `-n '__disbatch_is ${command.name}'`;
  const options = offeredOptionsOf(command);
  const operands = command.operands.map(({ completes }) => `${condition} ${values(completes)}`.trimEnd());
  return [...operands, ...options.map((option) => `${condition} ${optionOf(option)}`)];
}

function optionOf(option: OptionDescription): string {
  const names = option.names.map((name) => (name.startsWith("--") ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`));
  const value = option.placeholder === undefined ? [] : ["-r", values(option.completes)];
  return [...names, ...value, "-d", quoted(option.meaning)].filter((part) => part !== "").join(" ");
}

/** What is offered in place of a value; `-f` of the whole command holds where there is nothing. */
function values(completes: Completes): string {
  switch (completes.type) {
    case "choices":
      return `-f -a ${quoted(completes.choices.join(" "))}`;
    case "files":
      return "-F";
    case "folders":
      return "-f -a '(__fish_complete_directories)'";
    case "hosts":
      return "-f -a '(__disbatch_hosts)'";
    case "runs":
      return "-F -a '(__disbatch_runs)'";
    case "commands":
      return "-f -a '(__disbatch_commands)'";
    case "nothing":
      return "-f";
    default:
      return completes satisfies never;
  }
}

function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, String.raw`\$&`)}'`;
}

const RUNTIME = `function __disbatch_commands
    printf '%s\\n' (string split ' ' 'COMMAND_NAMES')
end

# __disbatch_is COMMAND: whether options and arguments of this one are being typed.
function __disbatch_is
    set -l words (commandline -opc)
    set -l command USUAL
    if set -q words[2]; and contains -- $words[2] (__disbatch_commands)
        set command $words[2]
    end
    test $command = $argv[1]
end

function __disbatch_at_first
    test (count (commandline -opc)) -eq 1
end

# The word that is being typed, without its option and without a quote that stands open.
function __disbatch_typed
    commandline -ct | string replace -r '^(--[a-z-]+=|-[a-zA-Z])?["\\']?' ''
end

# __disbatch_read_hosts FILE DEPTH: adds the hosts that a file of ssh's settings names to \`__disbatch_found\`. Ends early where
# there are many of them or many files, and reads no file twice.
function __disbatch_read_hosts
    test -f $argv[1] -a -r $argv[1]; or return
    contains -- $argv[1] $__disbatch_seen; and return
    test (count $__disbatch_found) -lt 2000 -a (count $__disbatch_seen) -lt 200; or return
    set -a __disbatch_seen $argv[1]
    for line in (string match -ri '^\\s*(?:host|include)[\\s=].*' <$argv[1])[1..2000]
        set -l words (string replace -ra '\\s#.*|"' '' -- $line | string match -ra '[^\\s=]+')
        set -q words[2]; or continue
        switch (string lower -- $words[1])
            case host
                set -a __disbatch_found (string match -r '^[A-Za-z0-9._-]+$' -- $words[2..-1])
            case include
                test $argv[2] -lt 4; or continue
                for word in $words[2..-1]
                    string match -q '/*' -- $word; or set word $HOME/.ssh/(string replace -r '^~/' ../ -- $word)
                    for file in (string replace -r '[^/]*$' '' -- $word)*
                        string match -q -- $word $file; and __disbatch_read_hosts $file (math $argv[2] + 1)
                    end
                end
        end
    end
end

# Of HOST:COUNT,HOST:COUNT what follows the last comma, and of JO@HOST what follows the sign.
function __disbatch_hosts
    set -l typed (__disbatch_typed)
    string match -qr ':[^,]*$' -- $typed; and return
    set -l before (string replace -r '[^,@]*$' '' -- $typed)
    set -g __disbatch_found
    set -g __disbatch_seen
    __disbatch_read_hosts $HOME/.ssh/config 0
    for host in localhost $__disbatch_found[1..2000]
        printf '%s\\n' $before$host:
    end
    set -e __disbatch_found __disbatch_seen
end

# Runs of which there are files here, by the beginning of their names.
function __disbatch_runs
    set -l folder (__disbatch_typed | string match -r '^.*/')
    set -q folder[1]; or set folder ''
    set -l files $folder*_dbUtil.sh $folder*_status.txt
    printf '%s\\n' (string replace -r '_(dbUtil\\.sh|status\\.txt)$' '' -- $files | sort -u)
end
`;
