import type { Context } from "~/context.server";
import { isId } from "~/contracts/ids";
import { cancelContract } from "~/contracts/status.server";
import { append } from "~/history/history.server";

import type { Preview, Problem, Receipt } from "./actions";
import { departing } from "./departing.server";
import { isProblem, leavable, SAME_LEAVING_MS, wordsOf } from "./leavable.server";
import { keptOffer } from "./leaving";
import type { LeavingWords } from "./leaving-words";
import type { Subject } from "./offers.server";
import { problem } from "./problem";
import type { Shopper } from "./shopper";
import { cancelledText, stillOwed, wayOut } from "./way-out";

/** What ending it would mean; nothing is changed. */
export async function previewCancel(
  ctx: Context,
  shopper: Shopper,
  id: string,
  leavingId: string | null,
): Promise<Preview | Problem> {
  const subject = await leavable(ctx, shopper, id);
  if (isProblem(subject)) return subject;
  const { title, effect, confirmLabel } = wayOut(wordsOf(shopper), subject.facts);
  return {
    ok: true,
    action: { kind: "cancel", leaving: leavingId },
    title,
    effect,
    confirmLabel,
    seen: subject.row.revisionId,
    consent: null,
  };
}

/**
 * Ends the subscription for good, and says what is still owed or delivered. Nothing is asked for that could hold it up:
 * a leaving that is not there, or not the shopper's, counts as none.
 */
export async function cancelSubscription(
  ctx: Context,
  shopper: Shopper,
  id: string,
  leavingId: string | null,
  { queue = false }: { queue?: boolean } = {},
): Promise<Receipt | Problem> {
  const words = wordsOf(shopper);
  const { t, list, date } = words;
  const ended = await departing(ctx, shopper, id);
  // A second click: it is as the shopper wanted it.
  if (ended?.facts.status === "CANCELLED") {
    return cancelReceipt(ctx, words, [t("cancelled.already", { what: list(ended.facts.what) }), t("cancelled.again")]);
  }
  const subject = await leavable(ctx, shopper, id);
  if (isProblem(subject)) return subject;
  const { facts } = subject;
  const result = await cancelContract(ctx, shopper.shop, id, "shopper");
  switch (result.outcome) {
    case "CANCELLED":
      await noteCancelled(ctx, shopper, id, leavingId);
      return cancelReceipt(ctx, words, cancelledText(words, facts, ctx.clock.now().toISOString()));
    case "RENEWAL_RUNNING": {
      if (queue) return queueCancel(ctx, shopper, subject, leavingId);
      const expectedAt = (facts.running ?? facts.failing)?.expectedAt ?? facts.next?.dueAt ?? null;
      return problem(shopper, "RENEWAL_RUNNING", {
        ...(expectedAt === null
          ? {}
          : { text: [t("running.text", { date: date(expectedAt) }), t("running.queue"), ...stillOwed(words, facts)] }),
        canQueue: true,
      });
    }
    case "PAUSED":
    case "RESUMED":
      throw new Error(`Asked to cancel, got ${result.outcome}`);
    default:
      return problem(shopper, result.outcome);
  }
}

function cancelReceipt(ctx: Context, { t }: LeavingWords, text: string[]): Receipt {
  return {
    ok: true,
    title: t("cancelled.title"),
    text,
    at: ctx.clock.now().toISOString(),
    queued: false,
    undo: null,
  };
}

/** Notes what became of the leaving; one without a page of reasons before it is noted too, so that the figures are whole. */
async function noteCancelled(
  ctx: Context,
  { shop }: Pick<Shopper, "shop">,
  contractId: string,
  leavingId: string | null,
): Promise<void> {
  const at = ctx.clock.now();
  await ctx.db.$transaction(async (tx) => {
    const open = { shopId: shop.id, contractId, outcome: "OPEN" } as const;
    const leaving =
      leavingId !== null && isId(leavingId)
        ? await tx.leaving.findFirst({ where: { id: leavingId, shopId: shop.id, contractId } })
        : await tx.leaving.findFirst({
            where: { ...open, startedAt: { gt: new Date(at.getTime() - SAME_LEAVING_MS) } },
            orderBy: { startedAt: "desc" },
          });
    const decided = { outcome: "CANCELLED", decidedAt: at } as const;
    if (leaving) await tx.leaving.updateMany({ where: { id: leaving.id, outcome: "OPEN" }, data: decided });
    else {
      await tx.leaving.create({ data: { id: ctx.ids.next(), shopId: shop.id, contractId, startedAt: at, ...decided } });
    }
    const kept = keptOffer.safeParse(leaving?.offer);
    await append(ctx, tx, {
      shopId: shop.id,
      contractId,
      type: "leaving.cancelled",
      actor: "shopper",
      data: {
        reason: leaving?.reason ?? null,
        offered: kept.success && leaving?.heldOut === false ? kept.data.planned.kind : null,
      },
    });
  });
}

/** Ends it as soon as the charge that runs has an outcome (`cancelQueued`). */
async function queueCancel(
  ctx: Context,
  shopper: Shopper,
  { facts }: Subject,
  leavingId: string | null,
): Promise<Receipt> {
  const { t } = wordsOf(shopper);
  const { shop, customerId } = shopper;
  await ctx.jobs.put(
    ctx.db,
    "portal.cancel",
    { shopId: shop.id, customerId, contractId: facts.id, leavingId },
    { key: facts.id, startAfter: new Date(ctx.clock.now().getTime() + LOOK_AGAIN_MS) },
  );
  return {
    ok: true,
    title: t("cancelled.queuedTitle"),
    text: [t("cancelled.queued"), t("cancelled.queuedPaid")],
    at: ctx.clock.now().toISOString(),
    queued: true,
    undo: null,
  };
}

/** A charge takes seconds to minutes. */
const LOOK_AGAIN_MS = 60_000;

/**
 * Handler of portal.cancel: ends a subscription that was to end while it was being charged. Puts itself off while the
 * charge runs.
 * @throws when Shopify can't be reached: the job is tried again
 */
export async function cancelQueued(
  ctx: Context,
  job: { shopId: string; customerId: string; contractId: string; leavingId: string | null },
): Promise<void> {
  const shop = await ctx.db.shop.findUnique({ where: { id: job.shopId } });
  if (shop?.status !== "ACTIVE") return;
  const subject = await departing(ctx, { shop, customerId: job.customerId }, job.contractId);
  if (!subject) return;
  const result = await cancelContract(ctx, shop, job.contractId, "shopper");
  if (result.outcome === "RENEWAL_RUNNING") {
    const startAfter = new Date(ctx.clock.now().getTime() + LOOK_AGAIN_MS);
    await ctx.jobs.put(ctx.db, "portal.cancel", job, { key: job.contractId, startAfter });
    return;
  }
  if (result.outcome === "SHOPIFY_UNAVAILABLE" || result.outcome === "REFUSED") {
    throw new Error(`The subscription could not be cancelled: ${result.outcome}`);
  }
  if (result.outcome === "CANCELLED") await noteCancelled(ctx, { shop }, job.contractId, job.leavingId);
}
