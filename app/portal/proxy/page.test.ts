import { Liquid } from "liquidjs";
import { describe, expect, it } from "vitest";

import type { ContractView, CycleView } from "~/contracts/views";

import type { PageFrame } from "./card";
import en from "./locales/en.json";
import nb from "./locales/nb.json";
import { signInPage, subscriptionsPage } from "./page";
import { portalTexts } from "./texts";

const nok = (amount: string) => ({ amount, currencyCode: "NOK" });
const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ").replaceAll(/\s+/g, " ");

const frame = (locale: "en" | "nb"): PageFrame => ({
  t: portalTexts(locale),
  locale,
  timeZone: "Europe/Oslo",
  path: "/apps/perennial",
  formToken: (action, contractId, cycleIndex) => `token-${action}-${contractId}-${cycleIndex}`,
});

const cycle = (cycleIndex: number, date: string, state: CycleView["state"] = "OPEN"): CycleView => ({
  cycleIndex,
  expectedAt: `${date}T10:00:00.000Z`,
  dueAt: `${date}T08:00:00.000Z`,
  state,
  canSkip: state === "OPEN",
  canUnskip: state === "SKIPPED",
});

const contract: ContractView = {
  id: "c1",
  shopifyId: "gid://shopify/SubscriptionContract/7",
  number: "7",
  status: "ACTIVE",
  attention: null,
  customerName: "Kari Nordmann",
  customerEmail: "kari@example.com",
  lines: [
    {
      title: "Espresso",
      variantTitle: "250 g",
      sku: null,
      imageUrl: null,
      quantity: 2,
      price: nok("134.10"),
      total: nok("268.20"),
      productId: null,
      variantId: null,
      sellingPlanName: null,
    },
  ],
  frequency: { interval: "WEEK", count: 2 },
  nextBillingAt: "2026-12-07T10:00:00.000Z",
  amount: nok("327.20"),
  renewalRunning: false,
  customer: null,
  subtotal: nok("268.20"),
  deliveryPrice: nok("59.00"),
  delivery: { interval: "WEEK", count: 2 },
  paymentMethodLabel: "Visa •••• 4242",
  paymentFailedAt: null,
  paymentErrorCode: null,
  shippingAddress: null,
  originOrder: { id: "gid://shopify/Order/1", name: "#1001" },
  createdAt: "2026-11-09T10:00:00.000Z",
  upcoming: [
    cycle(2, "2026-12-07"),
    cycle(3, "2026-12-21", "SKIPPED"),
    cycle(4, "2027-01-04"),
    cycle(5, "2027-01-18"),
    cycle(6, "2027-02-01"),
    cycle(7, "2027-02-15"),
  ],
  charges: [
    {
      id: "h1",
      cycleIndex: 1,
      expectedAt: "2026-11-23T10:00:00.000Z",
      state: "PAID",
      expectedAmount: nok("327.20"),
      paidAmount: nok("327.20"),
      orderId: "gid://shopify/Order/2",
      orderName: "#1007",
      paidAt: "2026-11-23T08:05:00.000Z",
      errorCode: null,
      parkedReason: null,
      imported: false,
      attempts: [],
    },
  ],
};

const shop = { name: "Kaffebønna", contactEmail: "hei@kaffebonna.example" };

describe("the shopper's page", () => {
  it("says before the click what a skip does: which date, what is not paid, what comes next", () => {
    const text = plain(subscriptionsPage(frame("nb"), shop, [contract], null).value);
    expect(text).toContain(
      "Leveringen 7. desember 2026 blir ikke sendt, og du blir ikke trukket for 327,20 kr. Neste levering er da 4. januar 2027.",
    );
    expect(text).toContain("Hopp over 7. desember 2026</button>");
    expect(text).toContain("Få levering 21. desember 2026 likevel</button>");
    expect(text).toContain("Hver 2. uke");
    expect(text).toContain("327,20 kr per levering, før eventuelle avgifter");
    expect(text).toContain("268,20 kr + 59,00 kr i frakt");
    expect(text).toContain("#1007");
  });

  it("changes by POST alone, with a token for exactly this cycle", () => {
    const page = subscriptionsPage(frame("en"), shop, [contract], null).value;
    expect(page.match(/<form /g)).toHaveLength(6);
    expect(page.match(/<form method="post" action="\/apps\/perennial">/g)).toHaveLength(6);
    expect(page).toContain(`value="token-skip-c1-2"`);
    expect(page).toContain(`value="token-unskip-c1-3"`);
  });

  it("gives a receipt with the way back", () => {
    const [first] = contract.upcoming;
    if (!first) throw new Error("the fixture has cycles");
    const skipped = { ...first, state: "SKIPPED", canSkip: false, canUnskip: true } as const;
    const after = { ...contract, upcoming: [skipped, ...contract.upcoming.slice(1)] };
    const notice = {
      kind: "receipt",
      action: "skip",
      contract: after,
      cycle: skipped,
      at: "2026-11-23T10:00:00Z",
    } as const;
    const text = plain(subscriptionsPage(frame("en"), shop, [after], notice).value);
    expect(text).toContain(
      "Skipped: the delivery on December 7, 2026 will not be sent, and you will not be charged NOK 327.20.",
    );
    expect(text).toContain("Your next delivery is January 4, 2027.");
    expect(text).toContain("Recorded November 23, 2026 at 11:00 AM.");
    expect(text.indexOf("token-unskip-c1-2")).toBeLessThan(text.indexOf("<article"));
  });

  it("offers nothing to skip while paused or after the end, and tells a failed payment", () => {
    const paused = subscriptionsPage(frame("nb"), shop, [{ ...contract, status: "PAUSED" }], null).value;
    expect(paused).not.toContain("<form");
    expect(paused).toContain("På pause");
    const ended = subscriptionsPage(
      frame("nb"),
      shop,
      [{ ...contract, status: "CANCELLED", upcoming: [] }],
      null,
    ).value;
    expect(ended).not.toContain("Kommende leveringer");
    const failed = subscriptionsPage(frame("nb"), shop, [{ ...contract, attention: "PAYMENT_FAILED" }], null).value;
    expect(plain(failed)).toContain(`Sjekk kortet på <a href="/account">kontoen din</a>.`);
  });

  it("lets neither a product nor a shop's name be more than text, in HTML and in Liquid", async () => {
    const hostile = `{{ shop.email }}{% assign x = 1 %}<script>alert(1)</script>" onload="x`;
    const [line] = contract.lines;
    if (!line) throw new Error("the fixture has a line");
    const page = subscriptionsPage(
      frame("en"),
      { name: hostile, contactEmail: hostile },
      [
        {
          ...contract,
          lines: [{ ...line, title: hostile, variantTitle: hostile, imageUrl: hostile }],
          paymentMethodLabel: hostile,
          originOrder: { id: "1", name: hostile },
        },
      ],
      null,
    ).value;
    const served: unknown = await new Liquid().parseAndRender(page);
    expect(served).toBe(page);
    expect(page).not.toMatch(/\{\{|\{%|<script|" onload/);
  });

  it("asks a stranger to sign in and come back", () => {
    const page = signInPage({ ...frame("nb"), path: "/tools/abo" }).value;
    expect(page).toContain(`href="/account/login?return_url=&#37;2Ftools&#37;2Fabo"`);
  });

  it("has every text in both languages", () => {
    const keys = (texts: object, path = ""): string[] =>
      Object.entries(texts).flatMap(([key, text]: [string, unknown]) =>
        typeof text === "object" && text !== null ? keys(text, `${path}${key}.`) : [`${path}${key}`],
      );
    expect(keys(nb)).toEqual(keys(en));
  });
});
