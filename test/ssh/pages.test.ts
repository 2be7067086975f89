import { expect, test } from "vitest";
import { judgePage } from "../docs/judge-page.ts";
import { readPage } from "../docs/page/blocks.ts";
import { pagesFor } from "../docs/runnable-pages.ts";
import { runPage } from "../docs/run-page.ts";
import { textOf } from "../support/pages.ts";
import { openSshHome } from "../docs/ssh-home.ts";

/** What pages can rely on. */
const PROMISES = readPage("test/ssh/hosts.md", textOf("test/ssh/hosts.md"));

test.each([PROMISES, ...pagesFor("ssh")])("what $name shows is what happens", async (page) => {
  const { home, close } = await openSshHome();
  try {
    expect(judgePage(page, await runPage(page, home))).toBe("");
  } finally {
    await close();
  }
});
