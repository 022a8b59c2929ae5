import type { PortalProblem, Problem } from "./actions";
import type { Shopper } from "./shopper";
import { portalWords } from "./words";

/** Shopify's own words are not for shoppers; ours say what happened, what was kept and what to do. */
export function problem(
  { shop, locale }: Shopper,
  name: PortalProblem,
  { text, canQueue = false, fields }: { text?: string[]; canQueue?: boolean; fields?: Problem["fields"] } = {},
): Problem {
  const { t } = portalWords(locale, shop.timeZone);
  return {
    ok: false,
    problem: name,
    title: t(`problem.${name}.title`),
    text: text ?? [t(`problem.${name}.text`, { shop: shop.name })],
    canQueue,
    ...(fields ? { fields } : {}),
  };
}
