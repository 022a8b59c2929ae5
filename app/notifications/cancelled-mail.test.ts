import { describe, expect, it } from "vitest";

import { cancelledMail } from "./cancelled-mail";
import type { CancelledSubscription } from "./cancelled-mail";
import { caseMail } from "./case-mail";
import type { CaseFacts } from "./case-mail";
import { mailHtml, mailText } from "./mail";

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

const ended: CancelledSubscription = {
  shopName: "Kaffebønna",
  timeZone: "Europe/Oslo",
  contactEmail: "hei@kaffebonna.example",
  portalUrl: "https://kaffebonna.no/apps/perennial",
  firstName: "Kari",
  lines: [{ title: "Espresso", variantTitle: "250 g", quantity: 2 }],
  // Oslo's 7 December, though it is still the 6th in UTC.
  cancelledAt: "2026-12-06T23:30:00.000Z",
  lastOrder: { name: "#1007", paidAt: "2026-12-01T08:00:00.000Z" },
  prepaidUntil: null,
};

describe("the receipt of a cancellation", () => {
  it("tells what has ended, the minute of it, what is still delivered and the way back", () => {
    const text = plain(mailText(cancelledMail(ended, "nb")));
    for (const part of [
      "Abonnementet er avsluttet",
      "Espresso – 250 g × 2",
      "Avsluttet: 7. desember 2026 kl. 00:30",
      "Leveres fortsatt: Bestilling #1007, som du betalte 1. desember 2026",
      "https://kaffebonna.no/apps/perennial",
      "hei@kaffebonna.example",
    ]) {
      expect(text).toContain(part);
    }
  });

  it("tells of what is paid ahead up to its day, and of nothing where nothing is owed", () => {
    const ahead = { ...ended, prepaidUntil: "2027-03-01T08:00:00.000Z" };
    expect(plain(mailText(cancelledMail(ahead, "en")))).toContain("paid for, up to March 1, 2027");
    expect(mailText(cancelledMail({ ...ended, lastOrder: null }, "en"))).not.toContain("Still delivered");
  });
});

const declared: CaseFacts = {
  kind: "TERMINATION",
  shopName: "Skylager",
  timeZone: "Europe/Berlin",
  name: "<b>Greta</b>",
  email: "greta@example.com",
  reference: "#1001",
  message: "Umzug",
  endsOn: "2027-01-31",
  receivedAt: "2026-12-07T08:00:00.000Z",
  matched: false,
  caseUrl: "https://admin.shopify.com/store/skylager/apps/perennial/app/cases/1",
};

describe("the news of a declaration, to the shop's owner", () => {
  it("holds everything that was declared, and where it is settled", () => {
    const text = plain(mailText(caseMail(declared, "en")));
    for (const part of [
      "greta@example.com",
      "#1001",
      "Umzug",
      "January 31, 2027",
      "It fits no single",
      declared.caseUrl,
    ]) {
      expect(text).toContain(part);
    }
    expect(plain(mailText(caseMail({ ...declared, endsOn: "AS_SOON_AS_POSSIBLE" }, "nb")))).toContain(
      "så snart som mulig",
    );
  });

  it("shows what people write as text", () => {
    expect(mailHtml(caseMail(declared, "en"))).not.toContain("<b>Greta");
  });
});
