import { frequencyChoices, variantChoices } from "~/contracts/choices.server";
import { skipCycle } from "~/contracts/cycles.server";
import { editContract, quoteEdit } from "~/contracts/edit.server";
import type { ContractEdit, Terms } from "~/contracts/edit";
import { pauseUntil } from "~/contracts/pause.server";
import type { Context } from "~/context.server";
import { asSentence } from "~/lib/format";
import type { Money } from "~/money/money";

import type { PortalProblem } from "./actions";
import type { DepartingRow } from "./departing.server";
import type { KeptOffer, Offer, OfferRule, PlannedOffer } from "./leaving";
import { leavingWords } from "./leaving-words";
import type { LeavingWords } from "./leaving-words";
import { dayInMonths, slowerPlan, smaller } from "./offers";
import type { Shopper } from "./shopper";
import type { Departing } from "./way-out";

export interface Subject {
  row: DepartingRow;
  facts: Departing;
}

/** An offer that can be carried out at this moment, and how it is shown. */
export interface ReadyOffer {
  kept: KeptOffer;
  offer: Offer;
}

/** The first of the rules that is possible for this contract now; null if none is. Nothing is changed. */
export async function firstPossible(
  ctx: Context,
  shopper: Shopper,
  subject: Subject,
  rules: readonly OfferRule[],
): Promise<ReadyOffer | null> {
  // A paused or stopped contract has nothing that an offer could ease.
  if (subject.facts.status !== "ACTIVE") return null;
  for (const rule of rules) {
    const planned = await plan(ctx, shopper, subject, rule);
    const ready = planned && (await readyToShow(ctx, shopper, subject, planned));
    if (ready) return ready;
  }
  return null;
}

async function plan(
  ctx: Context,
  { shop }: Shopper,
  { row, facts }: Subject,
  rule: OfferRule,
): Promise<PlannedOffer | null> {
  switch (rule.offer) {
    case "PAUSE":
      return { kind: "PAUSE", until: dayInMonths(ctx.clock.now(), rule.months, shop.timeZone) };
    case "SKIP":
      return facts.next && facts.failing === null && new Date(facts.next.dueAt) > ctx.clock.now()
        ? { kind: "SKIP", cycle: facts.next.cycleIndex }
        : null;
    case "SLOWER": {
      const choices = await frequencyChoices(ctx, shop, facts.id);
      if (choices.outcome !== "CHOICES") return null;
      const slower = slowerPlan(choices.plans, {
        billing: { interval: row.billingInterval, count: row.billingIntervalCount },
        delivery: { interval: row.deliveryInterval, count: row.deliveryIntervalCount },
      });
      return slower && { kind: "SLOWER", sellingPlan: slower.sellingPlanId };
    }
    case "SMALLER": {
      const less = smaller(facts.lines);
      return less && { kind: "SMALLER", line: less.line.id, quantity: less.quantity };
    }
    case "SWAP": {
      const [line] = facts.lines;
      if (!line || facts.lines.some(({ variantId }) => variantId === rule.variantId)) return null;
      const choices = await variantChoices(ctx, shop, facts.id, { for: "swap", lineId: line.id });
      if (choices.outcome !== "CHOICES") return null;
      const wanted = choices.variants.find(({ variantId }) => variantId === rule.variantId);
      return wanted && !wanted.soldOut ? { kind: "SWAP", line: line.id, variant: wanted.variantId } : null;
    }
    case "DISCOUNT": {
      // Whoever has a discount already would get one on top of it.
      const has = Array.isArray(row.discounts) && row.discounts.length > 0;
      return has ? null : { kind: "DISCOUNT", percent: rule.percent, orders: rule.orders };
    }
  }
}

/** The edit of the contract that the offer is; null for a pause or a skip, which change nothing of it. */
function editOf(planned: PlannedOffer, words: LeavingWords): ContractEdit | null {
  switch (planned.kind) {
    case "PAUSE":
    case "SKIP":
      return null;
    case "SLOWER":
      return { kind: "FREQUENCY", sellingPlanId: planned.sellingPlan };
    case "SMALLER":
      return { kind: "QUANTITY", lineId: planned.line, quantity: planned.quantity };
    case "SWAP":
      return { kind: "VARIANT", lineId: planned.line, variantId: planned.variant };
    case "DISCOUNT": {
      const { percent, orders } = planned;
      return { kind: "DISCOUNT", percent, orders, title: words.t("offer.DISCOUNT.name") };
    }
  }
}

/** How a planned offer is shown, at the prices of this moment; null if it is not possible any more. */
export async function readyToShow(
  ctx: Context,
  { shop, locale }: Shopper,
  { row, facts }: Subject,
  planned: PlannedOffer,
): Promise<ReadyOffer | null> {
  const words = leavingWords(locale, shop.timeZone);
  const edit = editOf(planned, words);
  let said: Said | null;
  let amount: Money | null = null;
  if (edit) {
    const quote = await quoteEdit(ctx, shop, facts.id, [edit]);
    if (quote.outcome !== "QUOTED") return null;
    said = editSaid(words, facts, planned, quote.before, quote.after);
    amount = quote.after.amount;
  } else {
    said = stopSaid(words, facts, planned);
  }
  if (!said) return null;
  const offer = { kind: planned.kind, ...said, consent: [said.title, ...said.text, said.acceptLabel].join("\n") };
  return {
    offer: {
      kind: planned.kind,
      title: said.title,
      text: said.text,
      acceptLabel: said.acceptLabel,
      consent: offer.consent,
    },
    kept: {
      planned,
      shown: { locale, consent: offer.consent, amount, revisionId: row.revisionId, receipt: said.receipt },
    },
  };
}

interface Said {
  title: string;
  text: string[];
  acceptLabel: string;
  receipt: string[];
}

/** A pause or a skip. */
function stopSaid({ t, day, date, money }: LeavingWords, facts: Departing, planned: PlannedOffer): Said | null {
  if (planned.kind === "PAUSE") {
    const until = { date: day(planned.until) };
    return {
      title: t("offer.PAUSE.title", until),
      text: [t("offer.PAUSE.text", until), t("offer.PAUSE.free")],
      acceptLabel: t("offer.PAUSE.accept", until),
      receipt: [t("offer.PAUSE.receipt", until), t("offer.PAUSE.free")],
    };
  }
  if (planned.kind !== "SKIP" || facts.next?.cycleIndex !== planned.cycle) return null;
  const { next, afterNext } = facts;
  const skipped = { date: date(next.dueAt), amount: money(facts.amount) };
  const after = afterNext === null ? null : { next: date(afterNext) };
  return {
    title: t("offer.SKIP.title", skipped),
    text: [t("offer.SKIP.text", skipped), after ? t("offer.SKIP.next", after) : t("offer.SKIP.free")],
    acceptLabel: t("offer.SKIP.accept", skipped),
    receipt: [t("offer.SKIP.receipt", skipped), ...(after ? [t("offer.SKIP.receiptNext", after)] : [])],
  };
}

/** What changes the contract: with the amounts as they were quoted. */
function editSaid(
  words: LeavingWords,
  facts: Departing,
  planned: PlannedOffer,
  before: Terms,
  after: Terms,
): Said | null {
  const { t, money, date, interval, percent } = words;
  const amounts = { amount: money(after.amount), amountBefore: money(before.amount) };
  const next = after.nextBillingAt === null ? [] : [t("offer.nextIs", { next: date(after.nextBillingAt) })];
  const ending = [...next, t("offer.cancelAny")];
  switch (planned.kind) {
    case "SLOWER": {
      const values = { ...amounts, interval: interval(after.delivery.interval, after.delivery.count) };
      return {
        title: t("offer.SLOWER.title", values),
        text: [t("offer.SLOWER.text", values), ...ending],
        acceptLabel: t("offer.SLOWER.accept", values),
        receipt: [t("offer.SLOWER.receipt", values), ...next],
      };
    }
    case "SMALLER": {
      const line = facts.lines.find(({ id }) => id === planned.line);
      if (!line) return null;
      const values = { ...amounts, quantity: planned.quantity, what: line.title, before: line.quantity };
      return {
        title: t("offer.SMALLER.title"),
        text: [t("offer.SMALLER.text", values), ...ending],
        acceptLabel: t("offer.SMALLER.accept", values),
        receipt: [t("offer.SMALLER.receipt", values), ...next],
      };
    }
    case "SWAP": {
      const was = facts.lines.find(({ id }) => id === planned.line);
      const now = after.lines.find(({ variantId }) => variantId === planned.variant);
      if (!was || !now) return null;
      const what = now.variantTitle ? `${now.title} – ${now.variantTitle}` : now.title;
      const values = { ...amounts, what, before: was.title };
      return {
        title: t("offer.SWAP.title", values),
        text: [asSentence(t("offer.SWAP.text", values)), ...ending],
        acceptLabel: t("offer.SWAP.accept", values),
        receipt: [t("offer.SWAP.receipt", values), ...next],
      };
    }
    case "DISCOUNT": {
      const values = { ...amounts, percent: percent(planned.percent), count: planned.orders };
      return {
        title: t("offer.DISCOUNT.title", values),
        text: [t("offer.DISCOUNT.text", values), ...ending],
        acceptLabel: t("offer.DISCOUNT.accept", values),
        receipt: [t("offer.DISCOUNT.receipt", values), ...next],
      };
    }
    default:
      return null;
  }
}

export type CarriedOut = { ok: true; queued: boolean } | { ok: false; problem: PortalProblem; canQueue: boolean };

/** Does what the offer says, as it was shown. */
export async function carryOutOffer(
  ctx: Context,
  { shop, locale }: Shopper,
  contractId: string,
  { planned, shown }: KeptOffer,
  queue: boolean,
): Promise<CarriedOut> {
  const edit = editOf(planned, leavingWords(locale, shop.timeZone));
  if (edit) {
    const done = await editContract(ctx, shop, contractId, [edit], { actor: "shopper", seen: shown.revisionId, queue });
    if (done.outcome === "EDITED") return { ok: true, queued: false };
    if (done.outcome === "QUEUED") return { ok: true, queued: true };
    const canQueue = done.outcome === "RENEWAL_RUNNING";
    if (done.outcome === "NOT_AS_ASKED") return { ok: false, problem: "REFUSED", canQueue };
    if (done.outcome === "TOO_MANY_LINES") return { ok: false, problem: "TOO_MANY", canQueue };
    return { ok: false, problem: done.outcome, canQueue };
  }
  const done =
    planned.kind === "PAUSE"
      ? await pauseUntil(ctx, shop, contractId, planned.until, "shopper")
      : planned.kind === "SKIP"
        ? await skipCycle(ctx, shop, contractId, planned.cycle, "shopper")
        : ({ outcome: "NOT_FOUND" } as const);
  switch (done.outcome) {
    case "PAUSED":
    case "SKIPPED":
      return { ok: true, queued: false };
    case "RESUMED":
    case "CANCELLED":
    case "UNSKIPPED":
      throw new Error(`Asked for ${planned.kind}, got ${done.outcome}`);
    default:
      return { ok: false, problem: done.outcome, canQueue: false };
  }
}
