import { config } from "~/lib/config.server";
import { systemClock } from "~/lib/clock";
import type { Clock } from "~/lib/clock";
import { signatures } from "~/shopify/signatures.server";
import type { Signatures } from "~/shopify/signatures.server";

import {
  createRateLimit,
  MINUTE_MS,
  READS_PER_MINUTE,
  REQUESTS_PER_TEN_MINUTES,
  WRITES_PER_MINUTE,
} from "./rate-limit";
import type { RateLimit } from "./rate-limit";

/** What the portal in the storefront is given by the process. */
export interface PortalProxy {
  signatures: Signatures;
  /** TOKEN_ENCRYPTION_KEY; the forms' and the sessions' keys are derived from it. */
  secret: string;
  /** Real time, for tokens and rate limits. */
  realClock: Clock;
  /** Of a shopper, or of an address that nobody has signed in from. */
  reads: RateLimit;
  /** What changes something. */
  writes: RateLimit;
  /** What an address may ask for without signing in that sends e-mails. */
  doors: RateLimit;
}

let ofThisProcess: PortalProxy | undefined;

/** Settings of this process, in which the rate limits count. */
export function portalProxy(): PortalProxy {
  ofThisProcess ??= {
    signatures: signatures(),
    secret: config().TOKEN_ENCRYPTION_KEY,
    realClock: systemClock,
    reads: createRateLimit(READS_PER_MINUTE, systemClock),
    writes: createRateLimit(WRITES_PER_MINUTE, systemClock),
    doors: createRateLimit(REQUESTS_PER_TEN_MINUTES, systemClock, 10 * MINUTE_MS),
  };
  return ofThisProcess;
}
