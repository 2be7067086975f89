import { writeFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import type { ContextSettings } from "../../../src/places/context-settings.ts";
import { givenHosts, isNothing } from "../../../src/places/given-hosts.ts";
import { scratchFolder } from "../node/process/scratch.ts";
import { userErrorOf } from "../../support/user-error.ts";

const NOTHING: Pick<ContextSettings, "sshNode" | "hostfile"> = { sshNode: [], hostfile: [] };
const ENV = { DISBATCH_SSH_NODELIST: "a:1,b:2" };

test("the environment counts where the command line says nothing", () => {
  expect(givenHosts(NOTHING, ENV)).toEqual({
    ...{ nodeLists: ["a:1,b:2"], listedIn: "DISBATCH_SSH_NODELIST", hostfiles: [] },
  });
  expect(givenHosts({ ...NOTHING, sshNode: ["c:1"] }, ENV)).toMatchObject({ nodeLists: ["c:1"], listedIn: "-s" });
  expect(isNothing(givenHosts(NOTHING, {}))).toBe(true);
  expect(isNothing(givenHosts(NOTHING, ENV))).toBe(false);
});

test("a file of hosts is read, and counts more than the environment", () => {
  const file = path.join(scratchFolder(), "hosts");
  writeFileSync(file, "c\n");
  const given = givenHosts({ ...NOTHING, hostfile: [file] }, ENV);
  expect(given).toEqual({ nodeLists: [], listedIn: "-s", hostfiles: [{ name: file, bytes: Buffer.from("c\n") }] });
  expect(isNothing(given)).toBe(false);
});

test("a file that cannot be read is refused by name", () => {
  const folder = scratchFolder();
  for (const file of [path.join(folder, "none"), folder]) {
    const error = userErrorOf(() => givenHosts({ ...NOTHING, hostfile: [file] }, {}));
    expect(error).toMatchObject({ code: "no-hostfile", exitCode: 2 });
    expect(error.message).toContain(`--hostfile ${file}: `);
  }
});

test("a file without an end is no list of hosts", () => {
  const error = userErrorOf(() => givenHosts({ ...NOTHING, hostfile: ["/dev/zero"] }, {}));
  expect(error).toMatchObject({ code: "no-hostfile", exitCode: 2 });
  expect(error.message).toMatch(/^--hostfile \/dev\/zero: /);
});
