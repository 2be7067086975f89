import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { singleExecutable } from "../support/artifacts.ts";
import { openTasks, openWorkspace } from "../support/fixtures.ts";
import { until } from "../support/until.ts";
import type { Workspace } from "../support/workspace.ts";
import { openBrowser } from "./browser.ts";
import { addressOfRun, endPages, enter, expectSound, killPages, RUN_PAGES, shoot, visit } from "./watched.ts";

const DONE = { code: 0, signal: null };
/** For what takes a slow machine long, in milliseconds. */
const LONG = 480_000;

let browser: Browser;
beforeAll(async () => {
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
});

describe("a run", () => {
  test(
    "of 5,000 tasks on three engines is watched from its beginning to its end, loses an engine by the page, and is resumed with the command that it shows",
    async () => {
      const workspace = openWorkspace();
      const tasks = await openTasks();
      const lines = Array.from({ length: 2499 }, (_, i) => taskLine(i));
      workspace.writeTasks(...lines, tasks.line("half"), "#DISBATCH BARRIER", ...lines, "true");
      const options = ["-s", "localhost:2", "-p", "run", "-w", "--web-control"];
      const run = workspace.run(singleExecutable, [...options, "Tasks"]);
      const { page, context, said } = await enter(browser, run);
      const address = await addressOfRun(page);
      await page.evaluate("window.sameDocument = true");
      const more = [1, 2].map(() => addEngine(workspace));
      await page.click("nav >> text=Engines");
      await page.waitForSelector("text=3 of 3 engines", { timeout: LONG });
      const half = await tasks.started("half", LONG);
      await expect.poll(() => doneOn(page), { timeout: LONG }).toBe(2499);
      await page.click("nav >> text=Run");
      await page.waitForSelector("text=/barrier/i");
      await shoot(page, "run-barrier");
      await page.click("nav >> text=Engines");

      const spared = Number(half.variables["DISBATCH_ENGINE_RANK"]);
      const rank = [1, 2].find((other) => other !== spared) ?? 2;
      await page.click(`[aria-label^='Stop engine ${rank} on ']`);
      await page.click("dialog >> text=Stop this engine");
      await page.waitForSelector("dialog [role=status]");
      expect(await page.textContent("dialog [role=status]")).toContain("✔");
      await page.click("dialog >> text=Close");
      await page.waitForSelector("tr:has-text('left')");
      await shoot(page, "engines-live");
      await half.exit(0);
      expect(await run.exited).toEqual(DONE);
      await Promise.all(more.map(({ exited }) => exited));
      await page.click("nav >> text=Run");
      await page.waitForSelector(".run-line >> text=✔ ended");
      await page.waitForSelector("text=5,000 of 5,000 tasks, 100%");
      expect(await page.evaluate("window.sameDocument")).toBe(true);
      // The barrier has a line, too.
      expect(workspace.status()).toHaveLength(5001);

      await context.grantPermissions(["clipboard-read", "clipboard-write"]);
      await page.click("[aria-label='Copy: to run the failed ones again']");
      await page.waitForSelector("text=Copied");
      const command = await page.evaluate<string>("navigator.clipboard.readText()");
      expect(command).toMatch(/ -R /);
      for (const path of RUN_PAGES) {
        await visit(page, address + path);
        await expectSound(page);
        await shoot(page, `run${path.replaceAll("/", "-")}`);
      }
      await visit(page, `${address}/tasks?state=failed`);
      await page.waitForSelector("text=no space on >> visible=true");
      expect(said).toEqual([]);
      endPages(workspace);
      workspace.write("mended", "");
      const failed = workspace.status().filter(({ returnCode }) => returnCode !== 0).length;
      expect(failed).toBeGreaterThan(100);
      const resumed = workspace.run({ ...singleExecutable, command: ["/bin/bash", "-c", command] }, []);
      const next = await enter(browser, resumed);
      expect(await resumed.exited).toEqual(DONE);
      await next.page.waitForSelector(".run-line >> text=✔ ended");
      await next.page.waitForSelector(`text=${(5000 - failed).toLocaleString("en")} done before`);
      await next.page.waitForSelector(`text=${failed} succeeded`);
      await next.page.waitForSelector("text=0 failed");
      await shoot(next.page, "resumed");
      expect(next.said).toEqual([]);
      endPages(workspace);
      await gone(workspace);
    },
    LONG,
  );

  test("whose driver is killed is shown as lost, and goes on live in the same page once it is recovered", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"), tasks.line("b"));
    const killed = workspace.run(singleExecutable, ["-s", "localhost:1", "-p", "run", "Tasks"]);
    const a = await tasks.started("a");
    const server = workspace.run(singleExecutable, ["web", "run"]);
    const { page, said } = await enter(browser, server);
    await page.waitForSelector(".contact >> text=live");
    await page.evaluate("window.sameDocument = true");
    killed.signal("SIGKILL");
    await killed.exited;
    await page.waitForSelector("text=The driver of this run has died.");
    await shoot(page, "lost");
    const recovered = workspace.run(singleExecutable, ["recover", "run"]);
    await page.waitForSelector(".contact >> text=live");
    await a.exit(0);
    await page.waitForSelector("text=1 of 2 tasks, 50%");
    await (await tasks.started("b")).exit(0);
    expect(await recovered.exited).toEqual(DONE);
    await page.waitForSelector(".run-line >> text=✔ ended");
    expect(await page.evaluate("window.sameDocument")).toBe(true);
    expect(said).toEqual([]);
    server.signal("SIGTERM");
    await server.exited;
  });

  test("goes on when its page is killed, and the same page finds the next one", async () => {
    const workspace = openWorkspace();
    const tasks = await openTasks();
    workspace.writeTasks(tasks.line("a"));
    const run = workspace.run(singleExecutable, ["-s", "localhost:1", "-p", "run", "-w", "Tasks"]);
    const a = await tasks.started("a");
    const { page } = await enter(browser, run);
    await page.waitForSelector(".contact >> text=live");
    killPages(workspace);
    await run.stderrShows(/is started again; the run goes on/);
    // The page has not yet come back when the run ends.
    await a.exit(0);
    await page.waitForSelector(".run-line >> text=✔ ended");
    expect(await run.exited).toEqual(DONE);
    endPages(workspace);
    await gone(workspace);
  });

  test("of a workflow leads from its graph to a template, its instances, and a task", async () => {
    const workspace = openWorkspace();
    workspace.copyFrom("exampleWorkflows");
    const run = workspace.run(singleExecutable, ["run", "-s", "localhost:4", "-p", "run", "sweep.yaml"]);
    expect(await run.exited).toEqual(DONE);
    const server = workspace.run(singleExecutable, ["web", "run"]);
    const { page, said } = await enter(browser, server);
    const address = await addressOfRun(page);
    await page.waitForSelector(".run-line >> text=✔ ended");
    await page.click("nav >> text=Graph");
    await page.waitForSelector("table >> text=simulate");
    await expectSound(page);
    await shoot(page, "graph");
    await page.click("table >> text=simulate");
    await page.waitForURL("**/graph?template=simulate");
    await page.click("table a >> nth=0");
    await page.waitForURL(/\/tasks\/\d+$/);
    await page.waitForSelector("h1 >> text=/Task \\d+/");
    for (const path of [...RUN_PAGES, "/graph?template=simulate"]) await visit(page, address + path);
    await expectSound(page);
    expect(said).toEqual([]);
    server.signal("SIGTERM");
    await server.exited;
  });

  test("is one of several in a list, and each can be entered", async () => {
    const workspace = openWorkspace();
    workspace.writeTasks("true", "false");
    for (const prefix of ["monday", "tuesday"]) {
      expect(await workspace.run(singleExecutable, ["-s", "localhost:1", "-p", prefix, "Tasks"]).exited).toEqual(DONE);
    }
    const server = workspace.run(singleExecutable, ["web", "monday", "tuesday"]);
    const { page, said } = await enter(browser, server);
    for (const prefix of ["monday", "tuesday"]) {
      await page.click(`table >> text=${prefix}`);
      await page.waitForURL(`**/runs/${prefix}-*`);
      await page.waitForSelector("text=2 of 2 tasks, 100%");
      await page.click("text=disbatch >> nth=0");
      await page.waitForURL("**/?list=all");
    }
    await page.waitForSelector("table >> text=tuesday");
    await expectSound(page);
    await shoot(page, "list");
    expect(said).toEqual([]);
    server.signal("SIGTERM");
    await server.exited;
  });

  test("whose commands, output and node are markup and orders to terminals shows them as text on each page", async () => {
    const workspace = openWorkspace();
    const hostile = `<img src=x onerror="window.hurt=1">\u001b]0;title\u0007\u202e`;
    const line = `printf '%s' '${hostile}' >&2; printf '%s' '<script>window.hurt=1</script>\u001b[2J'; exit 3`;
    workspace.writeTasks(line, "true # <script>window.hurt=1</script>\u202e");
    // Names of hosts with control characters are refused when an engine joins.
    const asHost = `printf %s "$0" > /proc/sys/kernel/hostname && exec "$@"`;
    const run = workspace.run(singleExecutable, ["-s", "localhost:1", "-p", "run", "Tasks"], {
      wrapper: ["unshare", "--uts", "sh", "-c", asHost, "<script>window.hurt=1<b>\u202e"],
    });
    expect(await run.exited).toEqual(DONE);
    const server = workspace.run(singleExecutable, ["web", "run"]);
    const { page, said } = await enter(browser, server);
    const address = await addressOfRun(page);
    await page.waitForSelector(".run-line >> text=✔ ended");
    let seen = "";
    for (const path of [...RUN_PAGES, "/tasks/1", "/tasks?state=failed&q=onerror", "/slots?by=node"]) {
      await visit(page, address + path);
      await expectSound(page);
      const text = await page.evaluate<string>("document.body.innerText");
      for (const order of ["\u001b", "\u0007", "\u202e"]) expect(text).not.toContain(order);
      seen += text;
      expect(await page.evaluate("window.hurt")).toBeUndefined();
      await shoot(page, `hostile${path.replaceAll(/\W/g, "-")}`);
    }
    // The command, both outputs, the node, and how what a terminal would obey is shown.
    for (const text of [
      '<img src=x onerror="window.hurt=1">\\e]0;title',
      "<script>window.hurt=1</script>\\e[2J",
      "<script>window.hurt=1<b>\\u202e",
    ])
      expect(seen).toContain(text);
    expect(said).toEqual([]);
    server.signal("SIGTERM");
    await server.exited;
  });
});

/** Most do nothing, some take a moment, some fail in three ways until a file is there. */
function taskLine(i: number): string {
  if (i % 50 === 7) return `[ -e mended ] || { echo "no space on /data/${i % 9}" >&2; exit 3; }`;
  if (i % 50 === 19) return `[ -e mended ] || kill -9 $$`;
  if (i % 50 === 31) return `[ -e mended ] || { echo "Traceback: value ${i} is none" >&2; exit 1; }`;
  return i % 50 === 40 ? "sleep 0.05" : `: ${i}`;
}

/** How many tasks the page says are done. */
async function doneOn(page: Page): Promise<number> {
  const text = (await page.textContent(".counts strong")) ?? "";
  return Number(/^[\d,]+/.exec(text)?.[0].replaceAll(",", ""));
}

function addEngine(workspace: Workspace) {
  return workspace.run({ ...singleExecutable, command: ["/bin/bash", "./run_dbUtil.sh"] }, ["-s", "localhost:2"]);
}

async function gone(workspace: Workspace): Promise<void> {
  await until(
    () => workspace.processes().length === 0,
    () =>
      `the end of all: ${workspace
        .processes()
        .map(({ command }) => command)
        .join("; ")}`,
  );
}
