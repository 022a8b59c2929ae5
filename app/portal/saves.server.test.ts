import { describe, expect, it } from "vitest";

import { testApp } from "../../tests/app";
import { HELD_OUT_NEEDED, OFFERED_NEEDED } from "./hold-out";
import { leavingFigures, markSaved } from "./saves.server";

const app = await testApp({ subscribers: 6, now: "2026-03-02T11:00:00Z" });
const { ctx, shop, world } = app;
const { db } = ctx;
const contracts = await db.subscriptionContract.findMany({ where: { status: "ACTIVE" } });
const [stays, goes] = contracts;
if (!stays || !goes) throw new Error("the demo shop has subscribers");

const DAY_MS = 86_400_000;
const kept = (planned: object) => ({
  planned,
  shown: { locale: "en", consent: "yes", amount: null, revisionId: "1", receipt: [] },
});
const skip = kept({ kind: "SKIP", cycle: 3 });

async function leaving(contractId: string, over: object = {}, daysAgo = 31) {
  const id = ctx.ids.next();
  const startedAt = new Date(ctx.clock.now().getTime() - daysAgo * DAY_MS);
  await db.leaving.create({ data: { id, shopId: shop.id, contractId, offer: skip, startedAt, ...over } });
  return id;
}
const savedOf = async (id: string) => (await db.leaving.findUniqueOrThrow({ where: { id } })).saved;

describe("a save", () => {
  it("counts only if the contract is still active 30 days later", async () => {
    await db.subscriptionContract.update({ where: { id: goes.id }, data: { status: "CANCELLED" } });
    const [kept1, lost, early] = [await leaving(stays.id), await leaving(goes.id), await leaving(stays.id, {}, 29)];
    await markSaved(ctx, shop.id);
    expect([await savedOf(kept1), await savedOf(lost), await savedOf(early)]).toEqual([true, false, null]);
    // What has been looked at stays as it was then.
    await db.subscriptionContract.update({ where: { id: goes.id }, data: { status: "ACTIVE" } });
    await markSaved(ctx, shop.id);
    expect(await savedOf(lost)).toBe(false);
  });

  it("is looked for 30 days after a pause's end, also where the pause was held back", async () => {
    const pause = kept({ kind: "PAUSE", until: "2026-02-20" });
    const ids = [
      await leaving(stays.id, { offer: pause }, 60),
      await leaving(stays.id, { offer: pause, heldOut: true }, 60),
    ];
    await markSaved(ctx, shop.id);
    expect(await Promise.all(ids.map(savedOf))).toEqual([null, null]);
    world.now = "2026-03-23T11:00:00.000Z";
    await markSaved(ctx, shop.id);
    expect(await Promise.all(ids.map(savedOf))).toEqual([true, true]);
    await db.leaving.deleteMany();
  });
});

describe("what the figures tell", () => {
  it("reasons, what was offered and taken, and nothing of what offers are worth before the stated size", async () => {
    await leaving(stays.id, { reason: "TOO_MUCH", outcome: "ACCEPTED", saved: true });
    await leaving(stays.id, { reason: "TOO_MUCH", outcome: "CANCELLED", saved: false, comment: "For mye kaffe" });
    await leaving(goes.id, { reason: null, outcome: "CANCELLED", saved: false, offer: undefined });
    const figures = await leavingFigures(ctx, shop);
    expect(figures).toMatchObject({ started: 3, cancelled: 2, accepted: 1 });
    expect(figures.reasons).toEqual([
      { reason: "TOO_MUCH", count: 2, cancelled: 1, accepted: 1 },
      { reason: null, count: 1, cancelled: 1, accepted: 0 },
    ]);
    expect(figures.offers).toMatchObject([{ kind: "SKIP", shown: 2, accepted: 1, ripe: 1, saved: 1 }]);
    expect(figures.comments).toMatchObject([{ comment: "For mye kaffe" }]);
    expect(figures.worth).toEqual({
      known: false,
      offeredMissing: OFFERED_NEEDED - 2,
      heldOutMissing: HELD_OUT_NEEDED,
    });
    expect(await leavingFigures(ctx, { id: ctx.ids.next() })).toMatchObject({ started: 0, reasons: [] });
  });

  it("at the stated size, the difference to those held out: those who would have stayed anyway are no saves", async () => {
    const many = (count: number, data: object) =>
      db.leaving.createMany({
        data: Array.from({ length: count }, () => ({
          id: ctx.ids.next(),
          shopId: shop.id,
          contractId: stays.id,
          offer: skip,
          startedAt: ctx.clock.now(),
          ...data,
        })),
      });
    await db.leaving.deleteMany();
    await many(OFFERED_NEEDED / 2, { saved: true });
    await many(OFFERED_NEEDED / 2, { saved: false });
    await many(34, { saved: true, heldOut: true });
    await many(HELD_OUT_NEEDED - 34, { saved: false, heldOut: true });
    // Half of those who were offered something stay: and so does half of those who were not.
    expect((await leavingFigures(ctx, shop)).worth).toMatchObject({ known: true, tells: "CANT_TELL" });
  });
});
