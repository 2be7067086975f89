import { readFileSync } from "node:fs";
import path from "node:path";
import type { HostSettings } from "../../../../src/places/ssh/host-settings.ts";
import { type SettingsRequest, settingsOf } from "../../../../src/places/ssh/settings-of.ts";
import { parseSshConfig } from "../../../../src/places/ssh/ssh-config.ts";

/** What OpenSSH really printed; see recorded/README.md. */
export function recorded(name: string): string {
  return readFileSync(path.join(import.meta.dirname, "recorded", name), "utf8");
}

/** The settings that an output of `ssh -G` gives to user jo, who asks for web1. */
export function settingsFrom(output: string, request: Partial<SettingsRequest> = {}): HostSettings {
  return settingsOf(parseSshConfig(output), {
    destination: "web1",
    writtenHost: "web1",
    env: {},
    home: "/home/jo",
    localUser: "jo",
    uid: 1000,
    hostname: "desk.example.org",
    ...request,
  });
}
