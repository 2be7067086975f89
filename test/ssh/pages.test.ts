import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { judgePage } from "../docs/judge-page.ts";
import { readPage } from "../docs/page/blocks.ts";
import { pagesFor } from "../docs/runnable-pages.ts";
import { runPage } from "../docs/run-page.ts";
import { openSshHome } from "../docs/ssh-home.ts";

/** What pages can rely on. */
const PROMISES = readPage("hosts.md", readFileSync(path.join(import.meta.dirname, "hosts.md"), "utf8"));

test.each([PROMISES, ...pagesFor("ssh")])("what $name shows is what happens", async (page) => {
  const { home, close } = await openSshHome();
  try {
    expect(judgePage(page, await runPage(page, home))).toBe("");
  } finally {
    await close();
  }
});
