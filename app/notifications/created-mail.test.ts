import { describe, expect, it } from "vitest";

import type { Locale } from "~/lib/i18n";

import { createdMail } from "./created-mail";
import type { NewSubscription } from "./created-mail";
import { mailHtml, mailText } from "./mail";

const nok = (amount: string) => ({ amount, currencyCode: "NOK" });

const subscription: NewSubscription = {
  shopName: "Kaffebønna",
  timeZone: "Europe/Oslo",
  contactEmail: "hei@kaffebonna.example",
  portalUrl: "https://kaffebonna.myshopify.com/apps/perennial",
  firstName: "Kari",
  lines: [{ title: "Espresso", variantTitle: "250 g", quantity: 2, price: nok("134.10") }],
  frequency: { interval: "WEEK", count: 2 },
  subtotal: nok("268.20"),
  deliveryPrice: nok("59.00"),
  amount: nok("327.20"),
  // Oslo's 7 December, though it is still the 6th in UTC.
  nextAt: "2026-12-06T23:30:00.000Z",
  paymentMethodLabel: "Visa •••• 4242",
  originOrderName: "#1001",
};

/** Intl writes non-breaking spaces. */
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

describe("the confirmation of a new subscription", () => {
  it("tells in Norwegian what was agreed, what it costs, when, and how to leave", () => {
    const mail = createdMail(subscription, "nb");
    const text = plain(mailText(mail));
    expect(mail.subject).toBe("Abonnementet ditt hos Kaffebønna");
    for (const part of [
      "Hei, Kari!",
      "Espresso – 250 g × 2 (134,10 kr per stk.)",
      "Hvor ofte: hver 2. uke",
      "327,20 kr, før eventuelle avgifter (268,20 kr + 59,00 kr i frakt)",
      "Neste levering: 7. desember 2026; da trekkes 327,20 kr",
      "Visa •••• 4242",
      "Bestilling #1001",
      "https://kaffebonna.myshopify.com/apps/perennial",
      "hei@kaffebonna.example",
    ]) {
      expect(text).toContain(part);
    }
  });

  it("tells the same in English", () => {
    const text = plain(mailText(createdMail(subscription, "en")));
    for (const part of [
      "Hi Kari,",
      "How often: every 2 weeks",
      "NOK 327.20, before any taxes",
      "December 7, 2026",
      "Order #1001",
      "change or cancel it yourself with the button above, or write to hei@kaffebonna.example",
    ]) {
      expect(text).toContain(part);
    }
  });

  it("leaves out what is not known, and says when delivery costs nothing", () => {
    const bare = { ...subscription, firstName: null, nextAt: null, paymentMethodLabel: null, originOrderName: null };
    const text = plain(mailText(createdMail({ ...bare, deliveryPrice: nok("0.0") }, "nb")));
    expect(text).toContain("Hei!");
    expect(text).toContain("fri frakt");
    expect(text).not.toMatch(/null|undefined|Neste levering|Betales med|Bestilling/);
  });

  it("has one link to follow, and says in HTML what it says in text", () => {
    const mail = createdMail(subscription, "nb");
    const page = mailHtml(mail);
    expect(page.match(/<a\s/g)).toHaveLength(1);
    expect(page).toContain(`href="${subscription.portalUrl}"`);
    const words = plain(page.replaceAll(/<[^>]+>/g, " "));
    for (const { label, values } of mail.facts)
      for (const part of [label, ...values]) expect(words).toContain(plain(part));
  });

  it("shows names as text, whatever they are", () => {
    const hostile = `<img src=x onerror=alert(1)>"`;
    const page = mailHtml(
      createdMail({ ...subscription, shopName: hostile, firstName: hostile, originOrderName: hostile }, "en"),
    );
    expect(page).not.toContain("<img");
    expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;&quot;");
  });
});

describe("the right of withdrawal", () => {
  const told = (withdrawal: NewSubscription["withdrawal"], locale: Locale) =>
    mailText(createdMail({ ...subscription, withdrawal }, locale));
  const url = "https://kaffebonna.no/apps/perennial/withdraw";

  it("is told where the shop tells it, with where its form is", () => {
    expect(told({ text: "", url }, "nb")).toContain("Du har 14 dagers angrerett");
    expect(told({ text: "", url }, "nb")).toContain(url);
    expect(told({ text: "", url: null }, "en")).toContain("To withdraw, write to");
    expect(told(null, "nb")).not.toContain("angrerett");
  });

  it("in the merchant's own words if there are any", () => {
    const text = told({ text: "Våre vilkår.\n\nMer om dem.", url }, "nb");
    expect(text).toContain("Våre vilkår.\n\nMer om dem.");
    expect(text).not.toContain("14 dagers angrerett");
  });
});
