/** What a table is sorted by. */
export interface Sort {
  readonly by: string;
  readonly descending: boolean;
}

/** A sort as it stands in an address: `failed` from the smallest, `-failed` from the largest. */
export function sortOf(text: string | null, otherwise: Sort): Sort {
  if (text === null || text === "") return otherwise;
  return text.startsWith("-") ? { by: text.slice(1), descending: true } : { by: text, descending: false };
}

export function sortText({ by, descending }: Sort): string {
  return descending ? `-${by}` : by;
}

/** The sort once the head of a column was pressed: another column from its telling end, the same one the other way round. */
export function sortPressed({ by, descending }: Sort, pressed: string, fromLargest: boolean): Sort {
  return by === pressed ? { by, descending: !descending } : { by: pressed, descending: fromLargest };
}
