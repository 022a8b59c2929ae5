import type { Locale } from "~/lib/i18n";

import type { Mail } from "./mail";
import { greeting, lineText } from "./phrases";
import type { MailLine } from "./phrases";
import { wordsIn } from "./texts";

/** What had waited for a renewal and could not be done. Sentences are in the reader's language. */
export interface ChangeNotMade {
  shopName: string;
  timeZone: string;
  /** Where the shopper writes to. */
  contactEmail: string;
  firstName: string | null;
  /** ISO 8601 */
  askedAt: string;
  asked: string;
  why: readonly string[];
  lines: readonly MailLine[];
  /** How often, and what comes next. */
  standing: readonly string[];
  subscriptionUrl: string;
}

/** What was asked for, why it was not done, how the subscription stands, and where to ask again. */
export function changeNotMadeMail(change: ChangeNotMade, locale: Locale): Mail {
  const words = wordsIn(locale, change.timeZone);
  const { t } = words;
  return {
    locale,
    subject: t("notMade.subject", { shop: change.shopName }),
    preheader: t("notMade.preheader"),
    title: t("notMade.title"),
    opening: [greeting(words, change.firstName), t("notMade.lead", { at: words.dateTime(change.askedAt) })],
    facts: [
      { label: t("notMade.asked"), values: [change.asked] },
      { label: t("notMade.why"), values: change.why },
      { label: t("notMade.now"), values: [...change.lines.map((line) => lineText(words, line)), ...change.standing] },
    ],
    closing: [t("notMade.again")],
    button: { label: t("common.seeSubscription"), url: change.subscriptionUrl },
    urgent: false,
    footer: [t("common.questions", { email: change.contactEmail })],
  };
}
