import type { KeyFile } from "./key-file.ts";

/** A key that an agent holds. */
export interface AgentKey {
  /** The public key as it goes over the wire. */
  readonly publicKey: Buffer;
  /** What the owner calls the key. */
  readonly comment: string;
}

/** A key to offer, and how it can be used. */
export type Offered<A extends AgentKey> =
  | { readonly from: "agent"; readonly key: A }
  | { readonly from: "file"; readonly key: KeyFile };

/**
 * The keys that a host is offered, in the order of OpenSSH's client: those of the agent that are also identity files, the
 * agent's others unless IdentitiesOnly, then the files that no agent holds.
 */
export function orderKeys<A extends AgentKey>(
  agentKeys: readonly A[],
  files: readonly KeyFile[],
  identitiesOnly: boolean,
): readonly Offered<A>[] {
  const isFile = ({ publicKey }: A): boolean => files.some((file) => file.publicKey?.equals(publicKey) === true);
  const isHeld = ({ publicKey }: KeyFile): boolean =>
    publicKey !== undefined && agentKeys.some((key) => key.publicKey.equals(publicKey));
  return [
    ...agentKeys.filter(isFile).map((key) => ({ from: "agent", key }) as const),
    ...(identitiesOnly ? [] : agentKeys.filter((key) => !isFile(key)).map((key) => ({ from: "agent", key }) as const)),
    ...files
      .filter((file) => file.privateKey !== undefined && !isHeld(file))
      .map((key) => ({ from: "file", key }) as const),
  ];
}

/** What the user should know about the identity files that cannot be used, in words for one line. */
export function describeProblems(agentKeys: readonly AgentKey[], files: readonly KeyFile[]): readonly string[] {
  const isHeld = (file: KeyFile): boolean =>
    agentKeys.some((key) => file.publicKey !== undefined && key.publicKey.equals(file.publicKey));
  return files.flatMap((file) => {
    const { problem } = file;
    if (problem === undefined || isHeld(file)) return [];
    if (problem === "passphrase") return [`${file.file} has a passphrase and is in no agent: use ssh-add`];
    return [`${file.file} ${problem.words}`];
  });
}
