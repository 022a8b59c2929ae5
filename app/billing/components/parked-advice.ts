import type { Money } from "~/money/money";
import type { Format, T } from "~/ui/i18n";

const known = [
  "TOO_LATE",
  "GAP",
  "FOREIGN_CHARGE",
  "PAID_RECENTLY",
  "CYCLE_NOT_FOUND",
  "AMOUNT_CHANGED",
  "GATEWAY",
  "BAD_DATA",
] as const;

/** What a person can do about a charge that is held back. @param charge its amounts before tax */
export function parkedAdvice(
  charge: { reason: string | null; amount: Money; amountNow: Money },
  t: T,
  format: Pick<Format, "money">,
): string {
  const { reason } = charge;
  const found = known.find((each) => each === reason);
  const values = { amount: format.money(charge.amount), now: format.money(charge.amountNow) };
  if (found) return t(`parkedAdvice.${found}`, values);
  if (reason?.startsWith("SETUP_")) return t("parkedAdvice.SETUP");
  return t(reason?.startsWith("REFUSED_") ? "parkedAdvice.REFUSED" : "parkedAdvice.NONE");
}
