/** How much goes into the logs of driver and engines, the most severe first; the words of disBatch 3. */
export const LOG_LEVELS = ["CRITICAL", "ERROR", "WARNING", "INFO", "DEBUG"] as const;

export type LogLevel = (typeof LOG_LEVELS)[number];

/** What the logs are written for: people, or programs. */
export const LOG_FORMATS = ["text", "json"] as const;

export type LogFormat = (typeof LOG_FORMATS)[number];

/** Which lines a log takes, and what they look like. */
export interface LogStyle {
  /** Lines that are less severe are left out. */
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}
