/** What browsers are sent, made of `src/page` when the program is built. */
declare module "disbatch:page" {
  export const FILES: readonly {
    /** `index.html`, `page.js`, `page.css`, `favicon.svg`. */
    readonly name: string;
    /** Media type. */
    readonly type: string;
    /** Tells its contents apart. */
    readonly tag: string;
    /** Its compressed bytes, in Base64. */
    readonly gzip: string;
  }[];
}
