import { expect, test } from "vitest";

import { testApp } from "../../tests/app";
import { setCardOutcomes, updatePaymentMethod } from "../../tests/dev-shop/domain";

/** The engine and the e-mails together: what subscribers find in their mailboxes while their cards fail. */

const DAY_MS = 86_400_000;

/** Eight tries of several charges, with all that Shopify does meanwhile. */
const STORY_MS = 120_000;

test(
  "subscribers hear of trouble with their card as often as they need, and of its end",
  async () => {
    const app = await testApp({ subscribers: 4 });
    const rows = await app.ctx.db.subscriptionContract.findMany({
      where: { shopId: app.shop.id, status: "ACTIVE", nextBillingAt: { not: null } },
      orderBy: { nextBillingAt: "asc" },
      distinct: ["customerId"],
      include: { customer: true },
    });
    const subscriber = (index: number) => {
      const row = rows[index];
      const contract = app.shopify.contracts[row?.shopifyId.split("/").at(-1) ?? ""];
      const customer = app.shopify.customers[contract?.customerId ?? ""];
      const method = app.shopify.paymentMethods[contract?.paymentMethodId ?? ""];
      if (!row?.nextBillingAt || !customer || !method) throw new Error(`there is no subscriber ${index}`);
      const subjects = () =>
        app.mails.filter(({ to }) => to === customer.email).map(({ subject }) => subject.replace("Kaffebønna", "…"));
      return { id: row.id, renewsAt: row.nextBillingAt, customer, method, subjects };
    };
    const [declined, expired] = [subscriber(0), subscriber(1)];
    setCardOutcomes(expired.customer, ["EXPIRED_PAYMENT_METHOD"]);
    setCardOutcomes(declined.customer, ["CARD_DECLINED"]);

    await app.advanceTo(new Date(expired.renewsAt.getTime() + DAY_MS).toISOString());
    expect(expired.subjects()).toEqual(["Abonnementet ditt hos … trenger et nytt kort"]);
    expect(app.shopify.mail.map(({ to, subject }) => [to, subject])).toEqual([
      [expired.customer.email, "Oppdater betalingskortet ditt"],
    ]);
    setCardOutcomes(expired.customer, ["success"]);
    updatePaymentMethod(app.world, app.shopify, expired.method, { lastDigits: "1881", expiryYear: 2030 });

    await app.advanceTo(new Date(declined.renewsAt.getTime() + 15 * DAY_MS).toISOString());
    expect(expired.subjects()).toEqual([
      "Abonnementet ditt hos … trenger et nytt kort",
      "Takk! Betalingen til … gikk gjennom",
    ]);
    const failures = await app.ctx.db.historyEvent.count({ where: { contractId: declined.id, type: "charge.failed" } });
    expect(failures).toBe(8);
    expect(declined.subjects()).toEqual([
      "Betalingen til … gikk ikke gjennom",
      "Påminnelse: Betalingen til … har fortsatt ikke gått gjennom",
      "Påminnelse: Betalingen til … har fortsatt ikke gått gjennom",
      "Abonnementet ditt hos … er satt på pause",
    ]);
  },
  STORY_MS,
);
