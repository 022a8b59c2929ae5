import type { ContractStatus } from "~/generated/prisma/enums";
import type { Money } from "~/money/money";

import type { WayOut } from "./leaving";
import type { LeavingWords } from "./leaving-words";

/** A subscription as whoever leaves it has to know it. Instants are ISO 8601. */
export interface Departing {
  id: string;
  /** "Espresso – 250 g" */
  what: string[];
  status: ContractStatus;
  email: string | null;
  /** Of the next delivery, before tax. */
  amount: Money;
  next: { cycleIndex: number; dueAt: string } | null;
  /** When the delivery after the next one is charged. */
  afterNext: string | null;
  /** A charge that is on its way. */
  running: { expectedAt: string } | null;
  /** A charge that has not gone through and is still open. */
  failing: { expectedAt: string } | null;
  lastOrder: { name: string | null; paidAt: string } | null;
  /** Until when deliveries are paid for, where one charge pays several. */
  prepaidUntil: string | null;
  /** Waiting for the next delivery. */
  oneOffs: number;
  /** A minimum that has not been reached, and when it will be. */
  minimum: { agreed: number; had: number; reachedAt: string | null } | null;
  lines: { id: string; title: string; variantId: string | null; quantity: number; price: Money }[];
}

/** What is still owed or delivered, whoever ends it: paid orders and paid deliveries. */
export function stillOwed({ t, date }: LeavingWords, { lastOrder, prepaidUntil }: Departing): string[] {
  if (prepaidUntil !== null) return [t("way.prepaid", { date: date(prepaidUntil) })];
  if (!lastOrder?.name) return [];
  return [t("way.paid", { order: lastOrder.name, date: date(lastOrder.paidAt) })];
}

/** What ending it means, before the click. */
export function wayOut(words: LeavingWords, facts: Departing): WayOut {
  const { t, date, money, list } = words;
  const { next, failing, status, oneOffs } = facts;
  const ends =
    status === "PAUSED"
      ? t("way.endsPaused")
      : next
        ? t("way.endsNext", { date: date(next.dueAt), amount: money(facts.amount) })
        : t("way.ends");
  return {
    title: t("way.title", { what: list(facts.what) }),
    effect: [
      ends,
      ...(failing ? [t("way.failing", { date: date(failing.expectedAt) })] : []),
      ...(oneOffs > 0 && next ? [t("way.oneOffs")] : []),
      ...stillOwed(words, facts),
      t("way.again"),
    ],
    confirmLabel: t("way.confirm"),
    keepLabel: t("way.keep"),
  };
}

/** Why it can't be cancelled yet, and when it can. @param email where the shopper writes to */
export function minimumText({ t, date }: LeavingWords, { minimum }: Departing, email: string): string[] {
  if (!minimum) return [];
  const { agreed, had, reachedAt } = minimum;
  return [
    t("minimum.agreed", { agreed, had }),
    reachedAt === null ? t("minimum.later") : t("minimum.from", { date: date(reachedAt) }),
    t("minimum.write", { email }),
  ];
}

/** @param at when it ended, ISO 8601 */
export function cancelledText(words: LeavingWords, facts: Departing, at: string): string[] {
  const { t, list, dateTime } = words;
  return [
    t("cancelled.at", { what: list(facts.what), at: dateTime(at) }),
    ...stillOwed(words, facts),
    ...(facts.email === null ? [] : [t("cancelled.mail", { email: facts.email })]),
    t("cancelled.again"),
  ];
}
