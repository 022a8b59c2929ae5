import type { Money } from "~/lib/format";

import type { Fact, Mail } from "./mail";
import type { ShopperFacts } from "./shopper-mail";
import type { MailTextKey, Words } from "./texts";

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

/** What the subscription is, and which delivery is meant. @param expectedAt the cycle's date, ISO 8601 */
export const theDelivery = (words: Words, { lines }: ShopperFacts, expectedAt: string): Fact[] => [
  ...(lines.length > 0 ? [{ label: words.t("fact.what"), values: lines.map((line) => lineText(words, line)) }] : []),
  ...fact(words.t("fact.delivery"), words.date(expectedAt)),
];

type Titled = MailTextKey extends infer Key ? (Key extends `${infer Stem}.title` ? Stem : never) : never;
type ShopperKey = Exclude<Titled, "created" | "held" | "resumed">;

/** An e-mail to a shopper: what all of them have in common around what this one says. */
export function frame(
  words: Words,
  facts: ShopperFacts,
  key: ShopperKey,
  said: Pick<Mail, "preheader" | "opening" | "facts" | "closing" | "button" | "urgent">,
): Mail {
  const { t, locale } = words;
  return {
    locale,
    subject: t(`${key}.subject`, { shop: facts.shopName }),
    title: t(`${key}.title`),
    ...said,
    opening: [greeting(words, facts.firstName), ...said.opening],
    footer: [t("common.questions", { email: facts.contactEmail })],
  };
}
