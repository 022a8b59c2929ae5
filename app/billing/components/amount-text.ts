import type { Money } from "~/money/money";
import type { Format } from "~/ui/i18n";

/** "1 240,00 kr og 12,00 €": sums of different currencies stand beside each other. */
export const amountText = (amounts: Money[], format: Pick<Format, "list" | "money">): string =>
  format.list(amounts.map((amount) => format.money(amount)));
