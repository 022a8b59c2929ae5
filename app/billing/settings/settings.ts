import type { DunningEnd, MissedCycles, StockPolicy } from "~/generated/prisma/enums";

/** How a shop bills: what the merchant decides, with Shopify's time zone. Columns of Shop and StockRule. */
export interface BillingSettings {
  /** IANA name */
  timeZone: string;
  /** Hour of the shop's day, 0–23, in which renewals are charged. */
  billingHour: number;
  /** Minutes after the billing hour over which renewals are spread; 0 charges all at once. */
  billingWindowMinutes: number;
  /** A cycle more than this many days late waits for a person's yes. */
  lateDaysMax: number;
  /** Days after the first failure on which a declined charge is tried again, ascending. */
  dunningRetryDays: readonly number[];
  /** Shop-local hours, [from, to), in which declined charges are tried again. */
  dunningHourFrom: number;
  dunningHourTo: number;
  /** Days of the month on which subscribers are paid, 31 being the last. */
  payDays: readonly number[];
  dunningEnd: DunningEnd;
  missedCycles: MissedCycles;
  challengeDays: number;
  stockPolicy: StockPolicy;
  stockWaitDays: number;
  /** By variant ("gid://shopify/ProductVariant/1"): rules that differ from `stockPolicy`. */
  stockRules: ReadonlyMap<string, StockRuleOf>;
}

export interface StockRuleOf {
  policy: StockPolicy;
  substituteVariantId: string | null;
}

type SettingsColumns = Omit<BillingSettings, "stockRules">;

/** @param shop the shop's row; @param rules its rules for single variants */
export function settingsOf(
  shop: SettingsColumns,
  rules: readonly (StockRuleOf & { variantId: string })[] = [],
): BillingSettings {
  return { ...shop, stockRules: new Map(rules.map((rule) => [rule.variantId, rule])) };
}

/** What a shop starts with; the same defaults stand in prisma/schema.prisma. */
export const DEFAULT_SETTINGS: Omit<BillingSettings, "timeZone"> = {
  billingHour: 9,
  billingWindowMinutes: 0,
  lateDaysMax: 14,
  dunningRetryDays: [1, 2, 4, 6, 8, 11, 14],
  dunningHourFrom: 9,
  dunningHourTo: 17,
  payDays: [],
  dunningEnd: "PAUSE",
  missedCycles: "SKIP",
  challengeDays: 3,
  stockPolicy: "WAIT",
  stockWaitDays: 14,
  stockRules: new Map(),
};
