import { expect, test } from "vitest";
import { openHome } from "../docs/home.ts";
import { readPage } from "../docs/page/blocks.ts";
import { pagesFor } from "../docs/runnable-pages.ts";
import { tryPage } from "../docs/try-page.ts";
import { textOf } from "../support/pages.ts";
import { CLUSTER_ENV, CLUSTER_SCRIPT } from "./cluster/cluster.ts";
import { Cluster } from "./cluster/fixture.ts";

/** How long a command may take, in milliseconds: it may have to wait for its turn. */
const PATIENCE = 60_000;

/** What pages can rely on. */
const PROMISES = readPage("test/slurm/cluster.md", textOf("test/slurm/cluster.md"));

test.each([PROMISES, ...pagesFor("slurm")])("what $name shows is what happens", async (page) => {
  const home = openHome({ hasOwnNames: true });
  const there = { ...home, env: { ...home.env, ...CLUSTER_ENV } };
  const cluster = new Cluster(home.workspace);
  const close = (): Promise<void> => cluster.close().finally(() => home.workspace.close());
  expect(await tryPage(page, there, close, { login: [CLUSTER_SCRIPT, "login"], patience: PATIENCE })).toBe("");
});
