import type { DunningEndKind } from "~/history/events";
import type { Money } from "~/lib/format";
import type { Locale } from "~/lib/i18n";

import { causeKey } from "./causes";
import { adjustedMail, droppedMail, waitingMail } from "./delivery-mails";
import type { Mail } from "./mail";
import { approveMail, cardNeededMail, endedMail, failedMail, notApprovedMail, recoveredMail } from "./payment-mails";
import type { MailLine } from "./phrases";
import { wordsIn } from "./texts";
import type { Words } from "./texts";
import type { ShopperNotice } from "./which-mail";

/** What the e-mails about a subscription's renewals tell from. Instants are ISO 8601. */
export interface ShopperFacts {
  shopName: string;
  /** IANA name */
  timeZone: string;
  /** Where the shopper writes to. */
  contactEmail: string;
  portalUrl: string;
  storefrontUrl: string;
  firstName: string | null;
  lines: readonly MailLine[];
  /** What the renewal is meant to take, before tax. */
  amount: Money;
  /** "Visa •••• 4242" */
  paymentMethodLabel: string | null;
  /** When the renewal after this one is charged; null if none is planned. */
  nextAt: string | null;
  /** What the shop does in the end with a charge that can't be taken, and when. */
  dunningEnd: DunningEndKind;
  dunningEndsAt: string | null;
  /** Shopify was asked to send the shopper a secure link for a new card. */
  secureLink: boolean;
}

/** The e-mail that a notice becomes, in the shopper's language. */
export function shopperMail(notice: ShopperNotice, facts: ShopperFacts, locale: Locale): Mail {
  const words = wordsIn(locale, facts.timeZone);
  switch (notice.kind) {
    case "FAILED":
    case "FAILED_AGAIN":
      return failedMail(words, facts, notice.event.data, {
        again: notice.kind === "FAILED_AGAIN",
        nextTryAt: notice.nextTryAt,
        cause: causeOf(words, facts, notice.event.data),
      });
    case "NOT_APPROVED":
      return notApprovedMail(words, facts, notice.event.data, notice.nextTryAt);
    case "CARD_NEEDED":
      return cardNeededMail(words, facts, notice.event.data, causeOf(words, facts, notice.event.data));
    case "APPROVE":
    case "APPROVE_REMINDER":
      return approveMail(words, facts, notice.event.data, notice.kind === "APPROVE_REMINDER");
    case "ENDED":
      return endedMail(words, facts, notice.event.data);
    case "RECOVERED":
      return recoveredMail(words, facts, notice.event.data);
    case "WAITING":
      return waitingMail(words, facts, notice.event.data);
    case "DROPPED":
      return droppedMail(words, facts, notice.event.data);
    case "ADJUSTED":
      return adjustedMail(words, facts, notice.event.data);
  }
}

const causeOf = (
  { t }: Words,
  { shopName }: ShopperFacts,
  { errorCode, declineClass }: { errorCode: string; declineClass: string },
): string => t(causeKey(errorCode, declineClass), { shop: shopName });
