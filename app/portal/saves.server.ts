import type { Context } from "~/context.server";
import type { Prisma, Shop } from "~/generated/prisma/client";

import { offersWorth, SAVED_AFTER_DAYS, wilson } from "./hold-out";
import type { Group, Interval, OffersWorth } from "./hold-out";
import { keptOffer, OFFERS } from "./leaving";
import type { OfferKind } from "./leaving";

const DAY_MS = 86_400_000;
/** Rows in a statement. */
const BATCH = 500;

/**
 * Looks whether those who have left, or nearly, still subscribe 30 days later; called once a night for each shop. After
 * a pause that was offered the days count from its end, also for those it was held back from: both groups have the same
 * time to go.
 */
export async function markSaved(ctx: Context, shopId: string): Promise<void> {
  const now = ctx.clock.now();
  const due = { shopId, saved: null, startedAt: { lte: new Date(now.getTime() - SAVED_AFTER_DAYS * DAY_MS) } };
  let after = "";
  for (;;) {
    const rows = await ctx.db.leaving.findMany({
      where: { ...due, ...(after === "" ? {} : { id: { gt: after } }) },
      orderBy: { id: "asc" },
      take: BATCH,
      select: {
        id: true,
        offer: true,
        startedAt: true,
        decidedAt: true,
        contract: { select: { status: true, goneAt: true } },
      },
    });
    const ripe = rows.filter((row) => measuredAt(row) <= now);
    const isSaved = ({ contract }: (typeof rows)[number]) => contract.status === "ACTIVE" && contract.goneAt === null;
    for (const saved of [true, false]) {
      const ids = ripe.filter((row) => isSaved(row) === saved).map(({ id }) => id);
      if (ids.length > 0) await ctx.db.leaving.updateMany({ where: { id: { in: ids }, saved: null }, data: { saved } });
    }
    after = rows.at(-1)?.id ?? "";
    if (rows.length < BATCH) return;
  }
}

/** When it is looked at. A pause is told by its first day, which begins at most half a day from that day's UTC one. */
function measuredAt({
  offer,
  startedAt,
  decidedAt,
}: {
  offer: unknown;
  startedAt: Date;
  decidedAt: Date | null;
}): Date {
  const kept = keptOffer.safeParse(offer);
  const pausedUntil =
    kept.success && kept.data.planned.kind === "PAUSE" ? Date.parse(`${kept.data.planned.until}T12:00:00Z`) : 0;
  return new Date(Math.max((decidedAt ?? startedAt).getTime(), pausedUntil) + SAVED_AFTER_DAYS * DAY_MS);
}

export interface LeavingFigures {
  /** First day that is counted, ISO 8601. */
  since: string;
  started: number;
  cancelled: number;
  accepted: number;
  /** Most frequent first; null: none was given. */
  reasons: { reason: string | null; count: number; cancelled: number; accepted: number }[];
  /** What was offered, and what became of it. */
  offers: {
    kind: OfferKind;
    shown: number;
    accepted: number;
    /** Of the accepted, those whose 30 days are over. */
    ripe: number;
    saved: number;
    share: Interval;
  }[];
  /** Newest comments, without names. */
  comments: { reason: string | null; comment: string; at: string }[];
  /** Everybody whom an offer fitted, and whose 30 days are over: shown it, or held out. */
  offered: Group;
  heldOut: Group;
  worth: OffersWorth;
}

const MOST_COMMENTS = 20;
const YEAR_DAYS = 365;

/** What leaving shoppers tell, and what offers are worth: of the last 365 days. */
export async function leavingFigures(ctx: Context, shop: Pick<Shop, "id">): Promise<LeavingFigures> {
  const since = new Date(ctx.clock.now().getTime() - YEAR_DAYS * DAY_MS);
  const where: Prisma.LeavingWhereInput = { shopId: shop.id, startedAt: { gt: since } };
  const shopId = shop.id;
  const [reasons, offers, comments] = await Promise.all([
    ctx.db.$queryRaw<{ reason: string | null; count: bigint; cancelled: bigint; accepted: bigint }[]>`
      SELECT reason, count(*) AS count,
        count(*) FILTER (WHERE outcome = 'CANCELLED') AS cancelled,
        count(*) FILTER (WHERE outcome = 'ACCEPTED') AS accepted
      FROM "Leaving" WHERE "shopId" = ${shopId}::uuid AND "startedAt" > ${since}
      GROUP BY reason ORDER BY count DESC, reason NULLS LAST`,
    ctx.db.$queryRaw<{ kind: string; heldOut: boolean; outcome: string; ripe: bigint; saved: bigint; count: bigint }[]>`
      SELECT offer->'planned'->>'kind' AS kind, "heldOut", outcome::text AS outcome, count(*) AS count,
        count(saved) AS ripe, count(*) FILTER (WHERE saved) AS saved
      FROM "Leaving" WHERE "shopId" = ${shopId}::uuid AND "startedAt" > ${since} AND offer IS NOT NULL
      GROUP BY 1, 2, 3`,
    ctx.db.leaving.findMany({
      where: { ...where, comment: { not: null } },
      orderBy: { startedAt: "desc" },
      take: MOST_COMMENTS,
      select: { reason: true, comment: true, startedAt: true },
    }),
  ]);
  const total = (key: "count" | "cancelled" | "accepted") => reasons.reduce((sum, row) => sum + Number(row[key]), 0);
  const group = (heldOut: boolean): Group =>
    offers
      .filter((row) => row.heldOut === heldOut)
      .reduce((sum, row) => ({ count: sum.count + Number(row.ripe), saved: sum.saved + Number(row.saved) }), {
        count: 0,
        saved: 0,
      });
  const [offered, heldOut] = [group(false), group(true)];
  return {
    since: since.toISOString(),
    started: total("count"),
    cancelled: total("cancelled"),
    accepted: total("accepted"),
    reasons: reasons.map(({ reason, count, cancelled, accepted }) => ({
      reason,
      count: Number(count),
      cancelled: Number(cancelled),
      accepted: Number(accepted),
    })),
    offers: OFFERS.flatMap((kind) => {
      const shown = offers.filter((row) => row.kind === kind && !row.heldOut);
      if (shown.length === 0) return [];
      const taken = shown.filter(({ outcome }) => outcome === "ACCEPTED");
      const count = (all: typeof shown, key: "count" | "ripe" | "saved") =>
        all.reduce((sum, row) => sum + Number(row[key]), 0);
      const [ripe, saved] = [count(taken, "ripe"), count(taken, "saved")];
      const share = wilson({ count: ripe, saved });
      return [{ kind, shown: count(shown, "count"), accepted: count(taken, "count"), ripe, saved, share }];
    }),
    comments: comments.map(({ reason, comment, startedAt }) => ({
      reason,
      comment: comment ?? "",
      at: startedAt.toISOString(),
    })),
    offered,
    heldOut,
    worth: offersWorth(offered, heldOut),
  };
}
