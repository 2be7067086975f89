import { readdirSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { Home } from "./home.ts";
import { released, VERSION } from "./release-files.ts";
import { LIST_DONE, runList } from "./task-list.ts";

const TARBALL = released(`disbatch-${VERSION}.tgz`);

describe("the npm package, for an ordinary user with an empty home and no network", () => {
  test("is installed with nothing else, runs no scripts, and runs a task list", async () => {
    const home = new Home();
    const tarball = home.receive(TARBALL);
    const installed = await home.run([
      "npm",
      "install",
      "--offline",
      "--foreground-scripts",
      "--prefix",
      "to",
      tarball,
    ]);
    expect(installed).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\n?added 1 package in /) });
    expect(readdirSync(home.workspace.path("to/node_modules")).toSorted()).toEqual([
      ...[".bin", ".package-lock.json", "disbatch"],
    ]);
    const command = home.workspace.path("to/node_modules/.bin/disbatch");
    expect(await runList(home, [command])).toEqual(LIST_DONE);
    const { stdout } = await home.run([home.workspace.path("to/node_modules/.bin/disBatch"), "--version"]);
    expect(stdout).toBe(`disbatch ${VERSION} (${commitIn(stdout)}Node ${process.versions.node})\n`);
  });

  test("is run by npx out of the tarball", async () => {
    const home = new Home();
    const tarball = home.receive(TARBALL);
    expect(await runList(home, ["npx", "--yes", "--offline", "--package", tarball, "disbatch"])).toEqual(LIST_DONE);
  });

  test("has the man page, the completions and the licences", async () => {
    const home = new Home();
    const { stdout } = await home.run(["tar", "-tzf", home.receive(TARBALL)]);
    expect(stdout.split("\n")).toEqual(
      expect.arrayContaining(
        [
          ...["LICENSE", "README.md", "CHANGELOG.md", "dist/THIRD-PARTY-LICENSES", "dist/share/man/man1/disbatch.1"],
          "dist/share/bash-completion/completions/disbatch",
        ].map((file) => `package/${file}`),
      ),
    );
  });
});

function commitIn(version: string): string {
  return /\(([0-9a-f]{10}(?:-dirty)?, )/.exec(version)?.[1] ?? "";
}
