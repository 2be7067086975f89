/** Values of an axis that one run had and another had not. */
export interface ValueChanges {
  readonly axis: string;
  readonly added: readonly string[];
  readonly removed: readonly string[];
}

/** Values of an axis, by its name. */
type Values = ReadonlyMap<string, readonly string[]>;

/** What generators have printed in one run and not in another; axes without a difference are left out. */
export function valueChanges(before: Values, after: Values): readonly ValueChanges[] {
  const axes = [...new Set([...after.keys(), ...before.keys()])];
  return axes.flatMap((axis) => {
    const [was, is] = [before.get(axis) ?? [], after.get(axis) ?? []];
    const [old, now] = [new Set(was), new Set(is)];
    const added = is.filter((value) => !old.has(value));
    const removed = was.filter((value) => !now.has(value));
    return added.length + removed.length === 0 ? [] : [{ axis, added, removed }];
  });
}
