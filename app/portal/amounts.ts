import { nextAmount } from "~/money/next-amount";
import type { CycleView } from "~/contracts/views";
import { add } from "~/money/money";
import type { Money } from "~/money/money";

import type { Subject } from "./subject";

/** Renewals that will be charged, the next one first. */
export const openCycles = ({ view }: Subject): CycleView[] => view.upcoming.filter(({ state }) => state === "OPEN");

/** The next delivery that will be sent, were this cycle not. */
export const nextOpen = (subject: Subject, except?: number): CycleView | undefined =>
  openCycles(subject).find(({ cycleIndex }) => cycleIndex !== except);

/**
 * What a delivery takes before tax: lines less discounts, delivery, and what goes with the next one alone.
 * @param ahead deliveries before it: a discount for a number of orders may have ended by then, and one-offs are gone
 */
export function deliveryAmount({ row, discounts, oneOffs }: Subject, ahead = 0): Money {
  const limited = discounts.some(({ orders }) => orders !== null);
  const { total } = nextAmount({
    lines: row.lines.map(({ shopifyId, quantity, currentPrice, discountedPrice }) => ({
      shopifyId,
      quantity,
      currentPrice,
      // Shopify's word is about the next order.
      discountedPrice: ahead > 0 && limited ? null : discountedPrice,
    })),
    deliveryPrice: row.deliveryPrice,
    currencyCode: row.currencyCode,
    discounts: discounts.map((discount) => ({ ...discount, used: discount.used + ahead })),
  });
  return ahead === 0
    ? withOneOffs(
        total,
        oneOffs.filter(({ charging }) => !charging),
      )
    : total;
}

export const withOneOffs = (amount: Money, oneOffs: readonly { total: Money }[]): Money =>
  oneOffs.reduce((sum, { total }) => add(sum, total), amount);

/** What one usual delivery takes, without what goes with the next one alone. */
export const usualAmount = (subject: Subject): Money => deliveryAmount({ ...subject, oneOffs: [] });

/** What a cycle takes: its place among those that will be charged decides. */
export function amountOfCycle(subject: Subject, cycleIndex: number): Money {
  const ahead = openCycles(subject).filter((cycle) => cycle.cycleIndex < cycleIndex).length;
  return deliveryAmount(subject, ahead);
}
