import type { EventData } from "~/history/events";

import type { Mail } from "./mail";
import { fact, frame, lineText, theDelivery } from "./phrases";
import type { ShopperFacts } from "./shopper-mail";
import type { Words } from "./texts";

/** A renewal that waits for stock. */
export function waitingMail(
  words: Words,
  facts: ShopperFacts,
  { expectedAt, titles, until }: EventData["cycle.waiting"],
): Mail {
  const { t, date, list } = words;
  const count = titles.length;
  return frame(words, facts, "waiting", {
    preheader: t("waiting.preheader"),
    opening: [t("waiting.lead", { count, titles: list(titles), date: date(expectedAt) }), t("waiting.next", { count })],
    facts: [...theDelivery(words, facts, expectedAt), ...fact(t("fact.waitsUntil"), date(until))],
    closing: [t("waiting.orElse", { count, until: date(until) })],
    urgent: false,
    button: { label: t("common.seeSubscription"), url: facts.portalUrl },
  });
}

/** A renewal that has waited for stock in vain. */
export function droppedMail(words: Words, facts: ShopperFacts, { expectedAt }: EventData["charge.given-up"]): Mail {
  const { t, date } = words;
  return frame(words, facts, "dropped", {
    preheader: t("dropped.preheader"),
    opening: [t("dropped.lead", { date: date(expectedAt) }), t("dropped.next")],
    facts: [
      ...theDelivery(words, facts, expectedAt),
      ...fact(t("fact.nextDelivery"), facts.nextAt === null ? null : date(facts.nextAt)),
    ],
    closing: [],
    urgent: false,
    button: { label: t("common.seeSubscription"), url: facts.portalUrl },
  });
}

/** A delivery that differs from the others, because not all of it is in stock. */
export function adjustedMail(
  words: Words,
  facts: ShopperFacts,
  { expectedAt, lines }: EventData["cycle.adjusted"],
): Mail {
  const { t, date } = words;
  return frame(words, facts, "adjusted", {
    preheader: t("adjusted.preheader"),
    opening: [t("adjusted.lead", { date: date(expectedAt) })],
    facts: [
      { label: t("fact.different"), values: lines.map((line) => difference(words, line)) },
      { label: t("adjusted.usual"), values: facts.lines.map((line) => lineText(words, line)) },
      ...fact(t("fact.delivery"), date(expectedAt)),
    ],
    closing: [t("adjusted.next")],
    urgent: false,
    button: { label: t("common.seeSubscription"), url: facts.portalUrl },
  });
}

function difference({ t }: Words, { title, change, to }: EventData["cycle.adjusted"]["lines"][number]): string {
  if (change === "postponed") return t("adjusted.postponed", { title });
  if (change === "removed" || to === null) return t("adjusted.removed", { title });
  return t(`adjusted.${change}`, { title, to });
}
