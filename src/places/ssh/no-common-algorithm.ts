/** The ssh2 library and a host have no algorithm in common: OpenSSH's client may know more. */
export class NoCommonAlgorithm extends Error {}
