/** Makes the page. */
export function makePage(): Promise<{
  readonly files: readonly {
    readonly name: string;
    readonly type: string;
    readonly tag: string;
    readonly gzip: string;
  }[];
}>;
