import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { SshPlace } from "../support/ssh-place.ts";
import { type Home, openHome } from "./home.ts";

/** Hosts that pages name. */
const HOSTS = ["otherhost", "thirdhost"] as const;
/** How many cores they say that they have. */
const CORES = 4;

/** A home from which SSH leads to other hosts, which share its files. */
export interface SshHome {
  readonly home: Home;
  /** Takes everything down. @throws Error naming what was left behind. */
  readonly close: () => Promise<void>;
}

/** Starts the hosts: servers on the loopback, which let in the user who runs the tests. */
export async function openSshHome(): Promise<SshHome> {
  const place = await SshPlace.open();
  const [ssh = ""] = place.env["PATH"]?.split(":") ?? [];
  const home = openHome({ bin: [ssh], alsoHome: [place.home] });
  symlinkSync(path.join(place.home, ".ssh"), path.join(home.workspace.folder, ".ssh"));
  for (const host of HOSTS) {
    const login = makeLogin(path.join(place.home, host), host, home.workspace.folder);
    await place.startHost(host, { config: [`ForceCommand ${login}`], env: { HOME: home.workspace.folder, TZ: "UTC" } });
  }
  return {
    home,
    close: async () => {
      try {
        await place.close();
      } finally {
        home.workspace.close();
      }
    },
  };
}

/** Makes what is run on a host for whoever logs in there, and what the host says of itself. @returns the program. */
function makeLogin(folder: string, host: string, home: string): string {
  const write = (name: string, ...lines: readonly string[]): string => {
    const file = path.join(folder, name);
    writeFileSync(file, ["#!/bin/sh", ...lines, ""].join("\n"), { mode: 0o755 });
    return file;
  };
  mkdirSync(folder);
  write("hostname", `echo ${host}`);
  write("nproc", `echo ${CORES}`);
  return write(
    "login",
    `cd ${home}`,
    `PATH=${folder}:$PATH`,
    "case $SSH_ORIGINAL_COMMAND in",
    "  *sftp*) exec /usr/lib/openssh/sftp-server ;;",
    '  *) exec /bin/bash -c "$SSH_ORIGINAL_COMMAND" ;;',
    "esac",
  );
}
