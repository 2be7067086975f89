/** A variable that tasks are to have on every host; without a value they get the caller's. */
export interface VariableToCarry {
  readonly name: string;
  readonly value?: string;
}

/** What the command line says about variables. */
export interface CarriedRequest {
  /** `--env`; what is named later counts. */
  readonly env: readonly VariableToCarry[];
  /** `--env-all`: the caller's variables, but for those that make sense where they are only. */
  readonly envAll: boolean;
}

export interface CarriedEnvironment {
  readonly variables: Readonly<Record<string, string>>;
  /** What the user should know. */
  readonly notes: readonly string[];
}

/** Who is logged in, from where and with which screen; each login sets its own. The name `_` is the shell's. */
const OF_A_LOGIN = new Set([
  ...["HOME", "USER", "LOGNAME", "MAIL", "SHELL", "HOSTNAME", "PWD", "OLDPWD", "SHLVL", "_", "TMPDIR"],
  ...["TERM", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY", "DBUS_SESSION_BUS_ADDRESS", "XDG_RUNTIME_DIR"],
]);
const BEGINNINGS_OF_A_LOGIN = ["SSH_", "XDG_SESSION_", "DISBATCH_"];

/** Around the name of a function, such as `module`, where bash exports it as a variable: now, and before version 4.4. */
const FUNCTION_NAMES = [
  ["BASH_FUNC_", "%%"],
  ["BASH_FUNC_", "()"],
] as const;

/** The variables that tasks get on every engine, wherever it runs. */
export function carriedEnvironment(
  { env, envAll }: CarriedRequest,
  callers: Readonly<Record<string, string | undefined>>,
): CarriedEnvironment {
  const variables = new Map<string, string>();
  const notes: string[] = [];
  for (const [name, value] of envAll ? Object.entries(callers) : []) {
    if (value !== undefined && isWorthCarrying(name)) variables.set(name, value);
  }
  for (const { name, value } of env) {
    const found = value === undefined ? callersOwn(name, callers) : { name, value };
    if (found === undefined) notes.push(`--env ${name}: there is no such variable; tasks do not get it`);
    else variables.set(found.name, found.value);
  }
  return { variables: Object.fromEntries(variables), notes };
}

/** The caller's variable of that name, or the function that bash has exported by it. */
function callersOwn(
  name: string,
  callers: Readonly<Record<string, string | undefined>>,
): Required<VariableToCarry> | undefined {
  const names = [name, ...FUNCTION_NAMES.map(([before, after]) => before + name + after)];
  for (const one of names) {
    const value = callers[one];
    if (value !== undefined) return { name: one, value };
  }
  return undefined;
}

function isWorthCarrying(name: string): boolean {
  return !OF_A_LOGIN.has(name) && !BEGINNINGS_OF_A_LOGIN.some((beginning) => name.startsWith(beginning));
}
