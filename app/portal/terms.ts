import { cyclesFrom } from "~/schedule/cycles";
import { isEnded } from "~/contracts/cycle-rules";

import type { Subject } from "./subject";

/** Deliveries of one payment that are looked at: a prepaid year of weekly ones. */
const MOST_DELIVERIES = 53;

/** What has to be known before leaving: payments agreed to, deliveries that are paid and still to come. */
export function termsOf(subject: Subject): string[] {
  const { row, view, words } = subject;
  const { t } = words;
  const terms: string[] = [];
  const { minCycles, maxCycles, paidCycles } = view;
  if (!isEnded(row.status)) {
    if (minCycles !== null && paidCycles < minCycles) {
      terms.push(t("terms.minimum", { min: minCycles, count: minCycles - paidCycles }));
    }
    if (maxCycles !== null)
      terms.push(t("terms.maximum", { max: maxCycles, count: Math.max(0, maxCycles - paidCycles) }));
  }
  const owed = deliveriesOwed(subject);
  if (owed.length > 0) {
    terms.push(t("terms.owed", { count: owed.length, dates: words.list(owed.map((at) => words.date(at))) }));
  }
  return terms;
}

/** Whether one payment pays for several deliveries. */
export const isPrepaid = ({ view: { frequency, delivery } }: Subject): boolean =>
  frequency.interval !== delivery.interval || frequency.count !== delivery.count;

/** Deliveries that the last payment has paid for and that are still to come; by our reckoning, from Shopify's dates. */
export function deliveriesOwed(subject: Subject): Date[] {
  const { row, view, now, shopper } = subject;
  if (!isPrepaid(subject)) return [];
  const paid = row.charges.find(({ state }) => state === "PAID");
  const from = paid?.cycle.expectedAt ?? (row.originOrderId ? row.shopifyCreatedAt : null);
  if (!from) return [];
  const common = { anchors: [], timeZone: shopper.shop.timeZone, createdAt: from, minCycles: null, maxCycles: null };
  const { frequency, delivery } = view;
  const paidUntil = cyclesFrom({ ...common, interval: frequency.interval, intervalCount: frequency.count }, from, 1).at(
    0,
  )?.endAt;
  if (!paidUntil) return [];
  return cyclesFrom({ ...common, interval: delivery.interval, intervalCount: delivery.count }, now, MOST_DELIVERIES)
    .map(({ endAt }) => endAt)
    .filter((at) => at > now && at < paidUntil);
}
