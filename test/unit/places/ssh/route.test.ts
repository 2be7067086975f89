import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { openSession } from "../../../../src/places/ssh/open-session.ts";
import { SSH_TRANSPORTS } from "../../../../src/places/ssh/session.ts";

/** An `ssh` that tells settings and does nothing else but note that it was called. */
function pretendedSsh(settings: string): {
  readonly env: Readonly<Record<string, string>>;
  readonly calls: () => string;
} {
  const folder = mkdtempSync(path.join(tmpdir(), "route-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const calls = path.join(folder, "calls");
  writeFileSync(calls, "");
  const script = `#!/bin/sh\ncase "$*" in *-G*) printf '${settings}' ;; *) echo "$*" >> ${calls}; exit 1 ;; esac\n`;
  writeFileSync(path.join(folder, "ssh"), script, { mode: 0o755 });
  return { env: { PATH: `${folder}:/usr/bin:/bin`, HOME: folder }, calls: () => readFileSync(calls, "utf8") };
}

test.each(SSH_TRANSPORTS)(
  "jump hosts that lead in a circle are refused before anything is started (%s)",
  async (transport) => {
    const { env, calls } = pretendedSsh("hostname loop\\nuser jo\\nport 22\\nproxyjump loop\\n");
    const signal = new AbortController().signal;
    const opening = openSession("loop", { transport, env, signal, warn: () => undefined });
    await expect(opening).rejects.toThrow("loop: its jump hosts lead in a circle (see ProxyJump in ssh_config)");
    expect(calls()).toBe("");
  },
);
