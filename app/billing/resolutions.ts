/** What a person may do with a charge that is held back. */
export type Resolution = "CHARGE" | "SKIP" | "MARK_PAID";

const ALL: readonly Resolution[] = ["CHARGE", "MARK_PAID", "SKIP"];
const MONEY_IS_NOT_TAKEN: readonly Resolution[] = ["CHARGE", "SKIP"];

/** Reasons for which it is certain that nobody has paid: marking those as paid would only lose an order. */
const notTaken: readonly string[] = ["TOO_LATE", "GAP", "AMOUNT_CHANGED", "GATEWAY", "CYCLE_NOT_FOUND"];

/**
 * The ways out of a parked charge, the likeliest first. Charging goes through the same gate as ever, so it is safe to
 * offer for each; "mark as paid" is for those where money may have been taken already.
 * @param reason Charge.parkedReason
 */
export function resolutionsOf(reason: string | null): readonly Resolution[] {
  if (reason === "SETUP_INVOICE_ALREADY_PAID") return ["MARK_PAID", "CHARGE", "SKIP"];
  if (reason === "FOREIGN_CHARGE" || reason === "PAID_RECENTLY") return ["MARK_PAID", "CHARGE", "SKIP"];
  if (reason !== null && (notTaken.includes(reason) || /^(SETUP|REFUSED)_/.test(reason))) return MONEY_IS_NOT_TAKEN;
  return ALL;
}
