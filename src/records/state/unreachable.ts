/** Nodes that the run wants to use and cannot, each with the latest reason. */
export class UnreachableNodes {
  readonly #reasons = new Map<string, string>();

  note(node: string, reason: string): void {
    this.#reasons.set(node, reason);
  }

  /** An engine is started there once more; why it has to be is known, or nothing worth telling. */
  noteRestart(node: string): void {
    if (!this.#reasons.has(node)) this.#reasons.set(node, "its engine is being started again");
  }

  /** An engine is there, or none is wanted. */
  forget(node: string): void {
    if (this.#reasons.size > 0) this.#reasons.delete(node);
  }

  /** Nodes by their reasons, in the order in which they became unreachable. */
  byReason(): Map<string, string[]> {
    const byReason = new Map<string, string[]>();
    for (const [node, reason] of this.#reasons) {
      const nodes = byReason.get(reason);
      if (nodes === undefined) byReason.set(reason, [node]);
      else nodes.push(node);
    }
    return byReason;
  }
}
