import { chmodSync, cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { Home } from "./home.ts";
import { archiveName, OWN_MUSL_TARGET, OWN_TARGET, unpackForAll } from "./release-files.ts";

const ARCHIVE = unpackForAll(OWN_TARGET);
const INSTALL = path.join(ARCHIVE, "install.sh");
const MUSL = unpackForAll(OWN_MUSL_TARGET);
const OTHER_MACHINE = OWN_TARGET === "x64" ? "aarch64" : "x86_64";

/** A copy of the archive whose executable is something else. */
function archiveWith(home: Home, executable: string): string {
  const copy = home.workspace.path("archive");
  cpSync(ARCHIVE, copy, { recursive: true, filter: (from) => from !== path.join(ARCHIVE, "disbatch") });
  writeFileSync(path.join(copy, "disbatch"), executable, { mode: 0o755 });
  return path.join(copy, "install.sh");
}

/** A `uname` that says what another machine's would. */
function machineThatIs(home: Home, system: string, machine: string): { readonly PATH: string } {
  home.workspace.write("bin/uname", `#!/bin/sh\n[ "$1" = -m ] && echo ${machine} || echo ${system}\n`);
  chmodSync(home.workspace.path("bin/uname"), 0o755);
  return { PATH: `${home.workspace.path("bin")}:${process.env["PATH"]}` };
}

describe("install.sh refuses, in one line, and leaves nothing behind:", () => {
  test("another kind of machine", async () => {
    const home = new Home();
    const refusal = await refusalOf(home, [INSTALL], machineThatIs(home, "Linux", OTHER_MACHINE));
    expect(refusal).toContain(`: this archive is for ${OWN_TARGET}, and this machine is ${OTHER_MACHINE}; `);
  });

  test("another system", async () => {
    const home = new Home();
    const refusal = await refusalOf(home, [INSTALL], machineThatIs(home, "Darwin", "arm64"));
    expect(refusal).toMatch(/: this archive is for Linux, and this is Darwin\n/);
  });

  test("an executable for musl, where there is none: it names the right archive, or the library that is missing", async () => {
    const home = new Home();
    const refusal = await refusalOf(home, [path.join(MUSL, "install.sh")]);
    const right = `this archive needs a Linux with musl, and there is none here; take ${archiveName(OWN_TARGET)}.tar.gz`;
    expect(refusal).toMatch(new RegExp(`${right}|install libstdc\\+\\+, as in: apk add libstdc\\+\\+`));
  });

  test("a processor that is too old", async () => {
    const home = new Home();
    const refusal = await refusalOf(home, [archiveWith(home, "#!/bin/bash\nkill -ILL $$\n"), `${home.folder}/here`]);
    expect(refusal).toContain(": this machine's processor is too old: it has no SSE4.2; the npm package needs only ");
  });

  test("an executable that does not run for a reason of its own", async () => {
    const home = new Home();
    const refusal = await refusalOf(home, [archiveWith(home, "#!/bin/sh\necho no GLIBC_2.99 >&2; exit 1\n")]);
    expect(refusal).toMatch(
      /does not run on this machine: no GLIBC_2\.99; (?:take disbatch-\S*-musl\.tar\.gz|the npm package needs only)/,
    );
  });

  test("to be read by a shell elsewhere, where it does not see the archive", async () => {
    const home = new Home();
    const refusal = await refusalOf(home, ["sh", "-c", 'exec sh <"$0"', INSTALL]);
    expect(refusal).toMatch(
      /: the executable is not beside this script; unpack the archive and run the script there: /,
    );
  });

  test("a folder that cannot be written", async () => {
    const home = new Home();
    const closed = `${home.folder}/closed`;
    mkdirSync(closed, { mode: 0o555 });
    const refusal = await refusalOf(home, [INSTALL, `${closed}/here`]);
    expect(refusal).toMatch(/cannot install into \S*\/closed\/here: Permission denied; name another folder: /);
  });

  test.each([
    [["a:b"], /a folder with a colon or a line break cannot be in PATH; name another/],
    [["a\nb"], /a folder with a colon or a line break cannot be in PATH; name another/],
    [[""], /PREFIX is empty; name a folder: /],
    [["-x"], /there is no option -x; a folder of that name is \.\/-x/],
    [["a", "b"], /one PREFIX at the most: /],
  ])("%j", async (args, why) => {
    const home = new Home();
    expect(await refusalOf(home, [INSTALL, ...args])).toMatch(why);
  });

  test("a folder where a file is to be", async () => {
    const home = new Home();
    expect((await home.run(["mkdir", "-p", `${home.folder}/.local/lib/disbatch/disbatch`])).code).toBe(0);
    expect(await refusalOf(home, [INSTALL])).toMatch(/\/disbatch is a folder, and a file is to be there; move it away/);
  });
});

test("install.sh has nothing left to fill in", () => {
  expect(readFileSync(INSTALL, "utf8")).not.toMatch(/@[A-Z]+@/);
});

/**
 * Runs install.sh, which is to refuse.
 *
 * @returns its one line.
 * @throws Error with all that was seen, when it has not refused, has said more, or has left something in the home.
 */
async function refusalOf(
  home: Home,
  command: readonly [string, ...string[]],
  env: Readonly<Record<string, string>> = {},
): Promise<string> {
  const before = filesOf(home);
  const { code, stdout, stderr } = await home.run(command, env);
  const after = filesOf(home);
  if (code === 1 && stdout === "" && /^install\.sh: [^\n]*\n$/.test(stderr) && before === after) return stderr;
  throw new Error(`not refused as it should be: ${JSON.stringify({ code, stdout, stderr, before, after })}`);
}

function filesOf({ folder }: Home): string {
  return readdirSync(folder, { recursive: true }).map(String).toSorted().join(" ");
}
