import { expect, test } from "vitest";
import { readPage } from "../docs/page/blocks.ts";
import { pagesFor } from "../docs/runnable-pages.ts";
import { textOf } from "../support/pages.ts";
import { openSshHome } from "../docs/ssh-home.ts";
import { tryPage } from "../docs/try-page.ts";

/** What pages can rely on. */
const PROMISES = readPage("test/ssh/hosts.md", textOf("test/ssh/hosts.md"));

test.each([PROMISES, ...pagesFor("ssh")])("what $name shows is what happens", async (page) => {
  const { home, close } = await openSshHome();
  expect(await tryPage(page, home, close)).toBe("");
});
