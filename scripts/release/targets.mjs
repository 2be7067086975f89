// The platforms that an executable is made for.
//
// Bun's program for x86-64 needs no AVX2: it is made for processors with SSE4.2 (since 2008), and looks at what else there is when
// it starts. So there is no archive for older processors: Bun's packages "baseline" have the same program in them.

/** By name: the name for Bun, and the package that Bun's program is in. */
export const TARGETS = {
  x64: { bun: "bun-linux-x64", runtime: "@oven/bun-linux-x64" },
  arm64: { bun: "bun-linux-arm64", runtime: "@oven/bun-linux-aarch64" },
  "x64-musl": { bun: "bun-linux-x64-musl", runtime: "@oven/bun-linux-x64-musl" },
  "arm64-musl": { bun: "bun-linux-arm64-musl", runtime: "@oven/bun-linux-aarch64-musl" },
};
