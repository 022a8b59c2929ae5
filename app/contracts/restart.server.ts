import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import type { Actor } from "~/history/events";
import type { Money } from "~/money/money";

import type { NotActed } from "./acting.server";
import type { Terms } from "./edit";

export type RestartProblem =
  /** Only a cancelled or expired one is restarted. */
  | { outcome: "NOT_ENDED" }
  | { outcome: "NO_PAYMENT_METHOD" }
  /** Its products or its plan are not sold any more. */
  | { outcome: "NOT_OFFERED" }
  | Extract<NotActed, { outcome: "NOT_FOUND" | "SHOPIFY_UNAVAILABLE" | "REFUSED" }>;

export type RestartQuote =
  | {
      outcome: "QUOTED";
      /** At today's prices; `nextBillingAt` is the first order's date, as expected. */
      terms: Terms;
      minCycles: number | null;
      maxCycles: number | null;
      paymentMethodLabel: string | null;
    }
  | { outcome: "RESTARTED_ALREADY"; contractId: string }
  | RestartProblem;

export type RestartOutcome =
  /** Ours; also of the contract that an earlier click has made. */
  { outcome: "RESTARTED"; contractId: string; nextBillingAt: string | null; amount: Money } | RestartProblem;

export interface RestartOptions {
  actor: Actor;
  /** Keeps what was agreed to, in the transaction that tells the new contract's origin. */
  consent(tx: Tx, contractId: string): Promise<void>;
}

/** What a restarted subscription would be: the same lines, plan and address at today's prices. */
export function quoteRestart(ctx: Context, shop: Shop, contractId: string): Promise<RestartQuote> {
  throw new Error(`Not built yet: ${ctx.ids.next()} ${shop.id} ${contractId}`);
}

/** Makes a new contract of an ended one. A double click makes one. */
export function restartContract(
  ctx: Context,
  shop: Shop,
  contractId: string,
  options: RestartOptions,
): Promise<RestartOutcome> {
  throw new Error(`Not built yet: ${ctx.ids.next()} ${shop.id} ${contractId} ${options.actor}`);
}
