import pino from "pino";

/** Lines are JSON on standard output; never a name, an address or an e-mail (docs/personal-data.md). */
export const log = pino({
  level: process.env.LOG_LEVEL ?? (process.env.NODE_ENV === "test" ? "silent" : "info"),
  base: null,
  redact: ["accessToken", "refreshToken", "*.accessToken", "*.refreshToken", "email", "*.email"],
});

export type Log = Pick<typeof log, "debug" | "info" | "warn" | "error">;
