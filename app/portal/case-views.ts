import type { CaseKind, CaseState } from "~/generated/prisma/enums";

/** Shapes that the pages of declarations read. Plain JSON: instants are ISO 8601 in UTC. */

export interface CaseView {
  id: string;
  kind: CaseKind;
  state: CaseState;
  name: string;
  email: string;
  reference: string;
  message: string;
  /** Of a termination: "AS_SOON_AS_POSSIBLE" or a day, "2026-12-24". */
  endsOn: string | null;
  contractId: string | null;
  note: string;
  receivedAt: string;
  settledAt: string | null;
  receiptSentAt: string | null;
}

export interface CasePage {
  items: CaseView[];
  total: number;
  /** Of all that are open, whatever the filter. */
  open: number;
  /** From 1. */
  page: number;
  pageSize: number;
}

/** Longest note that a merchant writes, in characters. */
export const LONGEST_NOTE = 2000;

export type SettleOutcome =
  | { outcome: "DONE"; cancelled: boolean }
  | { outcome: "NOT_FOUND" }
  | { outcome: "ALREADY_SETTLED" }
  /** The subscription could not be ended, so nothing was settled. */
  | { outcome: "NOT_CANCELLED"; why: "RENEWAL_RUNNING" | "SHOPIFY_UNAVAILABLE" | "REFUSED" | "NO_SUBSCRIPTION" };
