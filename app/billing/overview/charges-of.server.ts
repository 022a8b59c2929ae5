import type { Context } from "~/context.server";
import type { BillingCycle, Prisma, Shop } from "~/generated/prisma/client";
import { money } from "~/money/money";
import { nextAmountOf } from "~/money/next-amount";
import type { Money } from "~/money/money";

import { dunningSettings } from "../charge";
import type { DunningSettings } from "../dunning";
import { HOLDING_STATES } from "../engine";
import { missingOf } from "./missing.server";
import { resolutionsOf } from "../resolutions";
import { settingsOf } from "../settings/settings";
import { planOf, standingOf } from "./standing";
import type { ChargeDetail, ContractBilling } from "./views";

const chargeInclude = {
  attempts: { orderBy: { number: "asc" } },
  cycle: { select: { expectedAt: true } },
} as const satisfies Prisma.ChargeInclude;

type ChargeRow = Prisma.ChargeGetPayload<{ include: typeof chargeInclude }>;

/**
 * The money side of one contract: its ledger with every attempt and what dunning has ahead, and what can be ordered now.
 * @param contractId ours
 * @returns null if the shop has no such contract
 */
export async function billingOf(ctx: Context, shop: Shop, contractId: string): Promise<ContractBilling | null> {
  const contract = await ctx.db.subscriptionContract.findFirst({
    where: { shopId: shop.id, id: contractId },
    include: {
      lines: { orderBy: { position: "asc" } },
      charges: { include: chargeInclude, orderBy: { cycleIndex: "desc" } },
      cycles: { where: { outcome: null, claimed: false }, orderBy: { cycleIndex: "asc" }, take: 1 },
    },
  });
  if (!contract) return null;
  const settings = dunningSettings(settingsOf(shop));
  const amountNow = nextAmountOf(contract).total;
  const [next = null] = contract.cycles;
  const free = contract.status === "ACTIVE" && contract.goneAt === null;
  const held = contract.charges.some(({ state }) => HOLDING_STATES.includes(state));
  return {
    charges: contract.charges.map((charge) => detail(charge, amountNow, settings)),
    dunningEnd: shop.dunningEnd,
    dunningPausedAt: contract.dunningPausedAt?.toISOString() ?? null,
    wait: next && free ? await waitOf(ctx, shop, next) : null,
    // The period of the next order must have begun: the one before is paid.
    orderNow:
      next && free && !held && next.startAt <= ctx.clock.now()
        ? { expectedAt: next.expectedAt.toISOString(), amount: amountNow }
        : null,
  };
}

async function waitOf(ctx: Context, shop: Shop, cycle: BillingCycle): Promise<ContractBilling["wait"]> {
  if (cycle.waitReason === null) return null;
  const missing = cycle.waitReason === "STOCK" ? await missingOf(ctx, shop, [cycle]) : null;
  return {
    expectedAt: cycle.expectedAt.toISOString(),
    reason: cycle.waitReason,
    since: (cycle.waitSince ?? cycle.dueAt).toISOString(),
    until: cycle.dueAt.toISOString(),
    missing: missing?.get(cycle.contractId) ?? [],
  };
}

function detail(charge: ChargeRow, amountNow: Money, settings: DunningSettings): ChargeDetail {
  const { id, cycleIndex, state, orderId, orderName, errorCode, parkedReason, skippedReason, imported } = charge;
  const inCurrency = (amount: ChargeRow["paidAmount"]) => (amount === null ? null : money(amount, charge.currencyCode));
  return {
    id,
    cycleIndex,
    expectedAt: charge.cycle.expectedAt.toISOString(),
    state,
    expectedAmount: money(charge.expectedAmount, charge.currencyCode),
    amountNow,
    paidAmount: inCurrency(charge.paidAmount),
    differsBy: inCurrency(charge.differsBy),
    orderId,
    orderName,
    paidAt: charge.paidAt?.toISOString() ?? null,
    errorCode,
    parkedReason,
    skippedReason,
    imported,
    standing: standingOf(charge, charge.attempts.length, settings),
    plan: planOf(charge, settings).map((at) => at.toISOString()),
    resolutions: state === "PARKED" ? resolutionsOf(parkedReason) : [],
    attempts: charge.attempts.map((attempt) => ({
      id: attempt.id,
      number: attempt.number,
      state: attempt.state,
      errorCode: attempt.errorCode,
      errorMessage: attempt.errorMessage,
      orderId: attempt.orderId,
      orderName: attempt.orderName,
      createdAt: attempt.createdAt.toISOString(),
      completedAt: attempt.completedAt?.toISOString() ?? null,
    })),
  };
}
