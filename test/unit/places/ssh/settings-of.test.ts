import { describe, expect, test } from "vitest";
import { recorded, settingsFrom } from "./settings-requests.ts";

describe("recorded outputs of ssh -G", () => {
  test("Debian's own configuration leaves everything to the defaults and the ssh2 library", () => {
    const env = { LANG: "de_DE.UTF-8", LC_TIME: "C", HOME: "/elsewhere", SSH_AUTH_SOCK: "/run/agent" };
    expect(settingsFrom(recorded("debian-12.output"), { env })).toEqual({
      destination: "web1",
      host: "web1",
      port: 22,
      user: "jo",
      addressFamily: "any",
      identityFiles: ["rsa", "ecdsa", "ecdsa_sk", "ed25519", "ed25519_sk", "xmss", "dsa"].map(
        (name) => `/home/jo/.ssh/id_${name}`,
      ),
      identitiesOnly: false,
      agent: "/run/agent",
      userKnownHostsFiles: ["/home/jo/.ssh/known_hosts", "/home/jo/.ssh/known_hosts2"],
      globalKnownHostsFiles: ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"],
      strictHostKeyChecking: "ask",
      hashKnownHosts: true,
      noHostAuthenticationForLocalhost: false,
      jumps: [],
      serverAliveInterval: 0,
      serverAliveCountMax: 3,
      compression: false,
      environment: { LANG: "de_DE.UTF-8", LC_TIME: "C" },
    });
  });

  test("everything that can be configured is found, with spaces, tokens and variables", () => {
    const env = { KEYS: "/srv/keys", BUILD1: "one", BUILD22: "no match", LANG: "C", SSH_AUTH_SOCK: "/run/agent" };
    const request = { destination: "build", writtenHost: "build", env };
    expect(settingsFrom(recorded("configured.output"), request)).toEqual({
      destination: "build",
      host: "build.example.org",
      port: 2200,
      user: "ci",
      addressFamily: "inet6",
      bindAddress: "192.0.2.1",
      identityFiles: ["/home/jo/.ssh/build key", "/home/jo/.ssh/ci at build.example.org", "/srv/keys/build"],
      identitiesOnly: true,
      agent: "/home/jo/my agent.sock",
      userKnownHostsFiles: ["/home/jo/.ssh/build_hosts", "/home/jo/.ssh/more hosts", "/srv/known"],
      globalKnownHostsFiles: [],
      hostKeyAlias: "build-farm",
      strictHostKeyChecking: "no",
      hashKnownHosts: false,
      noHostAuthenticationForLocalhost: true,
      jumps: ["ssh://ci@gate:2022", "ssh://inner.example.org:22", "ssh://[2001:db8::7]:99", "last"],
      connectTimeout: 60,
      serverAliveInterval: 15,
      serverAliveCountMax: 2,
      compression: true,
      environment: { LANG: "C", BUILD1: "one", MODE: "fast", TITLE: "two words", EMPTY: "" },
    });
  });

  test("none means none: keys, agent, files", () => {
    const settings = settingsFrom(recorded("beyond-ssh2.output"), { env: { SSH_AUTH_SOCK: "/run/agent" } });
    expect(settings).toMatchObject({ identityFiles: [], userKnownHostsFiles: [], strictHostKeyChecking: "accept-new" });
    expect(settings.agent).toBeUndefined();
    expect(settings.needsOpenssh).toBe("ProxyCommand");
  });

  test("an agent can be named by a variable, and a path that only ssh understands is left to ssh", () => {
    const settings = settingsFrom(recorded("variables.output"), { env: { OTHER_AGENT: "/run/other" } });
    expect(settings).toMatchObject({ agent: "/run/other", strictHostKeyChecking: "yes", jumps: [] });
    expect(settings.needsOpenssh).toBe("IdentityFile ~ann/.ssh/id");
    expect(settings.connectTimeout).toBeUndefined();
  });
});

test("without any output the settings are OpenSSH's defaults", () => {
  expect(settingsFrom("")).toEqual({
    destination: "web1",
    host: "web1",
    port: 22,
    user: "jo",
    addressFamily: "any",
    identityFiles: ["/home/jo/.ssh/id_rsa", "/home/jo/.ssh/id_ecdsa", "/home/jo/.ssh/id_ed25519"],
    identitiesOnly: false,
    userKnownHostsFiles: ["/home/jo/.ssh/known_hosts", "/home/jo/.ssh/known_hosts2"],
    globalKnownHostsFiles: ["/etc/ssh/ssh_known_hosts", "/etc/ssh/ssh_known_hosts2"],
    strictHostKeyChecking: "ask",
    hashKnownHosts: false,
    noHostAuthenticationForLocalhost: false,
    jumps: [],
    serverAliveInterval: 0,
    serverAliveCountMax: 3,
    compression: false,
    environment: {},
  });
});

test.each([
  ["true", "yes"],
  ["yes", "yes"],
  ["ask", "ask"],
  ["accept-new", "accept-new"],
  ["false", "no"],
  ["off", "no"],
  ["something-new", "ask"],
])("StrictHostKeyChecking printed as %s is %s", (printed, meant) => {
  expect(settingsFrom(`stricthostkeychecking ${printed}\n`).strictHostKeyChecking).toBe(meant);
});

test.each([
  ["identityagent SSH_AUTH_SOCK", "/run/agent"],
  ["identityagent $SSH_AUTH_SOCK", "/run/agent"],
  ["identityagent ~/%r.sock", "/home/jo/jo.sock"],
  ['identityagent "~/my agent"', "/home/jo/my agent"],
  ["identityagent $UNSET", undefined],
  ["identityagent $EMPTY", undefined],
  ["identityagent none", undefined],
])("%s leads to %s", (line, agent) => {
  const env = { SSH_AUTH_SOCK: "/run/agent", EMPTY: "" };
  expect(settingsFrom(`${line}\n`, { env }).agent).toBe(agent);
});

test("older versions print paths as they were written", () => {
  const settings = settingsFrom("userknownhostsfile ~/.ssh/known_hosts ~/.ssh/of-%n-%L\n");
  expect(settings.userKnownHostsFiles).toEqual(["/home/jo/.ssh/known_hosts", "/home/jo/.ssh/of-web1-desk"]);
});

test("a path in quotes is one path", () => {
  const settings = settingsFrom('userknownhostsfile "~/a b" "/c d"\n');
  expect(settings.userKnownHostsFiles).toEqual(["/home/jo/a b", "/c d"]);
});

test.each(["IdentityFile ~/%C", "IdentityFile ${UNSET}/id", "IdentityFile ~/id%", "UserKnownHostsFile ~ann/known"])(
  "%s is left to ssh",
  (setting) => {
    expect(settingsFrom(`${setting.replace(/^\w+/, (name) => name.toLowerCase())}\n`).needsOpenssh).toBe(setting);
  },
);

test("a percent sign that is doubled stands for itself", () => {
  expect(settingsFrom("identityfile /k/100%%d\n").identityFiles).toEqual(["/k/100%d"]);
});

test("a variable that is set wins over the same one sent", () => {
  const settings = settingsFrom("setenv A=set\nsendenv A\nsendenv B*\n", { env: { A: "sent", B1: "sent", C: "kept" } });
  expect(settings.environment).toEqual({ A: "set", B1: "sent" });
});
