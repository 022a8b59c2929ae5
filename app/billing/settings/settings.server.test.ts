import { expect, test } from "vitest";

import { updateShopFields } from "~/shops/shop-fields.server";

import { testApp } from "../../../tests/app";
import type { TestApp } from "../../../tests/app";
import { rescheduleCycles } from "./reschedule.server";
import type { SettingsInput } from "./settings-form";
import { settingsPreviewData } from "./settings-preview.server";
import { billingSettings, saveBillingSettings, settingsInput } from "./settings.server";

const rowOf = ({ ctx, shop }: TestApp) => ctx.db.shop.findUniqueOrThrow({ where: { id: shop.id } });

async function save(app: TestApp, changes: Partial<SettingsInput>) {
  const shop = await rowOf(app);
  return saveBillingSettings(app.ctx, shop, { ...(await settingsInput(app.ctx, shop)), ...changes }, "merchant");
}

const openCycles = ({ ctx, shop }: TestApp) =>
  ctx.db.billingCycle.findMany({
    where: { shopId: shop.id, outcome: null, claimed: false },
    orderBy: [{ expectedAt: "asc" }, { contractId: "asc" }],
  });

const rule = {
  variantId: "gid://shopify/ProductVariant/1",
  title: "Fjellbris 250 g",
  policy: "SUBSTITUTE",
  substituteVariantId: "gid://shopify/ProductVariant/2",
  substituteTitle: "Bryggen 250 g",
} as const;

test("settings are kept, told to the history by name, and moved nothing when nothing was changed", async () => {
  const app = await testApp();
  expect(await save(app, {})).toEqual({ outcome: "SAVED", changed: [] });
  const changes = { payDays: [15, 31], dunningEnd: "CANCEL", stockRules: [rule] } as const;
  const outcome = await save(app, { ...changes, stockRules: [...changes.stockRules] });
  expect([...outcome.changed].sort()).toEqual(["dunningEnd", "payDays", "stockRules"]);

  const shop = await rowOf(app);
  expect(await settingsInput(app.ctx, shop)).toMatchObject(changes);
  const settings = await billingSettings(app.ctx, shop);
  expect(settings.stockRules.get(rule.variantId)).toMatchObject({ substituteVariantId: rule.substituteVariantId });
  const events = await app.ctx.db.historyEvent.findMany({ where: { type: "billing.settings-changed" } });
  expect(events.map(({ actor, data }) => ({ actor, data }))).toEqual([
    { actor: "merchant", data: { changed: outcome.changed } },
  ]);

  await save(app, { stockRules: [] });
  expect(await app.ctx.db.stockRule.count()).toBe(0);
});

test("the preview is made of the shop's own coming renewals, and of no other shop's", async () => {
  const app = await testApp({ subscribers: 4 });
  const { days, examples, timeZone } = await settingsPreviewData(app.ctx, app.shop);
  const coming = (await openCycles(app)).filter(({ dueAt }) => dueAt > app.ctx.clock.now());
  expect(timeZone).toBe("Europe/Oslo");
  const [first] = days;
  const sameDay = coming.filter(({ dueAt }) => dueAt.toISOString().startsWith(first?.date ?? "none"));
  expect(first?.renewals).toBe(sameDay.length);
  expect(examples[0]).toMatchObject({
    contractId: coming[0]?.contractId,
    number: expect.stringMatching(/^\d+$/) as string,
  });
  expect(examples[0]?.title).not.toBe("");

  const { id, ...row } = await rowOf(app);
  const other = await app.ctx.db.shop.create({
    data: { ...row, id: app.ctx.ids.next(), domain: `other-${id}.example` },
  });
  expect(await settingsPreviewData(app.ctx, other)).toMatchObject({ days: [], examples: [] });
});

test("two savings at once leave one of them whole", async () => {
  const app = await testApp();
  const other = { ...rule, variantId: "gid://shopify/ProductVariant/3" };
  await Promise.all([save(app, { stockRules: [rule] }), save(app, { stockRules: [other] })]);
  expect(await app.ctx.db.stockRule.count()).toBe(1);
});

test("a new billing hour moves the coming cycles, and not what is claimed, due or waiting", async () => {
  const app = await testApp({ subscribers: 6 });
  const [due, waiting, claimed, ...coming] = await openCycles(app);
  if (!due || !waiting || !claimed) throw new Error("too few cycles");
  const { db } = app.ctx;
  const change = (cycle: typeof due, data: object) =>
    db.billingCycle.update({
      where: { contractId_cycleIndex: { contractId: cycle.contractId, cycleIndex: cycle.cycleIndex } },
      data,
    });
  const now = app.ctx.clock.now();
  await change(due, { dueAt: now });
  await change(waiting, { waitReason: "STOCK", waitSince: now });
  await change(claimed, { claimed: true });

  await save(app, { billingHour: 18 });
  await rescheduleCycles(app.ctx, app.shop.id);
  const after = await openCycles(app);
  const moment = (contractId: string, cycleIndex: number) =>
    after.find((cycle) => cycle.contractId === contractId && cycle.cycleIndex === cycleIndex)?.dueAt;
  expect(moment(due.contractId, due.cycleIndex)).toEqual(now);
  expect(moment(waiting.contractId, waiting.cycleIndex)).toEqual(waiting.dueAt);
  expect(coming.length).toBeGreaterThan(3);
  for (const cycle of coming) {
    // Nine hours later on the same day in Oslo, in winter and in summer time.
    expect(moment(cycle.contractId, cycle.cycleIndex)?.getTime()).toBe(cycle.dueAt.getTime() + 9 * 3_600_000);
  }
  const [claimedNow] = await db.billingCycle.findMany({
    where: { contractId: claimed.contractId, cycleIndex: claimed.cycleIndex },
  });
  expect(claimedNow?.dueAt).toEqual(claimed.dueAt);
  expect(await rescheduleCycles(app.ctx, app.shop.id)).toBe(0);
});

test("however hour and zone are changed in the middle of days, each cycle is charged exactly once", async () => {
  const app = await testApp({ subscribers: 6 });
  const { db } = app.ctx;
  const zones = ["America/New_York", "Pacific/Auckland", "Asia/Kolkata", "Europe/Oslo"];
  const hours = [18, 0, 23, 9];
  const before = Object.values(app.shopify.attempts).length;
  // Every half day for two weeks, at other hours of the day, something is different.
  for (let step = 0; step < 26; step += 1) {
    const at = Date.parse("2026-03-03T05:00:00Z") + step * 13 * 3_600_000;
    await app.advanceTo(new Date(at).toISOString());
    if (step % 2 === 0) await save(app, { billingHour: hours[(step / 2) % 4] ?? 9 });
    else {
      const shop = await rowOf(app);
      const timeZone = zones[((step - 1) / 2) % 4] ?? "Europe/Oslo";
      app.shopify.timeZone = timeZone;
      await db.$transaction((tx) => updateShopFields(app.ctx, tx, shop, { timeZone }));
    }
    await app.settle();
  }

  const paid = Object.values(app.shopify.attempts)
    .slice(before)
    .filter(({ state }) => state === "Success")
    .map(({ contractId, cycleIndex }) => `${contractId} ${cycleIndex}`);
  expect(paid.length).toBeGreaterThan(3);
  expect(new Set(paid).size).toBe(paid.length);
  // And none was forgotten: what was expected more than a day ago is no longer open.
  const missed = await db.billingCycle.count({
    where: {
      outcome: null,
      claimed: false,
      contract: { status: "ACTIVE" },
      expectedAt: { lt: new Date(app.ctx.clock.now().getTime() - 24 * 3_600_000) },
    },
  });
  expect(missed).toBe(0);
});
