import type { HistoryLine } from "~/history/events";
import type { T } from "~/ui/i18n";
import type { TextKey } from "~/ui/texts";

import { billingText, isBilling } from "./history-billing-text";
import { contractText } from "./history-contract-text";
import type { Words } from "./history-contract-text";

const actorKeys: Record<HistoryLine["actor"], TextKey> = {
  shopper: "history.byShopper",
  merchant: "history.byMerchant",
  perennial: "history.byPerennial",
  shopify: "history.byShopify",
};

/** Who did it: "By the customer". */
export const actorText = (line: HistoryLine, t: T): string => t(actorKeys[line.actor]);

/** One line of the history in plain words: "Order of December 1, 2026 skipped". */
export const historyText = (line: HistoryLine, t: T, format: Words): string =>
  isBilling(line) ? billingText(line, t, format) : contractText(line, t, format);

/** The order that a line is about, to link to. */
export const orderOf = (line: HistoryLine): string | null => (line.type === "charge.paid" ? line.data.orderId : null);
