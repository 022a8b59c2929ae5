import { Liquid } from "liquidjs";
import { describe, expect, it } from "vitest";

import { expectSameTexts } from "../../../tests/texts";
import type { PortalActionKind } from "../actions";
import type { LeavingStart, LeavingStep } from "../leaving";
import { ACTION_KINDS } from "../settings";
import type { Choices, PortalSubscription } from "../views";
import { formPage, previewPage, problemPage, receiptPage } from "./action-page";
import { endedLinkPage, linkPage, messagePage, sentPage, signInPage } from "./door-pages";
import type { Frame } from "./frame";
import { offerPage, reasonPage } from "./leaving-page";
import { listPage } from "./list-page";
import en from "./locales/en.json";
import nb from "./locales/nb.json";
import { subscriptionPage } from "./subscription-page";
import { pageTexts } from "./texts";
import type { Html } from "~/lib/html";

const ID = "0198e0a0-0000-7000-8000-000000000001";
const LINE = "0198e0a0-0000-7000-8000-000000000002";

const subscription = (text: string): PortalSubscription => ({
  id: ID,
  title: text,
  status: "ACTIVE",
  statusText: text,
  frequencyText: text,
  amountText: text,
  nextText: text,
  imageUrl: text,
  alert: { title: text, text: [text], action: { label: text, kind: "payment-method" } },
  number: text,
  seen: text,
  can: [...ACTION_KINDS],
  lines: [LINE, ID].map((id) => ({
    id,
    title: text,
    variantTitle: text,
    imageUrl: text,
    quantity: 2,
    priceText: text,
    preferenceTexts: [text],
    sellingPlanName: text,
  })),
  oneOffs: [{ id: LINE, title: text, quantity: 1, priceText: text, canRemove: true }],
  queued: [{ text }],
  deliveryPriceText: text,
  discounts: [{ id: text, text, canRemove: true }],
  paymentMethodText: text,
  address: {
    lines: [text],
    input: { firstName: text, lastName: text, address1: text, zip: text, city: text, countryCode: text, phone: text },
  },
  pickup: null,
  deliveryMethodText: text,
  upcoming: [
    {
      cycleIndex: 4,
      at: text,
      dateText: text,
      day: text,
      movable: { from: "2026-12-01", to: "2026-12-20" },
      state: "OPEN",
      stateText: text,
      canSkip: true,
      canUnskip: true,
    },
  ],
  orders: [{ orderId: text, name: text, dateText: text, totalText: text, url: text }],
  pausedUntil: null,
  terms: [text],
});

const choice = (text: string) => ({ value: text, label: text, detail: text, current: false });
const variant = (text: string) => ({ ...choice(text), imageUrl: text, soldOut: false });

function choicesOf(kind: PortalActionKind, text: string): Choices {
  switch (kind) {
    case "frequency":
      return { kind, plans: [choice(text)] };
    case "swap":
    case "add-line":
    case "add-one-off":
      return { kind, variants: [variant(text)] };
    case "preferences":
      return {
        kind,
        preferences: [
          { key: text, label: text, value: text, options: [], maxLength: 250 },
          { key: `${text}2`, label: text, value: text, options: [text], maxLength: 250 },
        ],
      };
    case "delivery-method":
      return { kind, methods: [{ ...choice(text), phone: { required: true, value: text } }] };
    case "address":
      return {
        kind,
        countries: [choice(text)],
        region: { country: text, zipRequired: true, provinceRequired: true, provinces: [choice(text)] },
      };
    default:
      return { kind: "none" };
  }
}

/** A form's title needs the delivery or the line that it is about. */
const refOf = (kind: PortalActionKind): string => (kind === "move" ? "4" : LINE);

const frame = (text: string, session: Frame["session"]): Frame => ({
  t: pageTexts("en"),
  locale: "en",
  timeZone: "Europe/Oslo",
  shopName: text,
  contactEmail: text,
  href: (path) => `/apps/perennial${path}?locale=en`,
  session,
  token: () => "token",
});

const way = (text: string) => ({ title: text, effect: [text], confirmLabel: text, keepLabel: text });
const start = (text: string): LeavingStart => ({
  ok: true,
  leaving: text,
  title: text,
  lead: text,
  reasonsLabel: text,
  reasons: [{ key: "OTHER", label: text }],
  commentLabel: text,
  continueLabel: text,
  way: way(text),
});
const step = (text: string): LeavingStep => ({
  ok: true,
  leaving: text,
  offer: { kind: "PAUSE", title: text, text: [text], acceptLabel: text, consent: text },
  way: way(text),
});

/** Every page there is, made of one text wherever it shows something. */
function everyPage(text: string, session: Frame["session"] = null): [string, Html][] {
  const made = frame(text, session);
  const one = subscription(text);
  const action = { kind: "preferences", line: LINE, values: { [text]: text } } as const;
  const preview = {
    ok: true as const,
    action,
    title: text,
    effect: [text],
    confirmLabel: text,
    seen: text,
    consent: text,
  };
  const confirmation = { action, seen: text, consentText: text, queue: false };
  const problem = { ok: false as const, problem: "SOLD_OUT" as const, title: text, text: [text], canQueue: true };
  const receipt = {
    ok: true as const,
    title: text,
    text: [text],
    at: "2026-12-01T10:00:00Z",
    queued: false,
    undo: null,
  };
  return [
    [
      "list",
      listPage(made, {
        shopName: text,
        contactEmail: text,
        subscriptions: [one, { ...one, id: LINE, status: "CANCELLED" }],
      }),
    ],
    ["empty list", listPage(made, { shopName: text, contactEmail: text, subscriptions: [] })],
    ["subscription", subscriptionPage(made, one)],
    ...ACTION_KINDS.map((kind): [string, Html] => [
      `form ${kind}`,
      formPage(
        made,
        kind,
        {
          subscription: one,
          choices: choicesOf(kind, text),
          ref: refOf(kind),
          typed: { code: text, until: text, quantity: text },
          errors: { until: "day", quantity: "quantity", variant: "choose", code: "required" },
        },
        problem,
      ),
    ]),
    ["preview", previewPage(made, ID, preview, { consentMissing: true })],
    ["receipt", receiptPage(made, ID, receipt, { label: text, effect: [text], confirmation })],
    ["problem", problemPage(made, ID, problem, confirmation)],
    ["reasons", reasonPage(made, ID, start(text))],
    ["offer", offerPage(made, ID, step(text), text)],
    ["no offer", offerPage(made, ID, { ...step(text), offer: null }, text)],
    ["sign in", signInPage(made, { ended: true, email: text, wrong: true })],
    ["link", linkPage(made, text)],
    ["ended link", endedLinkPage(made, text)],
    ["sent", sentPage(made, text)],
    ["message", messagePage(made, "notFound")],
  ];
}

const hostile = `{{ shop.email }}{% assign x = 1 %}{%- raw -%}<script>alert(1)</script>" onload="x' \`$&`;

describe("whatever a product, a shop, a customer or an address is called,", () => {
  it.each(everyPage(hostile, { token: hostile, purpose: "payment" }))(
    "it is text on the page of %s, in HTML and in Liquid",
    async (_name, { value }) => {
      const served: unknown = await new Liquid().parseAndRender(value);
      expect(served).toBe(value);
      const body = value.replace(/<style>[\s\S]*?<\/style>/, "");
      expect(body).not.toMatch(/\{\{|\{%|\{|<script|" onload/);
    },
  );

  it("becomes no address that a browser would run", () => {
    for (const [, { value }] of everyPage("javascript:alert(1)")) {
      expect(value).not.toMatch(/(?:href|action|formaction)="javascript:/);
    }
  });
});

describe("every page", () => {
  const pages = everyPage("Fjellbris");

  it.each(pages)("%s: has one heading, and no id twice", (_name, { value }) => {
    expect(value.match(/<h1/g)).toHaveLength(1);
    const ids = [...value.matchAll(/\sid="([^"]*)"/g)].map(([, id]) => id);
    expect(ids).toEqual([...new Set(ids)]);
  });

  it.each(pages)("%s: names every field, and has a legend for every group of choices", (_name, { value }) => {
    const labelled = new Set([...value.matchAll(/<label[^>]*\sfor="([^"]*)"/g)].map(([, id]) => id));
    for (const [tag] of value.matchAll(/<(?:input|select|textarea)[^>]*>/g)) {
      if (tag.includes('type="hidden"')) continue;
      expect(labelled, tag).toContain(/\sid="([^"]*)"/.exec(tag)?.[1]);
    }
    expect(value.match(/<fieldset/g)?.length ?? 0).toBe(value.match(/<legend/g)?.length ?? 0);
    for (const [, ids] of value.matchAll(/aria-describedby="([^"]*)"/g)) {
      for (const id of (ids ?? "").split(" ")) expect(value).toContain(`id="${id}"`);
    }
  });

  it.each(everyPage("Fjellbris", { token: "s3ss10n", purpose: "portal" }))(
    "%s: of whoever came by e-mail carries the way on in the bodies of forms alone",
    (name, { value }) => {
      expect(value).not.toMatch(/(?:href|action)="[^"]*s3ss10n/);
      // What has no form goes without the session: the shop's pages, the sign-in, the order's page, an e-mail.
      for (const [, address = ""] of value.matchAll(/href="([^"]*)"/g)) {
        if (["sign in", "ended link", "message"].includes(name)) continue;
        expect(address).toMatch(/^(?:\/|mailto:Fjellbris)$|^Fjellbris$/);
      }
    },
  );

  it("asks for leaving with a button like every other, and lets nobody look for it", () => {
    const offer = pages.find(([name]) => name === "offer")?.[1].value ?? "";
    const buttons = [...offer.matchAll(/<button class="([^"]*)" type="submit">/g)].map(([, look]) => look);
    expect(buttons).toEqual(["perennial-button", "perennial-button"]);
  });
});

it("a payment that fails stands on top of the list, whichever subscription it is of", () => {
  const one = { ...subscription("Nordlys"), alert: null };
  const failing = { ...subscription("Fjellbris"), id: LINE };
  const { value } = listPage(frame("Kaffebønna", null), {
    shopName: "Kaffebønna",
    contactEmail: null,
    subscriptions: [one, failing],
  });
  const [alert, card] = [value.indexOf('role="alert"'), value.indexOf("Nordlys")];
  expect(alert).toBeGreaterThan(0);
  expect(alert).toBeLessThan(card);
});

it("says the same in both languages", () => {
  expectSameTexts(en, nb);
});
