import type { EventData } from "~/history/events";

import { safeUrl } from "./links";
import type { Mail } from "./mail";
import { beforeTax, fact, frame, theDelivery } from "./phrases";
import type { ShopperFacts } from "./shopper-mail";
import type { Words } from "./texts";

/** A charge that could not be taken, and is tried again: what happened, when the next try is, what if that fails too. */
export function failedMail(
  words: Words,
  facts: ShopperFacts,
  { expectedAt }: EventData["charge.failed"],
  { again, nextTryAt, cause }: { again: boolean; nextTryAt: string; cause: string },
): Mail {
  const { t, date } = words;
  const key = again ? "failedAgain" : "failed";
  const next = date(nextTryAt);
  return frame(words, facts, key, {
    preheader: t(`${key}.preheader`, { date: next }),
    opening: [
      t("payment.lead", { date: date(expectedAt) }),
      cause,
      t(`${key}.next`, { date: next }),
      t("payment.otherCard"),
    ],
    facts: [...paymentFacts(words, facts, expectedAt), ...fact(t("fact.nextTry"), next)],
    closing: orElse(words, facts, "payment"),
    urgent: true,
    button: { label: t("common.checkCard"), url: facts.portalUrl },
  });
}

/** The bank wanted the shopper's approval, which did not come; it is tried again. */
export function notApprovedMail(
  words: Words,
  facts: ShopperFacts,
  { expectedAt }: EventData["charge.failed"],
  nextTryAt: string,
): Mail {
  const { t, date } = words;
  const next = date(nextTryAt);
  return frame(words, facts, "notApproved", {
    preheader: t("notApproved.preheader", { date: next }),
    opening: [
      t("notApproved.lead", { date: date(expectedAt) }),
      t("notApproved.next", { date: next }),
      t("payment.otherCard"),
    ],
    facts: [...paymentFacts(words, facts, expectedAt), ...fact(t("fact.nextTry"), next)],
    closing: orElse(words, facts, "payment"),
    urgent: true,
    button: { label: t("common.checkCard"), url: facts.portalUrl },
  });
}

/** The card will never work again: only the shopper can help. */
export function cardNeededMail(
  words: Words,
  facts: ShopperFacts,
  { expectedAt }: EventData["charge.failed"],
  cause: string,
): Mail {
  const { t, date } = words;
  const before = facts.dunningEndsAt;
  return frame(words, facts, "cardNeeded", {
    preheader: t("cardNeeded.preheader"),
    opening: [
      `${t("payment.lead", { date: date(expectedAt) })} ${cause}`,
      t("cardNeeded.next"),
      ...secureLink(words, facts),
    ],
    facts: [
      ...paymentFacts(words, facts, expectedAt),
      ...fact(t("fact.cardBefore"), before === null ? null : date(before)),
    ],
    closing: orElse(words, facts, "cardNeeded"),
    urgent: true,
    button: { label: t("common.updateCard"), url: facts.portalUrl },
  });
}

/** The bank lets the payment through only with the shopper's approval (3-D Secure). */
export function approveMail(
  words: Words,
  facts: ShopperFacts,
  { expectedAt, url, endsAt }: EventData["charge.action-required"],
  reminder: boolean,
): Mail {
  const { t, date, dateTime } = words;
  const link = safeUrl(url);
  const until = dateTime(endsAt);
  const key = reminder ? "approveReminder" : "approve";
  return frame(words, facts, key, {
    preheader: t("approve.preheader", { until }),
    opening: [t(`${key}.lead`, { date: date(expectedAt) }), t(link ? "approve.how" : "approve.howNoLink")],
    facts: [...paymentFacts(words, facts, expectedAt), ...fact(t("fact.approveBefore"), until)],
    closing: [t("approve.until", { until })],
    urgent: true,
    button: link
      ? { label: t("approve.button"), url: link }
      : { label: t("common.seeSubscription"), url: facts.portalUrl },
  });
}

/** Dunning is over without payment: what happened to the subscription, and how to go on. */
export function endedMail(words: Words, facts: ShopperFacts, { expectedAt, end }: EventData["dunning.ended"]): Mail {
  const { t, date, money } = words;
  const amount = money(facts.amount);
  const next = facts.nextAt === null ? null : date(facts.nextAt);
  return frame(words, facts, `ended.${end}`, {
    preheader: t(`ended.${end}.preheader`),
    opening: [
      t("ended.lead", { date: date(expectedAt) }),
      t(`ended.${end}.what`),
      t(`ended.${end}.next`, { amount }),
      ...(end === "PAUSE" ? secureLink(words, facts) : []),
    ],
    facts: [
      ...theDelivery(words, facts, expectedAt),
      ...(end === "PAUSE" ? fact(t("fact.amount"), beforeTax(words, facts.amount)) : []),
      ...(end === "SKIP" ? fact(t("fact.nextDelivery"), next) : []),
    ],
    closing: end === "PAUSE" ? [t("ended.PAUSE.stop")] : [],
    urgent: true,
    button:
      end === "CANCEL"
        ? { label: t("ended.CANCEL.button"), url: facts.storefrontUrl }
        : { label: t(end === "PAUSE" ? "common.updateCard" : "common.checkCard"), url: facts.portalUrl },
  });
}

/** A charge that had failed was taken after all. */
export function recoveredMail(
  words: Words,
  facts: ShopperFacts,
  { expectedAt, orderName, total }: EventData["charge.paid"],
): Mail {
  const { t, date, money } = words;
  return frame(words, facts, "recovered", {
    preheader: t("recovered.preheader"),
    opening: [t("recovered.lead", { date: date(expectedAt) }), t("recovered.next")],
    facts: [
      ...theDelivery(words, facts, expectedAt),
      ...fact(t("fact.order"), orderName),
      ...fact(t("fact.paid"), money(total)),
      ...fact(t("fact.paidWith"), facts.paymentMethodLabel),
      ...fact(t("fact.nextDelivery"), facts.nextAt === null ? null : date(facts.nextAt)),
    ],
    closing: [],
    urgent: false,
    button: { label: t("common.seeSubscription"), url: facts.portalUrl },
  });
}

const paymentFacts = (words: Words, facts: ShopperFacts, expectedAt: string) => [
  ...theDelivery(words, facts, expectedAt),
  ...fact(words.t("fact.amount"), beforeTax(words, facts.amount)),
  ...fact(words.t("fact.paidWith"), facts.paymentMethodLabel),
];

const secureLink = ({ t }: Words, facts: ShopperFacts): string[] =>
  facts.secureLink ? [t("cardNeeded.secureLink", { shop: facts.shopName })] : [];

/** What the shop does if no payment comes; nothing is said while it isn't known when. */
function orElse({ t, date }: Words, facts: ShopperFacts, key: "payment" | "cardNeeded"): string[] {
  const { dunningEnd, dunningEndsAt } = facts;
  return dunningEndsAt === null ? [] : [t(`${key}.orElse.${dunningEnd}`, { date: date(dunningEndsAt) })];
}
