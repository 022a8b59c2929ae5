import type { Context } from "~/context.server";
import { isId } from "~/contracts/ids";
import type { Leaving, Prisma } from "~/generated/prisma/client";
import { append } from "~/history/history.server";

import type { Preview, Problem, Receipt } from "./actions";
import { recordConsent } from "./consent.server";
import { departing } from "./departing.server";
import { BEGINS_WITH, BEGINS_WITHIN_DAYS, isHeldOut } from "./hold-out";
import { keptOffer, LONGEST_COMMENT, ownReasonsOf, rulesOf, USUAL_REASONS } from "./leaving";
import type { KeptOffer, LeavingStart, LeavingStep, Reason, ReasonChoice } from "./leaving";
import { isProblem, leavable, SAME_LEAVING_MS, wordsOf } from "./leavable.server";
import type { LeavingWords } from "./leaving-words";
import { carryOutOffer, firstPossible, readyToShow } from "./offers.server";
import type { ReadyOffer, Subject } from "./offers.server";
import { problem } from "./problem";
import { portalSettings } from "./settings.server";
import type { PortalSettingsView } from "./settings";
import type { Shopper } from "./shopper";
import { wayOut } from "./way-out";

export { cancelSubscription, previewCancel } from "./cancelling.server";

/**
 * Leaving: a reason if the shopper gives one, at most one offer, and the way out at every step. Nothing here holds a
 * shopper up: an offer that can't be reckoned is not made.
 */

const DAY_MS = 86_400_000;
/** Whoever has taken an offer is not asked again so soon: leaving is what they want. */
const OFFERED_AGAIN_AFTER_MS = 90 * DAY_MS;

function reasonsOf(settings: PortalSettingsView, { t, locale }: LeavingWords): ReasonChoice[] {
  const usual = USUAL_REASONS.map((key) => ({ key, label: t(`reason.${key}`) }));
  const own = ownReasonsOf(settings.reasons).map((reason) => ({ key: reason.key, label: reason[locale] }));
  // "Something else" stays last.
  return [...usual.slice(0, -1), ...own, ...usual.slice(-1)];
}

/** The shopper wants to leave: which reasons there are. The same leaving while it is open. @param id of the subscription */
export async function startLeaving(ctx: Context, shopper: Shopper, id: string): Promise<LeavingStart | Problem> {
  const subject = await leavable(ctx, shopper, id);
  if (isProblem(subject)) return subject;
  const { shop } = shopper;
  const now = ctx.clock.now();
  const words = wordsOf(shopper);
  const { t } = words;
  const leaving = await ctx.db.$transaction(async (tx) => {
    // Two tabs that begin at once have one leaving.
    await tx.$queryRaw`SELECT 1 FROM "SubscriptionContract" WHERE id = ${id}::uuid FOR UPDATE`;
    const open = await tx.leaving.findFirst({
      where: {
        shopId: shop.id,
        contractId: id,
        outcome: "OPEN",
        startedAt: { gt: new Date(now.getTime() - SAME_LEAVING_MS) },
      },
      orderBy: { startedAt: "desc" },
    });
    return (
      open ??
      (await tx.leaving.create({ data: { id: ctx.ids.next(), shopId: shop.id, contractId: id, startedAt: now } }))
    );
  });
  return {
    ok: true,
    leaving: leaving.id,
    title: t("start.title"),
    lead: t("start.lead", { shop: shop.name }),
    reasonsLabel: t("start.reasonsLabel"),
    reasons: reasonsOf(await portalSettings(ctx, shop), words),
    commentLabel: t("start.commentLabel"),
    continueLabel: t("start.continue"),
    way: wayOut(words, subject.facts),
  };
}

/** The shopper's own leaving, with its subscription. */
async function ownLeaving(
  ctx: Context,
  shopper: Shopper,
  leavingId: string,
): Promise<{ leaving: Leaving; subject: Subject } | null> {
  if (!isId(leavingId)) return null;
  const leaving = await ctx.db.leaving.findFirst({ where: { id: leavingId, shopId: shopper.shop.id } });
  const subject = leaving && (await departing(ctx, shopper, leaving.contractId));
  return leaving && subject ? { leaving, subject } : null;
}

/** Why, if the shopper says so; with at most one offer that fits, and never another one for another reason. */
export async function giveReason(
  ctx: Context,
  shopper: Shopper,
  leavingId: string,
  reason: Reason | null,
  comment: string,
): Promise<LeavingStep | Problem> {
  const found = await ownLeaving(ctx, shopper, leavingId);
  if (!found) return problem(shopper, "NOT_FOUND");
  const { leaving } = found;
  const subject = await leavable(ctx, shopper, leaving.contractId);
  if (isProblem(subject)) return subject;
  if (leaving.outcome !== "OPEN") return problem(shopper, "EXPIRED");

  const words = wordsOf(shopper);
  const settings = await portalSettings(ctx, shopper.shop);
  const known = reason !== null && reasonsOf(settings, words).some(({ key }) => key === reason) ? reason : null;
  const ready = known === null ? null : await offerFor(ctx, shopper, leaving, subject, settings, known);
  const heldOut = leaving.offer === null ? ready !== null && (await holdsOut(ctx, shopper, leaving)) : leaving.heldOut;
  await ctx.db.leaving.updateMany({
    where: { id: leavingId, outcome: "OPEN" },
    data: {
      reason: known,
      comment: comment.trim().slice(0, LONGEST_COMMENT) || null,
      ...(ready ? { offer: ready.kept as Prisma.InputJsonObject, heldOut } : {}),
    },
  });
  return {
    ok: true,
    leaving: leavingId,
    offer: ready && !heldOut ? ready.offer : null,
    way: wayOut(words, subject.facts),
  };
}

async function offerFor(
  ctx: Context,
  shopper: Shopper,
  leaving: Leaving,
  subject: Subject,
  settings: PortalSettingsView,
  reason: Reason,
): Promise<ReadyOffer | null> {
  const kept = keptOffer.safeParse(leaving.offer);
  if (kept.success) return readyToShow(ctx, shopper, subject, kept.data.planned);
  const accepted = await ctx.db.leaving.count({
    where: {
      contractId: leaving.contractId,
      outcome: "ACCEPTED",
      decidedAt: { gt: new Date(ctx.clock.now().getTime() - OFFERED_AGAIN_AFTER_MS) },
    },
  });
  if (accepted > 0) return null;
  const rules = rulesOf(settings.offers).filter((rule) => rule.reason === reason);
  return firstPossible(ctx, shopper, subject, rules);
}

/** Whether this one sees no offer, so that it can be told what offers are worth (hold-out.ts). */
async function holdsOut(ctx: Context, { shop }: Shopper, leaving: Leaving): Promise<boolean> {
  if (!isHeldOut(leaving.contractId)) return false;
  const since = new Date(ctx.clock.now().getTime() - BEGINS_WITHIN_DAYS * DAY_MS);
  const [row] = await ctx.db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM "Leaving"
    WHERE "shopId" = ${shop.id}::uuid AND "startedAt" > ${since} AND offer IS NOT NULL`;
  return Number(row?.count ?? 0) >= BEGINS_WITH;
}

/** Carries out the offer that was shown. A second click says the same and does nothing more. */
export async function acceptOffer(
  ctx: Context,
  shopper: Shopper,
  leavingId: string,
  { queue = false }: { queue?: boolean } = {},
): Promise<Receipt | Problem> {
  const found = await ownLeaving(ctx, shopper, leavingId);
  const kept = keptOffer.safeParse(found?.leaving.offer);
  if (!found || !kept.success || found.leaving.heldOut) return problem(shopper, "NOT_FOUND");
  const { leaving, subject } = found;
  const words = wordsOf(shopper);
  if (leaving.outcome === "ACCEPTED") {
    return acceptedReceipt(words, kept.data, leaving.decidedAt ?? ctx.clock.now(), false);
  }
  const { status } = subject.facts;
  if (status === "CANCELLED" || status === "EXPIRED") return problem(shopper, "ALREADY_ENDED");

  // What is not as it was shown is shown again first: price, date and plan are part of the yes.
  const again = await readyToShow(ctx, shopper, subject, kept.data.planned);
  if (!again) return problem(shopper, "NOT_OFFERED");
  if (again.kept.shown.revisionId !== kept.data.shown.revisionId || !sameAmount(again.kept, kept.data)) {
    return problem(shopper, "STALE");
  }
  const done = await carryOutOffer(ctx, shopper, leaving.contractId, kept.data, queue);
  if (!done.ok) return problem(shopper, done.problem, { canQueue: done.canQueue });

  const at = ctx.clock.now();
  const { planned, shown } = kept.data;
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.leaving.updateMany({
      where: { id: leavingId, outcome: "OPEN" },
      data: { outcome: "ACCEPTED", decidedAt: at },
    });
    if (count === 0) return;
    await append(ctx, tx, {
      shopId: shopper.shop.id,
      contractId: leaving.contractId,
      type: "leaving.offer-accepted",
      actor: "shopper",
      data: { reason: leaving.reason, offer: planned.kind },
    });
    // What changes the agreement, or its price, is a new yes.
    if (shown.amount === null) return;
    await recordConsent(ctx, tx, shopper.shop, leaving.contractId, {
      source: "OFFER",
      locale: shopper.locale,
      text: shown.consent,
      terms: { offer: planned, amount: shown.amount },
    });
  });
  return acceptedReceipt(words, kept.data, at, done.queued);
}

const sameAmount = (one: KeptOffer, other: KeptOffer): boolean =>
  one.shown.amount?.amount === other.shown.amount?.amount &&
  one.shown.amount?.currencyCode === other.shown.amount?.currencyCode;

function acceptedReceipt({ t }: LeavingWords, { planned, shown }: KeptOffer, at: Date, queued: boolean): Receipt {
  const undo: Receipt["undo"] =
    planned.kind === "PAUSE"
      ? { label: t("offer.undoPause"), action: { kind: "resume" } }
      : planned.kind === "SKIP"
        ? { label: t("offer.undoSkip"), action: { kind: "unskip", cycle: planned.cycle } }
        : null;
  return {
    ok: true,
    title: t(queued ? "offer.queuedTitle" : "offer.receiptTitle"),
    text: queued ? [t("offer.queued"), ...shown.receipt] : shown.receipt,
    at: at.toISOString(),
    queued,
    undo,
  };
}

/** What accepting the offer would mean, for those who come to it by its action. */
export async function previewOffer(ctx: Context, shopper: Shopper, leavingId: string): Promise<Preview | Problem> {
  const found = await ownLeaving(ctx, shopper, leavingId);
  const kept = keptOffer.safeParse(found?.leaving.offer);
  if (!found || !kept.success || found.leaving.heldOut) return problem(shopper, "NOT_FOUND");
  if (found.leaving.outcome !== "OPEN") return problem(shopper, "EXPIRED");
  const ready = await readyToShow(ctx, shopper, found.subject, kept.data.planned);
  if (!ready) return problem(shopper, "NOT_OFFERED");
  // From here on this is what was shown.
  await ctx.db.leaving.updateMany({
    where: { id: leavingId, outcome: "OPEN" },
    data: { offer: ready.kept as Prisma.InputJsonObject },
  });
  const { title, text, acceptLabel, consent } = ready.offer;
  return {
    ok: true,
    action: { kind: "accept-offer", leaving: leavingId },
    title,
    effect: text,
    confirmLabel: acceptLabel,
    seen: found.subject.row.revisionId,
    consent: ready.kept.shown.amount === null ? null : consent,
  };
}
