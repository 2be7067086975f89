import { expect, test } from "vitest";
import { describeProblems, orderKeys } from "../../../../src/places/ssh/key-order.ts";
import type { KeyFile } from "../../../../src/places/ssh/key-file.ts";
import ssh2 from "ssh2";

const pair = ssh2.utils.generateKeyPairSync("ecdsa", { bits: 256 });
const parsed = ssh2.utils.parseKey(pair.private);
if (parsed instanceof Error) throw parsed;
const privateKey = parsed;

const held = (name: string) => ({ publicKey: Buffer.from(name), comment: name });
const usable = (name: string): KeyFile => ({
  file: `/k/${name}`,
  publicKey: Buffer.from(name),
  privateKey,
  problem: undefined,
});
const locked = (name: string): KeyFile => ({
  file: `/k/${name}`,
  publicKey: Buffer.from(name),
  privateKey: undefined,
  problem: "passphrase",
});
const unreadable = (name: string, words: string): KeyFile => ({
  file: `/k/${name}`,
  publicKey: undefined,
  privateKey: undefined,
  problem: { words },
});

function order(agent: readonly string[], files: readonly KeyFile[], identitiesOnly: boolean): readonly string[] {
  return orderKeys(agent.map(held), files, identitiesOnly).map(({ from, key }) =>
    from === "agent" ? `agent ${key.comment}` : key.file,
  );
}

test("keys of the agent that are identity files come first, in the agent's order, then its others, then files", () => {
  expect(order(["a", "b", "c", "d"], [usable("d"), locked("b"), usable("e")], false)).toEqual([
    "agent b",
    "agent d",
    "agent a",
    "agent c",
    "/k/e",
  ]);
});

test("with IdentitiesOnly the agent's other keys are left out", () => {
  expect(order(["a", "b"], [locked("b"), usable("e")], true)).toEqual(["agent b", "/k/e"]);
});

test("files that cannot be used are left out, and so is a file that tells nothing of its public key", () => {
  expect(order([], [locked("a"), unreadable("b", "cannot be read")], false)).toEqual([]);
});

test("what cannot be used is named, unless an agent holds it", () => {
  const c = unreadable("c", "cannot be read: permission denied (EACCES)");
  expect(describeProblems([held("a")], [locked("a"), locked("b"), c, usable("d")])).toEqual([
    "/k/b has a passphrase and is in no agent: use ssh-add",
    "/k/c cannot be read: permission denied (EACCES)",
  ]);
});
