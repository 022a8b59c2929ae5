import type { Context } from "~/context.server";
import { ENDING } from "~/contracts/edit";
import { isId } from "~/contracts/ids";
import { queueEdits } from "~/contracts/queued-edits.server";
import { cancelContract } from "~/contracts/status.server";
import type { Tx } from "~/db.server";
import { append } from "~/history/history.server";
import type { Job } from "~/jobs/queues";

import type { Preview, Problem, Receipt } from "./actions";
import { departing } from "./departing.server";
import { isProblem, leavable, SAME_LEAVING_MS, wordsOf } from "./leavable.server";
import { keptOffer } from "./leaving";
import type { LeavingWords } from "./leaving-words";
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
      await noteCancelled(ctx, shopper.shop.id, id, leavingId);
      return cancelReceipt(ctx, words, cancelledText(words, facts, ctx.clock.now().toISOString()));
    case "RENEWAL_RUNNING": {
      const waits = await endWaits(ctx, id);
      if (queue && !waits) {
        await beginLeaving(ctx, shopper.shop.id, id, leavingId);
        await queueEdits(ctx, shopper.shop, id, ENDING, "shopper");
      }
      if (queue || waits) return waitingReceipt(ctx, words);
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

/**
 * Handler of portal.left: counts a leaving when the contract has ended, as an end that waited for a renewal may fail.
 * One that ended at once is counted already.
 */
export async function noteLeft(ctx: Context, { shopId, contractId }: Job<"portal.left">): Promise<void> {
  const newest = { orderBy: { startedAt: "desc" } } as const;
  const leaving = (await endHasWaited(ctx, contractId))
    ? await ctx.db.leaving.findFirst({ where: { shopId, contractId, outcome: "OPEN" }, ...newest })
    : null;
  await noteCancelled(ctx, shopId, contractId, leaving?.id ?? null);
}

/** The leaving that an end which has to wait belongs to is there from then on, also without a page of reasons before it. */
async function beginLeaving(ctx: Context, shopId: string, contractId: string, leavingId: string | null): Promise<void> {
  const startedAt = ctx.clock.now();
  await ctx.db.$transaction(async (tx) => {
    await lock(tx, contractId);
    if (await leavingOf(tx, shopId, contractId, leavingId, startedAt)) return;
    await tx.leaving.create({ data: { id: ctx.ids.next(), shopId, contractId, startedAt } });
  });
}

const lock = (tx: Tx, contractId: string) =>
  tx.$queryRaw`SELECT 1 FROM "SubscriptionContract" WHERE id = ${contractId}::uuid FOR UPDATE`;

/** The open one that the shopper's page names, else the one that they have begun lately. */
async function leavingOf(tx: Tx, shopId: string, contractId: string, leavingId: string | null, now: Date) {
  const open = { shopId, contractId, outcome: "OPEN" } as const;
  const named = leavingId !== null && isId(leavingId) ? { where: { ...open, id: leavingId } } : null;
  return (
    (named && (await tx.leaving.findFirst(named))) ??
    tx.leaving.findFirst({
      where: { ...open, startedAt: { gt: new Date(now.getTime() - SAME_LEAVING_MS) } },
      orderBy: { startedAt: "desc" },
    })
  );
}

/** Notes what became of the leaving; one without a page of reasons before it is noted too, so that the figures are whole. */
async function noteCancelled(
  ctx: Context,
  shopId: string,
  contractId: string,
  leavingId: string | null,
): Promise<void> {
  const at = ctx.clock.now();
  await ctx.db.$transaction(async (tx) => {
    await lock(tx, contractId);
    // A contract ends once: a second click has nothing to add.
    if ((await tx.leaving.count({ where: { contractId, outcome: "CANCELLED" } })) > 0) return;
    const leaving = await leavingOf(tx, shopId, contractId, leavingId, at);
    const decided = { outcome: "CANCELLED", decidedAt: at } as const;
    if (leaving) await tx.leaving.update({ where: { id: leaving.id }, data: decided });
    else {
      await tx.leaving.create({ data: { id: ctx.ids.next(), shopId, contractId, startedAt: at, ...decided } });
    }
    const kept = keptOffer.safeParse(leaving?.offer);
    await append(ctx, tx, {
      shopId,
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

const endWaits = async (ctx: Context, contractId: string): Promise<boolean> =>
  (await ctx.db.queuedEdit.count({ where: { contractId, state: "WAITING", edits: { equals: ENDING } } })) > 0;

const endHasWaited = async (ctx: Context, contractId: string): Promise<boolean> =>
  (await ctx.db.queuedEdit.count({ where: { contractId, edits: { equals: ENDING } } })) > 0;

function waitingReceipt(ctx: Context, { t }: LeavingWords): Receipt {
  return {
    ok: true,
    title: t("cancelled.queuedTitle"),
    text: [t("cancelled.queued"), t("cancelled.queuedPaid")],
    at: ctx.clock.now().toISOString(),
    queued: true,
    undo: null,
  };
}
