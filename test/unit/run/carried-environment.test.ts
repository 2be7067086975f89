import { describe, expect, test } from "vitest";
import { carriedEnvironment } from "../../../src/run/carried-environment.ts";

const caller = {
  ...{ PATH: "/opt/bin:/bin", DATA: "/data", EMPTY: "", MISSING: undefined, "BASH_FUNC_module%%": "() {  :\n}" },
  ...{ HOME: "/home/jo", USER: "jo", SHLVL: "2", _: "/bin/x", PWD: "/here", TMPDIR: "/tmp/jo", TERM: "xterm" },
  ...{ SSH_AUTH_SOCK: "/s", SSH_CLIENT: "c", XDG_RUNTIME_DIR: "/run", XDG_SESSION_ID: "3", XDG_DATA_DIRS: "/usr" },
  ...{ DISBATCH_ENGINE_ID: "outer", DISBATCH_TASKID: "7", "no.name": "x", "1": "y" },
};

test("nothing is carried unless asked for", () => {
  expect(carriedEnvironment({ env: [], envAll: false }, caller)).toEqual({ variables: {}, notes: [] });
});

describe("--env-all", () => {
  const { variables, notes } = carriedEnvironment({ env: [], envAll: true }, caller);

  test("carries what is not about the login, with the functions that bash exports and what no shell can name", () => {
    const { PATH, DATA, EMPTY, XDG_DATA_DIRS } = caller;
    const others = { "BASH_FUNC_module%%": caller["BASH_FUNC_module%%"], "no.name": "x", "1": "y" };
    expect(variables).toEqual({ PATH, DATA, EMPTY, XDG_DATA_DIRS, ...others });
    expect(notes).toEqual([]);
  });
});

describe("--env", () => {
  test("carries the caller's value, or the one that is given", () => {
    const env = [{ name: "DATA" }, { name: "EMPTY" }, { name: "NEW", value: "a=b" }, { name: "PATH", value: "" }];
    expect(carriedEnvironment({ env, envAll: false }, caller).variables).toEqual({
      ...{ DATA: "/data", EMPTY: "", NEW: "a=b", PATH: "" },
    });
  });

  test("carries a function that bash has exported by that name, as old versions do, too", () => {
    const callers = { ...caller, "BASH_FUNC_old()": "() {  :; }", "BASH_FUNC_DATA%%": "() {  :; }" };
    const env = [{ name: "module" }, { name: "old" }, { name: "DATA" }];
    expect(carriedEnvironment({ env, envAll: false }, callers)).toEqual({
      variables: { "BASH_FUNC_module%%": "() {  :\n}", "BASH_FUNC_old()": "() {  :; }", DATA: "/data" },
      notes: [],
    });
  });

  test("counts where it is said last, and more than --env-all", () => {
    const env = [{ name: "DATA", value: "/one" }, { name: "DATA", value: "/two" }, { name: "HOME" }];
    const { variables } = carriedEnvironment({ env, envAll: true }, caller);
    expect(variables).toMatchObject({ DATA: "/two", HOME: "/home/jo", PATH: caller.PATH });
  });

  test("of a variable that is not there is worth a note, and no more", () => {
    const { variables, notes } = carriedEnvironment({ env: [{ name: "MISSING" }], envAll: false }, caller);
    expect(variables).toEqual({});
    expect(notes).toEqual([expect.stringContaining("--env MISSING")]);
  });
});
