/** The program of Bun for this platform; undefined when it is not installed. */
export function findBun(): string | undefined;
