import { describe, expect, it } from "vitest";

import type { Locale } from "~/lib/i18n";

import { mailHtml, mailText } from "./mail";
import { anEvent, cycle, expired, facts, failed, notices } from "./mail.samples";
import { shopperMail } from "./shopper-mail";
import type { ShopperFacts } from "./shopper-mail";
import type { ShopperNotice } from "./which-mail";

/** Intl writes non-breaking spaces. */
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

const noticeOf = (kind: ShopperNotice["kind"], end?: string): ShopperNotice => {
  const found = notices.find(
    (notice) =>
      notice.kind === kind && (end === undefined || (notice.kind === "ENDED" && notice.event.data.end === end)),
  );
  if (!found) throw new Error(`There is no sample of ${kind}.`);
  return found;
};

const textOf = (notice: ShopperNotice, locale: Locale, over: Partial<ShopperFacts> = {}) => {
  const mail = shopperMail(notice, { ...facts, ...over }, locale);
  return plain(`${mail.subject}\n${mail.preheader}\n${mailText(mail)}`);
};

const PORTAL = "https://kaffebonna.no/apps/perennial";

/** What each e-mail must say, whatever else it says: [English, Norwegian]. */
const SAID: readonly [ShopperNotice, string[], string[]][] = [
  [
    noticeOf("FAILED"),
    [
      "Your payment to Kaffebønna did not go through",
      "your delivery of December 7, 2026",
      "There was not enough money in the account",
      "We try again by ourselves on December 8, 2026",
      "NOK 327.20, before any taxes",
      "If the payment has not gone through by December 21, 2026, we pause your subscription",
      "Visa •••• 4242",
      PORTAL,
    ],
    [
      "Betalingen til Kaffebønna gikk ikke gjennom",
      "leveringen din 7. desember 2026",
      "Det var ikke nok penger på kontoen",
      "Vi prøver igjen av oss selv 8. desember 2026",
      "327,20 kr, før eventuelle avgifter",
      "Har betalingen ikke gått gjennom innen 21. desember 2026, setter vi abonnementet på pause",
      "Visa •••• 4242",
      PORTAL,
    ],
  ],
  [
    noticeOf("FAILED_AGAIN"),
    ["Reminder: your payment to Kaffebønna", "We try again on December 8, 2026.", "by December 21, 2026"],
    ["Påminnelse: Betalingen til Kaffebønna", "Vi prøver igjen 8. desember 2026.", "innen 21. desember 2026"],
  ],
  [
    noticeOf("NOT_APPROVED"),
    ["was not approved", "needed your approval with your bank", "We try again on December 8, 2026"],
    ["ble ikke godkjent", "måtte godkjennes i banken din", "Vi prøver igjen 8. desember 2026"],
  ],
  [
    noticeOf("CARD_NEEDED"),
    [
      "Your subscription with Kaffebønna needs a new card",
      "The card has expired.",
      "We don’t try the same card again",
      "If there is no new card before December 21, 2026, we pause your subscription",
      `Update your card:\n${PORTAL}`,
    ],
    [
      "Abonnementet ditt hos Kaffebønna trenger et nytt kort",
      "Kortet er utløpt.",
      "Vi prøver ikke det samme kortet igjen",
      "Har du ikke lagt inn et nytt kort før 21. desember 2026, setter vi abonnementet på pause",
      `Oppdater kortet:\n${PORTAL}`,
    ],
  ],
  [
    noticeOf("APPROVE"),
    [
      "Approve your payment to Kaffebønna",
      "Approve before: December 10, 2026 at 9:00 AM",
      "Approve the payment:\nhttps://kaffebonna.myshopify.com/subscription_billing_attempts/7/challenge",
    ],
    [
      "Godkjenn betalingen til Kaffebønna",
      "Godkjenn før: 10. desember 2026 kl. 09:00",
      "Godkjenn betalingen:\nhttps://kaffebonna.myshopify.com/subscription_billing_attempts/7/challenge",
    ],
  ],
  [
    noticeOf("APPROVE_REMINDER"),
    ["Reminder: approve your payment", "still waiting for you to approve", "December 10, 2026 at 9:00 AM"],
    ["Påminnelse: Godkjenn betalingen", "venter fortsatt på at du skal godkjenne", "10. desember 2026 kl. 09:00"],
  ],
  [
    noticeOf("ENDED", "PAUSE"),
    ["is paused", "nothing more is charged", "We then take NOK 327.20 (before any taxes)", "Update your card"],
    [
      "satt på pause",
      "Ingenting mer blir trukket",
      "Da trekker vi 327,20 kr (før eventuelle avgifter)",
      "Oppdater kortet",
    ],
  ],
  [
    noticeOf("ENDED", "SKIP"),
    ["is left out", "you are not charged for it", "Next delivery: December 21, 2026"],
    ["går ut", "du blir ikke trukket for den", "Neste levering: 21. desember 2026"],
  ],
  [
    noticeOf("ENDED", "CANCEL"),
    ["has ended", "nothing more is charged", "Go to the shop:\nhttps://kaffebonna.no/"],
    ["er avsluttet", "Ingenting mer blir trukket", "Gå til nettbutikken:\nhttps://kaffebonna.no/"],
  ],
  [
    noticeOf("RECOVERED"),
    ["Thank you: your payment", "Order: #1007", "Paid: NOK 327.20", "Next delivery: December 21, 2026"],
    ["Takk! Betalingen", "Bestilling: #1007", "Betalt: 327,20 kr", "Neste levering: 21. desember 2026"],
  ],
  [
    noticeOf("WAITING"),
    [
      "Espresso – 250 g and Fjellbris are sold out",
      "Nothing is charged before that",
      "If they are not back before December 21, 2026, we leave this delivery out",
    ],
    [
      "Espresso – 250 g og Fjellbris er utsolgt",
      "Før det blir ingenting trukket",
      "Er de ikke kommet inn før 21. desember 2026, går denne leveringen ut",
    ],
  ],
  [
    noticeOf("DROPPED"),
    ["did not come back in stock in time", "You are not charged for it", "Next delivery: December 21, 2026"],
    ["kom ikke på lager igjen i tide", "Du blir ikke trukket for den", "Neste levering: 21. desember 2026"],
  ],
  [
    noticeOf("ADJUSTED"),
    ["Espresso – 250 g: 1 this time", "Fjellbris is replaced by Morgenstund", "Kvernet kanel is left out"],
    ["Espresso – 250 g: 1 stk. denne gangen", "Fjellbris er byttet ut med Morgenstund", "Kvernet kanel er ikke med"],
  ],
];

describe("an e-mail about a renewal", () => {
  it.each(SAID)("says what happened, how much and when, in both languages: $kind", (notice, english, norwegian) => {
    const en = textOf(notice, "en");
    for (const part of ["Hi Kari,", "hei@kaffebonna.example", ...english]) expect(en).toContain(part);
    const nb = textOf(notice, "nb");
    for (const part of ["Hei, Kari!", "hei@kaffebonna.example", ...norwegian]) expect(nb).toContain(part);
  });

  it.each(notices)("has one button, and the same words in HTML as in text: $kind", (notice) => {
    for (const locale of ["en", "nb"] as const) {
      const mail = shopperMail(notice, facts, locale);
      const page = mailHtml(mail);
      expect(page.match(/<a\s/g)).toHaveLength(1);
      expect(page).toContain(`href="${mail.button.url}"`);
      const words = plain(page.replaceAll(/<[^>]+>/g, " "));
      const said = [mail.title, ...mail.opening, ...mail.facts.flatMap(({ values }) => values), ...mail.closing];
      for (const part of said) expect(words).toContain(plain(part));
      expect(page + mailText(mail)).not.toMatch(/\{\{|undefined|null|[a-z]+\.(title|lead|subject|orElse)/);
    }
  });

  it.each(notices)("shows names as text, whatever they are: $kind", (notice) => {
    const hostile = `<b>"x"&`;
    const titled =
      notice.kind === "ADJUSTED"
        ? {
            ...notice,
            event: anEvent("cycle.adjusted", {
              ...cycle,
              lines: [{ title: hostile, change: "replaced", to: hostile }],
            }),
          }
        : notice.kind === "WAITING"
          ? {
              ...notice,
              event: anEvent("cycle.waiting", {
                ...cycle,
                reason: "stock",
                titles: [hostile],
                until: "2026-12-21T08:00:00Z",
              }),
            }
          : notice;
    const page = mailHtml(
      shopperMail(
        titled,
        {
          ...facts,
          shopName: hostile,
          firstName: hostile,
          contactEmail: hostile,
          paymentMethodLabel: hostile,
          lines: [{ title: hostile, variantTitle: hostile, quantity: 1 }],
        },
        "nb",
      ),
    );
    expect(page).not.toContain("<b>");
    expect(page).toContain("&lt;b&gt;&quot;x&quot;&amp;");
  });
});

describe("a failed payment", () => {
  const causeOf = (errorCode: string, declineClass: string) =>
    textOf({ kind: "CARD_NEEDED", event: failed({ errorCode, declineClass, nextTryAt: null }) }, "en");

  it("is told by its cause, in words that a shopper can use", () => {
    expect(causeOf("CALL_ISSUER", "SOFT")).toContain("ask it to accept payments to Kaffebønna");
    expect(causeOf("INCORRECT_ZIP", "HARD")).toContain("The billing address is not the one");
    expect(causeOf("PAYMENT_METHOD_NOT_FOUND", "HARD")).toContain("no longer has a payment method");
    expect(causeOf("A_CODE_OF_2027", "SOFT")).toContain("We were not told why.");
    expect(causeOf("A_CODE_OF_2027", "HARD")).toContain("This card can’t be charged any more.");
  });

  it("never accuses anybody of fraud", () => {
    expect(causeOf("FRAUD_SUSPECTED", "HARD")).not.toMatch(/fraud|suspect|stolen/i);
  });

  it("says what the shop does in the end: pause, leave out or end", () => {
    const endings = {
      PAUSE: "setter vi abonnementet på pause",
      SKIP: "går denne leveringen ut",
      CANCEL: "avslutter vi",
    };
    for (const [dunningEnd, words] of Object.entries(endings)) {
      const over = { dunningEnd: dunningEnd as keyof typeof endings };
      expect(textOf(noticeOf("FAILED"), "nb", over)).toContain(words);
      expect(textOf(noticeOf("CARD_NEEDED"), "nb", over)).toContain(words);
    }
  });

  it("leaves out what is not known", () => {
    const unknown = { firstName: null, paymentMethodLabel: null, dunningEndsAt: null, nextAt: null, lines: [] };
    for (const notice of notices) {
      const text = textOf(notice, "en", unknown);
      expect(text).toContain("Hi,\n");
      expect(text).not.toMatch(/null|undefined|Payment method:|What:|Next delivery:|has not gone through by/);
    }
  });

  it("names Shopify's own e-mail only when it was asked for", () => {
    const card: ShopperNotice = { kind: "CARD_NEEDED", event: expired };
    expect(textOf(card, "en", { secureLink: true })).toContain("with a secure link for entering the card");
    expect(textOf(card, "en")).not.toContain("secure link");
  });
});

describe("a payment to approve", () => {
  const approve = (url: string | null): ShopperNotice => ({
    kind: "APPROVE",
    event: anEvent("charge.action-required", { ...cycle, url, endsAt: "2026-12-10T08:00:00.000Z" }),
  });

  it("never links to anything but a secure address", () => {
    for (const url of [null, "javascript:alert(1)", "http://kaffebonna.example/", "not an address"]) {
      const mail = shopperMail(approve(url), facts, "en");
      expect(mail.button.url).toBe(PORTAL);
      expect(mailText(mail)).toContain("Look for a payment to approve in your bank’s app");
    }
  });

  it("puts the button before the details, so that a phone shows it at once", () => {
    for (const kind of ["FAILED", "CARD_NEEDED", "APPROVE", "ENDED"] as const) {
      const page = mailHtml(shopperMail(noticeOf(kind), facts, "en"));
      expect(page.indexOf("<a")).toBeLessThan(page.indexOf("<dl"));
    }
  });
});

describe("a delivery that waits for one product", () => {
  it("is spoken of in the singular", () => {
    const one: ShopperNotice = {
      kind: "WAITING",
      event: anEvent("cycle.waiting", {
        ...cycle,
        reason: "stock",
        titles: ["Fjellbris"],
        until: "2026-12-21T08:00:00Z",
      }),
    };
    expect(textOf(one, "en")).toContain("Fjellbris is sold out at the moment");
    expect(textOf(one, "en")).toContain("If it is not back before December 21, 2026");
    expect(textOf(one, "nb")).toContain("Så snart varen er på lager igjen");
  });
});
