/** When a run is to end before all is done: at so many tasks, or such a part of all, that have failed, succeeded, or ended at all. */
export interface HaltPolicy {
  /** `soon`: nothing more is started. `now`: what runs is ended, too. */
  readonly when: "soon" | "now";
  readonly on: "fail" | "success" | "done";
  /** Tasks, or percent of all tasks of the run. */
  readonly count: number;
  readonly isPercent: boolean;
}

/** The policy of `--fail-fast`. */
export const FAIL_FAST: HaltPolicy = { when: "now", on: "fail", count: 1, isPercent: false };

const POLICY = /^(soon|now),(fail|success|done)=([0-9]{1,15})(%?)$/;
const ALL = 100;

/** Reads a policy as GNU parallel words it: `soon,fail=3`, `now,success=1`, `soon,done=10%`. Undefined for anything else. */
export function readHaltPolicy(text: string): HaltPolicy | undefined {
  const [, when, on, number, percent] = POLICY.exec(text) ?? [];
  const count = Number(number);
  const isPercent = percent === "%";
  if (when === undefined || !isWhen(when) || !isCause(on) || count < 1 || (isPercent && count > ALL)) return undefined;
  return { when, on, count, isPercent };
}

/** The policy in the words that `readHaltPolicy` reads. */
export function formatHaltPolicy({ when, on, count, isPercent }: HaltPolicy): string {
  return `${when},${on}=${count}${isPercent ? "%" : ""}`;
}

function isWhen(text: string): text is HaltPolicy["when"] {
  return text === "soon" || text === "now";
}

function isCause(text: string | undefined): text is HaltPolicy["on"] {
  return text === "fail" || text === "success" || text === "done";
}
