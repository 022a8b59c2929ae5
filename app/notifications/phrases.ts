import type { Money } from "~/lib/format";

import type { Fact } from "./mail";
import type { Words } from "./texts";

export interface MailLine {
  title: string;
  variantTitle: string | null;
  quantity: number;
}

/** "Hei, Kari!" */
export const greeting = ({ t }: Words, firstName: string | null): string =>
  firstName ? t("common.greeting", { name: firstName }) : t("common.greetingNoName");

/** "Espresso – 250 g × 2" */
export function lineText({ t }: Words, { title, variantTitle, quantity }: MailLine): string {
  return t("common.line", { title: variantTitle ? `${title} – ${variantTitle}` : title, quantity });
}

/** "327,20 kr, før eventuelle avgifter" */
export const beforeTax = ({ t, money }: Words, amount: Money): string =>
  t("common.beforeTax", { amount: money(amount) });

/** A fact that may be unknown: then it is left out. */
export const fact = (label: string, value: string | null): Fact[] =>
  value === null ? [] : [{ label, values: [value] }];
