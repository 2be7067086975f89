/** What tasks can be bound to. */
export const BINDINGS = ["cores"] as const;
export type Binding = (typeof BINDINGS)[number];
