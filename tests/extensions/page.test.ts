// @vitest-environment happy-dom
import path from "node:path";

import { createNavigationHistoryEntry, getExtension } from "@shopify/ui-extensions-tester";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

import type { Preview, Problem, Receipt } from "~/portal/actions";
import type { LeavingStart, LeavingStep } from "~/portal/leaving";
import type { Choices, MethodChoice, PortalHome, PortalSubscription, RegionChoices } from "~/portal/views";

/** The full page in Shopify's own tester: what it asks the app for, and what it shows of the answers. */
const extension = getExtension("customer-account.page.render", {
  configSearchDir: path.resolve(import.meta.dirname, "../../extensions/customer-account-page"),
});

const ID = "0197f7a2-0000-7000-8000-000000000001";
const LEAVING = "0197f7a2-0000-7000-8000-000000000002";

const item = {
  id: ID,
  title: "Fjellbris",
  status: "ACTIVE" as const,
  statusText: "Active",
  frequencyText: "Every 2 weeks",
  amountText: "kr 238.00 a delivery, before tax",
  nextText: "Next delivery is charged on 1 December 2026",
  imageUrl: null,
  alert: null,
};
const home: PortalHome = { shopName: "Kaffebønna", contactEmail: "hei@kaffebonna.example", subscriptions: [item] };
const subscription: PortalSubscription = {
  ...item,
  number: "1049",
  seen: "seen-1",
  can: ["skip", "cancel"],
  lines: [],
  oneOffs: [],
  queued: [],
  deliveryPriceText: "kr 49.00",
  discounts: [],
  paymentMethodText: "Visa •••• 4242",
  address: null,
  pickup: null,
  deliveryMethodText: null,
  upcoming: [
    {
      cycleIndex: 4,
      at: "2026-12-01T07:00:00Z",
      dateText: "1 December 2026",
      day: "2026-12-01",
      movable: null,
      state: "OPEN",
      stateText: "kr 238.00 before tax",
      canSkip: true,
      canUnskip: false,
    },
  ],
  orders: [],
  pausedUntil: null,
  terms: [],
};
const shown: Preview = {
  ok: true,
  action: { kind: "skip", cycle: 4 },
  title: "Skip the delivery on 1 December 2026?",
  effect: ["You are not charged kr 238.00."],
  confirmLabel: "Skip 1 December 2026",
  seen: "seen-2",
  consent: null,
};
const receipt: Receipt = {
  ok: true,
  title: "Skipped",
  text: ["The delivery on 1 December 2026 is skipped."],
  at: "2026-11-20T10:00:00Z",
  queued: false,
  undo: { label: "Deliver it after all", action: { kind: "unskip", cycle: 4 } },
};
const running: Problem = {
  ok: false,
  problem: "RENEWAL_RUNNING",
  title: "A delivery is being charged right now",
  text: ["Nothing was changed."],
  canQueue: true,
};
const way = { title: "Cancel?", effect: ["Nothing more is charged."], confirmLabel: "Cancel it", keepLabel: "Keep it" };
const start: LeavingStart = {
  ok: true,
  leaving: LEAVING,
  title: "Before you go",
  lead: "You can skip this.",
  reasonsLabel: "Why?",
  reasons: [{ key: "TOO_MUCH", label: "I get too much" }],
  commentLabel: "Anything else?",
  continueLabel: "Continue to cancel",
  way,
};
const step: LeavingStep = { ok: true, leaving: LEAVING, offer: null, way };

interface Asked {
  method: string;
  path: string;
  authorization: string | null;
  body: unknown;
}

let asked: Asked[];
/** By the end of the path; what is not here answers 500, like a server that is down. */
let answers: Record<string, object>;

/** Plays the app's JSON API, the seam to another process. */
function server(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input);
  asked.push({
    method: init?.method ?? "GET",
    path: url.pathname + url.search,
    authorization: new Headers(init?.headers).get("authorization"),
    body: typeof init?.body === "string" ? (JSON.parse(init.body) as unknown) : null,
  });
  const answer = Object.entries(answers).find(([end]) => url.pathname.endsWith(end))?.[1];
  return Promise.resolve(answer ? Response.json(answer) : new Response("", { status: 500 }));
}

const find = (selector: string, text?: string): HTMLElement | undefined =>
  [...document.body.querySelectorAll<HTMLElement>(selector)].find(
    (element) => text === undefined || element.textContent?.includes(text),
  );
async function press(text: string): Promise<void> {
  await expect.poll(() => find("s-button", text)).toBeTruthy();
  find("s-button", text)?.dispatchEvent(new Event("click"));
}
const says = (text: string) => expect.poll(() => document.body.textContent).toContain(text);

beforeEach(() => {
  extension.setUp();
  asked = [];
  answers = { "/home": home, [`/${ID}`]: subscription, "/preview": shown, "/perform": receipt };
  extension.fetch = server;
  extension.shopify.sessionToken.get = () => Promise.resolve("a-token");
  extension.shopify.localization.language.value = { isoCode: "nb" };
});
afterEach(() => extension.tearDown());

const openSubscription = async () => {
  extension.navigation.currentEntry = createNavigationHistoryEntry({ url: `extension:/subscription/${ID}` });
  await extension.render();
  await says("1 December 2026");
};

describe("the list", () => {
  test("asks the app with the session token, in the shopper's language, and shows its sentences", async () => {
    await extension.render();
    await says("Next delivery is charged on 1 December 2026");
    expect(asked).toEqual([
      { method: "GET", path: "/api/portal/home?locale=nb", authorization: "Bearer a-token", body: null },
    ]);
    expect(find("s-button")?.getAttribute("href")).toBe(`extension:/subscription/${ID}`);
  });

  test("says that there are none", async () => {
    answers["/home"] = { ...home, subscriptions: [] };
    await extension.render();
    await expect.poll(() => find("s-section")?.getAttribute("heading")).toBe("empty.title");
  });

  test("puts a failing payment above everything", async () => {
    const alert = { title: "The card was declined", text: ["It has expired."], action: null };
    answers["/home"] = { ...home, subscriptions: [item, { ...item, id: LEAVING, alert }] };
    await extension.render();
    await expect.poll(() => find("s-page > *:first-child")?.getAttribute("heading")).toBe("The card was declined");
  });

  test("says so when nobody answers, and tries again when asked to", async () => {
    answers = {};
    await extension.render();
    await expect.poll(() => find("s-banner")?.getAttribute("heading")).toBe("unreachable.title");
    answers = { "/home": home };
    await press("tryAgain");
    await says("Every 2 weeks");
  });
});

describe("a subscription", () => {
  test("offers what the app says may be done, and nothing else", async () => {
    await openSubscription();
    expect(find("s-button", "skip")).toBeTruthy();
    expect(find("s-button", "cancel")).toBeTruthy();
    for (const not of ["pause", "frequency", "changeAddress", "restart", "orderNow"]) {
      expect(find("s-button", not)).toBeUndefined();
    }
  });

  test("shows the exact effect before anything is asked for, and sends what was seen", async () => {
    await openSubscription();
    await press("skip");
    await says("You are not charged kr 238.00.");
    expect(asked.map(({ path: where }) => where).some((where) => where.includes("perform"))).toBe(false);
    await press("Skip 1 December 2026");
    await says("The delivery on 1 December 2026 is skipped.");
    expect(asked.find(({ path: where }) => where.includes("perform"))?.body).toEqual({
      action: { kind: "skip", cycle: 4 },
      seen: "seen-2",
      queue: false,
      consentText: null,
    });
  });

  test("takes back with what the page has seen since", async () => {
    await openSubscription();
    await press("skip");
    answers[`/${ID}`] = { ...subscription, seen: "seen-3" };
    await press("Skip 1 December 2026");
    await says("The delivery on 1 December 2026 is skipped.");
    await expect.poll(() => asked.filter(({ path: where }) => where.endsWith(`${ID}?locale=nb`)).length).toBe(2);
    await press("Deliver it after all");
    await expect
      .poll(() => asked.filter(({ path: where }) => where.includes("perform")).at(-1)?.body)
      .toMatchObject({ action: { kind: "unskip", cycle: 4 }, seen: "seen-3" });
  });

  test("offers to wait for a running renewal, and only where the app does", async () => {
    await openSubscription();
    await press("skip");
    answers["/perform"] = running;
    await press("Skip 1 December 2026");
    await says("Nothing was changed.");
    answers["/perform"] = receipt;
    await press("queue");
    await says("The delivery on 1 December 2026 is skipped.");
    expect(asked.filter(({ path: where }) => where.includes("perform")).at(-1)?.body).toMatchObject({ queue: true });

    answers["/perform"] = { ...running, canQueue: false };
    await press("skip");
    await press("Skip 1 December 2026");
    await says("Nothing was changed.");
    expect(find("s-button", "queue")).toBeUndefined();
  });

  test("is left in three clicks, a reason being optional", async () => {
    answers["/leaving"] = start;
    answers["/reason"] = step;
    await openSubscription();
    await press("cancel");
    await press("Continue to cancel");
    await press("Cancel it");
    await expect
      .poll(() => asked.find(({ path: where }) => where.includes("perform"))?.body)
      .toMatchObject({ action: { kind: "cancel", leaving: LEAVING }, seen: "seen-1" });
    expect(asked.find(({ path: where }) => where.includes("/reason"))?.body).toEqual({ reason: null, comment: "" });
  });

  test("is begun anew with a box that must be ticked, and says so beside it", async () => {
    const consent = "I subscribe to Fjellbris from Kaffebønna.";
    answers[`/${ID}`] = { ...subscription, status: "CANCELLED", can: ["restart"] };
    answers["/preview"] = { ...shown, action: { kind: "restart", consent: true }, confirmLabel: "Start it", consent };
    await openSubscription();
    await press("restart");
    await press("Start it");
    await expect.poll(() => find("s-checkbox")?.getAttribute("error")).toBe("consentMissing");
    expect(asked.some(({ path: where }) => where.includes("perform"))).toBe(false);

    const box = find("s-checkbox");
    expect(box?.getAttribute("label")).toBe(consent);
    if (box) Object.assign(box, { checked: true });
    box?.dispatchEvent(new Event("change"));
    await expect.poll(() => find("s-checkbox")?.getAttribute("error")).toBeFalsy();
    await press("Start it");
    await expect
      .poll(() => asked.find(({ path: where }) => where.includes("perform"))?.body)
      .toMatchObject({ action: { kind: "restart" }, consentText: consent });
  });

  test("says what waits for the renewal that runs, under words that say so", async () => {
    answers[`/${ID}`] = { ...subscription, queued: [{ text: "The subscription is cancelled." }] };
    await openSubscription();
    expect(find("s-banner")?.getAttribute("heading")).toBe("waiting");
    expect(find("s-banner")?.textContent).toBe("The subscription is cancelled.");
  });

  test("keeps what it shows when reading it again fails", async () => {
    await openSubscription();
    answers = { "/preview": shown, "/perform": receipt };
    await press("skip");
    await press("Skip 1 December 2026");
    await says("The delivery on 1 December 2026 is skipped.");
    await says("kr 238.00 before tax");
  });
});

describe("an address", () => {
  const choice = (value: string, label: string) => ({ value, label, detail: null, current: false });
  const choices = (region: RegionChoices): Choices => ({
    kind: "address",
    countries: [choice("NO", "Norway"), choice("US", "United States")],
    region,
  });
  const norway = { country: "NO", zipRequired: true, provinceRequired: false, provinces: [] };
  const states = { country: "US", zipRequired: true, provinceRequired: true, provinces: [choice("OR", "Oregon")] };
  const street = { firstName: "", lastName: "Nordmann", address1: "Storgata 1", zip: "0155" };
  const input = { ...street, city: "Oslo", countryCode: "NO" };
  const field = (label: string) => find(`[label="${label}"]`);
  /** What is typed is in the page before the next event, as for a person. */
  async function type(label: string, value: string): Promise<void> {
    const target = field(label);
    if (!target) throw new Error(`There is no field ${label}.`);
    Object.assign(target, { value });
    target.dispatchEvent(new Event("change"));
    await Promise.resolve();
  }
  // The handler is named after the event where the DOM knows it, as browsers do and happy-dom does not.
  const send = () => find("s-form")?.dispatchEvent(new Event("onsubmit" in document.body ? "submit" : "Submit"));
  const previewed = () => asked.filter(({ path: where }) => where.includes("preview")).at(-1)?.body;

  test("names the provinces of the chosen country, which the app tells, and comes back as it was typed", async () => {
    answers[`/${ID}`] = { ...subscription, can: ["address"], address: { lines: [], input } };
    answers["/choices"] = choices(norway);
    await openSubscription();
    await press("changeAddress");
    await expect.poll(() => field("address.country")).toBeTruthy();
    expect(field("address.provinceCode")).toBeUndefined();

    answers["/choices"] = choices(states);
    await type("address.city", "Portland");
    await type("address.country", "US");
    await expect.poll(() => field("address.provinceCode")?.textContent).toContain("Oregon");
    expect(asked.at(-1)?.path).toContain("country=US");

    const fields = { provinceCode: "Choose the state or province in United States." };
    answers["/preview"] = { ...running, problem: "ADDRESS_NOT_SERVED", canQueue: false, fields };
    send();
    await expect.poll(() => field("address.provinceCode")?.getAttribute("error")).toBe(fields.provinceCode);
    expect(previewed()).toEqual({
      action: { kind: "address", address: { ...input, city: "Portland", countryCode: "US" } },
    });

    answers["/preview"] = shown;
    await type("address.provinceCode", "OR");
    send();
    await says("You are not charged kr 238.00.");
    expect(previewed()).toMatchObject({
      action: { address: { city: "Portland", countryCode: "US", provinceCode: "OR" } },
    });
  });
});

describe("a way of delivery", () => {
  const method = (value: string, label: string, phone: MethodChoice["phone"] = null): MethodChoice => ({
    value,
    label,
    detail: `${label}, kr 29.00`,
    current: false,
    phone,
  });
  const choices: Choices = {
    kind: "delivery-method",
    methods: [
      { ...method("pickup:501", "Pick up: Grünerløkka"), current: true },
      method("local-delivery:Bike", "Bike", { required: true, value: "" }),
    ],
  };
  const field = (label: string) => find(`[label^="${label}"]`);
  const send = () => find("s-form")?.dispatchEvent(new Event("onsubmit" in document.body ? "submit" : "Submit"));
  const previewed = () => asked.filter(({ path: where }) => where.includes("preview")).at(-1)?.body;
  async function pick(value: string): Promise<void> {
    const list = field("field.deliveryMethod");
    Object.assign(list ?? {}, { values: [value] });
    list?.dispatchEvent(new Event("change"));
    await Promise.resolve();
  }

  test("that is picked up has its place instead of an address, which can't be changed", async () => {
    const pickup = { lines: ["Kaffebønna Grünerløkka", "0552 Oslo"] };
    answers[`/${ID}`] = { ...subscription, can: ["delivery-method"], pickup };
    await openSubscription();
    await says("0552 Oslo");
    expect(find("s-text", "pickup")).toBeTruthy();
    expect(find("s-button", "changeAddress")).toBeUndefined();
  });

  test("asks for a phone number where it is needed alone, and says beside it what is wrong", async () => {
    answers[`/${ID}`] = { ...subscription, can: ["delivery-method"] };
    answers["/choices"] = choices;
    await openSubscription();
    await press("changeDelivery");
    await expect.poll(() => field("field.deliveryMethod")).toBeTruthy();
    expect(field("field.phone")).toBeUndefined();

    await pick("local-delivery:Bike");
    await expect.poll(() => field("field.phone")).toBeTruthy();
    const problem: Problem = {
      ...running,
      problem: "PHONE_NOT_VALID",
      canQueue: false,
      fields: { phone: "With its code." },
    };
    answers["/preview"] = problem;
    send();
    await expect.poll(() => field("field.phone")?.getAttribute("error")).toBe("With its code.");
    expect(previewed()).toEqual({ action: { kind: "delivery-method", code: "local-delivery:Bike" } });

    const phone = field("field.phone");
    Object.assign(phone ?? {}, { value: "+4791234567" });
    phone?.dispatchEvent(new Event("change"));
    await Promise.resolve();
    answers["/preview"] = shown;
    send();
    await expect
      .poll(previewed)
      .toEqual({ action: { kind: "delivery-method", code: "local-delivery:Bike", phone: "+4791234567" } });
  });
});
