import pino from "pino";

/**
 * Lines are JSON; never a name, an address or an e-mail (docs/personal-data.md).
 * @param to default: standard output
 */
export const createLog = (level: string, to?: { write(line: string): void }) =>
  pino(
    {
      level,
      base: null,
      redact: ["accessToken", "refreshToken", "*.accessToken", "*.refreshToken", "email", "*.email"],
    },
    ...(to ? [to] : []),
  );

export const log = createLog(process.env.LOG_LEVEL ?? (process.env.NODE_ENV === "test" ? "silent" : "info"));

export type Log = Pick<typeof log, "debug" | "info" | "warn" | "error">;
