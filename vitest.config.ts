import { defineConfig } from "vitest/config";
import { PATIENCE } from "./test/support/until.ts";

/**
 * Kinds of tests, the quick ones first. Those named `prose` read what is written for people. The end-to-end tests run the
 * built programs, which start processes of their own: no more than two files at a time, so that a machine of two cores is not
 * asked for more than it has. Those named `docs` run what pages of the documentation show, two pages at a time. Those named
 * `ssh` start real SSH servers and are run apart, where the servers are installed. Those named `faults` kill and freeze
 * processes of real runs, two runs at a time. Those named `slurm` share one cluster, which is brought up for them: one test at
 * a time. Those named `manual` type into the shells that there are completions for, where these are installed. Those
 * named `ui` look at the monitor on real terminals, in tmux. Those named `release` install and run what `npm run release` has made.
 *
 * Limits are several times what a test takes on a busy machine: only a test that fails waits them out.
 */
export default defineConfig({
  test: {
    reporters: ["default"],
    projects: [
      {
        test: {
          name: "unit",
          include: ["test/unit/**/*.test.ts"],
          testTimeout: 60_000,
          hookTimeout: 30_000,
          expect: { poll: { timeout: PATIENCE } },
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "prose",
          include: ["test/prose/**/*.test.ts"],
          testTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: "integration",
          include: ["test/integration/**/*.test.ts"],
          testTimeout: 90_000,
          hookTimeout: 30_000,
          expect: { poll: { timeout: PATIENCE } },
          maxWorkers: 2,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: "e2e",
          include: ["test/e2e/**/*.test.ts"],
          globalSetup: ["test/support/require-artifacts.ts"],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: "docs",
          include: ["test/docs/**/*.test.ts"],
          globalSetup: ["test/support/require-artifacts.ts"],
          testTimeout: 300_000,
          maxConcurrency: 2,
          maxWorkers: 2,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: "ssh",
          include: ["test/ssh/**/*.test.ts"],
          globalSetup: ["test/support/require-artifacts.ts"],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 4 },
        },
      },
      {
        test: {
          name: "faults",
          include: ["test/faults/**/*.test.ts"],
          globalSetup: ["test/support/require-artifacts.ts"],
          testTimeout: 180_000,
          maxConcurrency: 2,
          sequence: { groupOrder: 5 },
        },
      },
      {
        test: {
          name: "slurm",
          include: ["test/slurm/**/*.test.ts"],
          globalSetup: ["test/support/require-artifacts.ts", "test/slurm/cluster/hold-cluster.ts"],
          testTimeout: 300_000,
          hookTimeout: 180_000,
          maxWorkers: 1,
          sequence: { groupOrder: 6 },
        },
      },
      {
        test: {
          name: "manual",
          include: ["test/manual/**/*.test.ts"],
          globalSetup: ["test/support/require-artifacts.ts"],
          testTimeout: 180_000,
          hookTimeout: 60_000,
          maxWorkers: 2,
          sequence: { groupOrder: 7 },
        },
      },
      {
        test: {
          name: "ui",
          include: ["test/ui/**/*.test.ts"],
          globalSetup: ["test/support/require-artifacts.ts"],
          testTimeout: 180_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 7 },
        },
      },
      {
        test: {
          name: "release",
          include: ["test/release/**/*.test.ts"],
          globalSetup: ["test/release/require-release.ts"],
          testTimeout: 400_000,
          hookTimeout: 120_000,
          maxWorkers: 2,
          sequence: { groupOrder: 7 },
        },
      },
    ],
  },
});
