/** The version in package.json; the build puts it in. */
export const VERSION: string = process.env["DISBATCH_VERSION"] ?? "development";
