import fc from "fast-check";
import { expect, it } from "vitest";

import { systemClock } from "~/lib/clock";

import { testApp } from "../../../tests/app";
import { ACTION_KINDS } from "../settings";
import { browse, proxyRequest, SECRET, testProxy } from "./browsing.fixture";
import { createFormToken } from "./form-token.server";
import { portal } from "./portal.server";
import { createSession } from "./session.server";

/** With those of account/fuzz.test.ts 20,000: here each one renders a page. */
const REQUESTS = 6_000;
/** Sent at once, as shoppers do. */
const AT_ONCE = 50;

const app = await testApp({ subscribers: 3 });
const { ctx, shop, shopify } = app;

const rows = await ctx.db.subscriptionContract.findMany({
  where: { shopId: shop.id, status: "ACTIVE" },
  include: { lines: true, customer: true },
});
const [mine, theirs] = rows;
if (!mine?.customer || !theirs?.customer) throw new Error("the demo shop has subscribers");
const me = mine.customer.shopifyId;
const number = me.slice("gid://shopify/Customer/".length);

/** Tokens that are genuine, for something else than what they are sent with. */
const stolen = [
  createFormToken(SECRET, systemClock, { shopId: shop.id, customerId: me, contractId: theirs.id, action: "leave" }),
  createFormToken(SECRET, systemClock, { shopId: shop.id, customerId: me, contractId: "", action: "perform {}" }),
  createFormToken(SECRET, systemClock, { shopId: "another", customerId: me, contractId: mine.id, action: "leave" }),
];
const sessions = [
  createSession(SECRET, systemClock, { shopId: shop.id, customerId: me, purpose: "payment" }),
  createSession(SECRET, systemClock, { shopId: "another", customerId: me, purpose: "portal" }),
  "portal.1.2.3",
];

const text = fc.string({ unit: "grapheme", maxLength: 60 });
const id = fc.constantFrom(mine.id, theirs.id, mine.lines[0]?.id ?? "", shop.id);
const ref = fc.oneof(fc.integer({ min: -2, max: 2_000_000 }).map(String), id, text.map(encodeURIComponent));
const kind = fc.constantFrom(...ACTION_KINDS);
const place = fc.oneof(
  { weight: 1, arbitrary: fc.constantFrom("", "/", "/sign-in", "/s", "/nothing", "/withdraw/x", "/link/") },
  { weight: 1, arbitrary: text.map((each) => `/link/${encodeURIComponent(each)}`) },
  { weight: 1, arbitrary: fc.webPath() },
  { weight: 2, arbitrary: id.map((each) => `/s/${each}`) },
  { weight: 2, arbitrary: id.map((each) => `/s/${each}/leave`) },
  { weight: 8, arbitrary: fc.tuple(id, kind, ref).map(([contract, act, about]) => `/s/${contract}/${act}/${about}`) },
);
const order = fc.oneof(
  fc.json({ maxDepth: 3 }),
  fc
    .record({
      action: fc.record({ kind, cycle: fc.integer(), line: id, quantity: fc.integer(), leaving: fc.constant(null) }),
      seen: text,
      consentText: fc.option(text),
      queue: fc.boolean(),
    })
    .map((each) => JSON.stringify(each)),
);
const fields = fc.record(
  {
    step: fc.oneof(fc.constantFrom("preview", "perform", "leave", "reason", "mail", "open", "fresh", "perform"), text),
    token: fc.oneof(fc.constantFrom(...stolen), text),
    session: fc.oneof(fc.constantFrom(...sessions), text),
    order,
    leaving: id,
    reason: text,
    comment: text,
    email: fc.oneof(fc.emailAddress(), text),
    quantity: text,
    day: text,
    until: text,
    variant: text,
    sellingPlan: text,
    code: text,
    discount: text,
    "preference:__proto__": text,
    __proto__: text,
  },
  { requiredKeys: [] },
);
const request = fc.record({
  place,
  form: fc.option(fields, { freq: 2 }),
  customer: fc.oneof(
    { weight: 5, arbitrary: fc.constant(number) },
    { weight: 1, arbitrary: fc.constant("") },
    { weight: 1, arbitrary: text },
  ),
  query: fc.oneof(
    { weight: 6, arbitrary: fc.constant({}) },
    { weight: 1, arbitrary: fc.record({ locale: text, path_prefix: text }, { requiredKeys: [] }) },
    { weight: 1, arbitrary: fc.dictionary(text, text, { maxKeys: 2 }) },
  ),
  headers: fc.record(
    {
      Origin: fc.constantFrom("https://evil.example.com", "null", `https://${shop.domain}`),
      "Sec-Fetch-Site": fc.constantFrom("cross-site", "same-origin", "none"),
      "X-Forwarded-For": fc.ipV4(),
    },
    { requiredKeys: [] },
  ),
});

/** All that a shopper's click could change, here and at Shopify. */
async function everything(): Promise<string> {
  const { db } = ctx;
  return JSON.stringify([
    shopify.contracts,
    await db.subscriptionContract.findMany({ orderBy: { id: "asc" } }),
    await db.subscriptionLine.findMany({ orderBy: { id: "asc" } }),
    await db.billingCycle.findMany({ orderBy: [{ contractId: "asc" }, { cycleIndex: "asc" }] }),
    await db.historyEvent.count(),
    await db.leaving.count(),
    await db.oneOff.count(),
    await db.queuedEdit.count(),
    await db.consent.count(),
    await db.magicLink.count(),
    await db.proxySignature.count(),
  ]);
}

it(`${REQUESTS} requests of every kind but ours: never an error of ours, and nothing is changed`, async () => {
  const proxy = testProxy(Number.MAX_SAFE_INTEGER);
  // Whatever is done when a page is first opened.
  await browse(app, number, proxy).get();
  const before = await everything();
  const statuses: Record<number, number> = {};
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: AT_ONCE, maxLength: AT_ONCE }), async (requests) => {
      const answers = await Promise.all(
        requests.map(async ({ place: where, form, customer, query, headers }) => {
          const asked = proxyRequest(shop.domain, customer, where, {
            query,
            headers,
            ...(form ? { form: form as Record<string, string> } : {}),
          });
          return { asked, answer: await portal(ctx, proxy, asked) };
        }),
      );
      for (const { asked, answer } of answers) {
        statuses[answer.status] = (statuses[answer.status] ?? 0) + 1;
        expect(answer.status, `${asked.method} ${asked.url}`).toBeLessThan(500);
      }
    }),
    { numRuns: REQUESTS / AT_ONCE },
  );
  expect(await everything()).toBe(before);
  // Not all of them were turned away at the door.
  expect(statuses[200]).toBeGreaterThan(REQUESTS / 50);
  expect(statuses[403]).toBeGreaterThan(REQUESTS / 50);
}, 600_000);
