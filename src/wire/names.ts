/** The name in the driver's certificate; whoever calls asks for it, whatever address it dials. */
export const DRIVER_NAME = "driver.disbatch.internal";

/** What a caller may do is in its certificate: an engine runs tasks, a controller adds and takes away engines. */
export const CALLER_NAMES = { engine: "engine.disbatch.internal", controller: "controller.disbatch.internal" } as const;

export type CallerRole = keyof typeof CALLER_NAMES;
