import { createHash } from "node:crypto";

/** As much as tells two states apart; it is no secret and guards nothing. */
const LENGTH = 22;

/** A short name of a value: the same for the same value, another for another. */
export const digestOf = (value: unknown): string =>
  createHash("sha256").update(JSON.stringify(value)).digest("base64url").slice(0, LENGTH);
