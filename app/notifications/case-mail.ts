import type { CaseKindName } from "~/history/events";
import type { Locale } from "~/lib/i18n";

import type { Mail } from "./mail";
import { fact } from "./phrases";
import { wordsIn } from "./texts";

/** What the shop's owner is told of a declaration on a public page. Instants are ISO 8601. */
export interface CaseFacts {
  kind: CaseKindName;
  shopName: string;
  timeZone: string;
  name: string;
  email: string;
  reference: string;
  message: string;
  /** Of a termination: "AS_SOON_AS_POSSIBLE" or a day, "2026-12-24". */
  endsOn: string | null;
  receivedAt: string;
  matched: boolean;
  caseUrl: string;
}

/** To the shop's owner, in the shop's language: what was declared, and where it is settled. */
export function caseMail(facts: CaseFacts, locale: Locale): Mail {
  const words = wordsIn(locale, facts.timeZone);
  const { t } = words;
  const { kind, endsOn } = facts;
  const shop = { shop: facts.shopName };
  const ends = endsOn === null ? null : /^\d/.test(endsOn) ? words.date(`${endsOn}T12:00:00Z`) : t("case.soon");
  return {
    locale,
    subject: t(`case.subject_${kind}`, { ...shop, name: facts.name }),
    preheader: t("case.preheader"),
    title: t(`case.title_${kind}`),
    opening: [t(`case.lead_${kind}`, shop)],
    facts: [
      { label: t("case.at"), values: [words.dateTime(facts.receivedAt)] },
      { label: t("case.name"), values: [facts.name] },
      { label: t("case.email"), values: [facts.email] },
      { label: t("case.reference"), values: [facts.reference] },
      ...fact(t("case.ends"), ends),
      ...fact(t("case.message"), facts.message || null),
    ],
    closing: [t(facts.matched ? "case.matched" : "case.unmatched")],
    button: { label: t("case.button"), url: facts.caseUrl },
    urgent: true,
    footer: [],
  };
}
