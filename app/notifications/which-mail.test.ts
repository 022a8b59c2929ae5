import { describe, expect, it } from "vitest";

import type { EventType, HistoryLine } from "~/history/events";

import { anEvent, cycle, expired, failed, nok } from "./mail.samples";
import { trailOf } from "./trail";
import type { EventOf, ShopperEvent } from "./trail";
import { mailFor, stageOf } from "./which-mail";
import type { Standing } from "./which-mail";

const fresh: Standing = {
  overtaken: false,
  sent: false,
  told: false,
  newCard: false,
  cardAsked: false,
  waitTold: false,
  changesTold: false,
  declines: 1,
  retries: 7,
};

const kindOf = (event: ShopperEvent, standing: Partial<Standing> = {}) =>
  mailFor(event, { ...fresh, ...standing })?.kind ?? null;

const endsAt = "2026-12-10T08:00:00.000Z";
const paid = (attemptNumber: number, adopted = false) =>
  anEvent("charge.paid", { ...cycle, orderId: null, orderName: "#1007", total: nok("1"), adopted, attemptNumber });

describe("a declined payment", () => {
  it("is told at the first failure, in the middle and before the last try, not at every one", () => {
    const told = (retries: number) =>
      Array.from({ length: retries + 1 }, (_, index) => index + 1).filter((failures) => stageOf(failures, retries));
    // The eighth failure of the default schedule ends dunning, which has an e-mail of its own.
    expect(told(7)).toEqual([1, 4, 7]);
    expect(told(5)).toEqual([1, 3, 5]);
    expect(told(3)).toEqual([1, 3]);
    expect(told(2)).toEqual([1, 2]);
    expect(told(1)).toEqual([1]);
    for (let retries = 0; retries <= 30; retries += 1) expect(told(retries).length).toBeLessThanOrEqual(3);
  });

  it("is a first e-mail for whoever heard nothing yet, else a reminder", () => {
    expect(kindOf(failed())).toBe("FAILED");
    expect(kindOf(failed(), { declines: 2, told: true })).toBeNull();
    expect(kindOf(failed(), { declines: 4, told: true })).toBe("FAILED_AGAIN");
    expect(kindOf(failed(), { declines: 7, told: true })).toBe("FAILED_AGAIN");
    expect(kindOf(failed(), { declines: 3, told: false })).toBe("FAILED");
  });

  it("of a new card is news", () => {
    expect(kindOf(failed(), { declines: 2, told: true, newCard: true })).toBe("FAILED");
  });

  it("without a next try is left to the e-mail that tells how it ended", () => {
    expect(kindOf(failed({ nextTryAt: null }), { declines: 8, told: true })).toBeNull();
  });

  it("is never told when gateway, stock or set-up are at fault", () => {
    for (const declineClass of ["GATEWAY", "STOCK", "SETUP", "SOMETHING_NEW"]) {
      expect(kindOf(failed({ declineClass }))).toBeNull();
    }
  });

  it("asks for a new card once, until there was one", () => {
    expect(kindOf(expired)).toBe("CARD_NEEDED");
    expect(kindOf(failed({ declineClass: "HARD", nextTryAt: null }))).toBe("CARD_NEEDED");
    expect(kindOf(expired, { told: true, cardAsked: true, declines: 2 })).toBeNull();
    expect(kindOf(expired, { told: true, newCard: true, declines: 2 })).toBe("CARD_NEEDED");
  });

  it("for want of approval is told as such", () => {
    expect(kindOf(failed({ declineClass: "CHALLENGE" }))).toBe("NOT_APPROVED");
    expect(kindOf(anEvent("charge.action-required", { ...cycle, url: null, endsAt }))).toBe("APPROVE");
    expect(kindOf(anEvent("charge.action-reminder", { ...cycle, url: null, endsAt }))).toBe("APPROVE_REMINDER");
  });
});

describe("other e-mails", () => {
  it("thank for a payment only after trouble that was told, and not for another app's charge", () => {
    expect(kindOf(paid(3), { told: true })).toBe("RECOVERED");
    expect(kindOf(paid(3), { told: false })).toBeNull();
    expect(kindOf(paid(1), { told: true })).toBeNull();
    expect(kindOf(paid(3, true), { told: true })).toBeNull();
  });

  it("tell of stock once, and of a given-up delivery only when stock was the reason", () => {
    const waiting = anEvent("cycle.waiting", { ...cycle, reason: "stock", titles: ["Espresso"], until: endsAt });
    expect(kindOf(waiting)).toBe("WAITING");
    expect(kindOf(waiting, { waitTold: true })).toBeNull();
    expect(kindOf(anEvent("charge.given-up", { ...cycle, reason: "stock", errorCode: null }))).toBe("DROPPED");
    expect(kindOf(anEvent("charge.given-up", { ...cycle, reason: "dunning", errorCode: "X" }))).toBeNull();
    expect(kindOf(anEvent("cycle.adjusted", { ...cycle, lines: [] }))).toBeNull();
  });

  it("are sent once, and not when overtaken", () => {
    for (const event of [failed(), expired, paid(3)]) {
      expect(kindOf(event, { told: true, sent: true })).toBeNull();
      expect(kindOf(event, { told: true, overtaken: true })).toBeNull();
    }
  });
});

describe("what the history tells", () => {
  let count = 0;
  const line = <Type extends EventType>(type: Type, data: EventOf<Type>["data"]): EventOf<Type> =>
    anEvent(type, data, `event-${(count += 1)}`);
  const fail = () => line("charge.failed", failed().data);
  const sent = (about: string, notification: EventOf<"notification.sent">["data"]["notification"] = "charge-failed") =>
    line("notification.sent", { notification, about });
  const newCard = () => line("payment-method.changed", { label: null });
  /** Oldest first, as a story is told. */
  const trail = (event: ShopperEvent, story: HistoryLine[]) => trailOf(story.toReversed(), event);

  it("is that an event is overtaken by what happened to the same cycle since", () => {
    const event = fail();
    expect(trail(event, [event])).toMatchObject({ overtaken: false, sent: false, told: false });
    const paidLater = line("charge.paid", paid(2).data);
    expect(trail(event, [event, paidLater]).overtaken).toBe(true);
    expect(trail(event, [paidLater, event]).overtaken).toBe(false);
    expect(trail(event, [event, { ...paidLater, data: { ...paidLater.data, cycleIndex: 4 } }]).overtaken).toBe(false);
    expect(trail(event, [event, newCard()]).overtaken).toBe(true);
    expect(trail(event, [event, fail()]).overtaken).toBe(true);
    expect(trail(event, []).overtaken).toBe(true);
  });

  it("is that a resumed subscription needs no e-mail about its pause, and that dunning's own acts don't silence it", () => {
    const ended = line("dunning.ended", { ...cycle, end: "PAUSE", errorCode: "CARD_DECLINED" });
    expect(trail(ended, [ended, line("contract.paused", {})]).overtaken).toBe(false);
    expect(trail(ended, [ended, line("contract.resumed", { nextBillingAt: null })]).overtaken).toBe(true);
  });

  it("is whether the shopper was written to, about which cycle, and what they did since", () => {
    const [first, second] = [fail(), fail()];
    expect(trail(second, [first, sent(first.id), second])).toMatchObject({ told: true, newCard: false });
    expect(trail(second, [first, second])).toMatchObject({ told: false });
    expect(trail(second, [first, sent(first.id), newCard(), second])).toMatchObject({ told: true, newCard: true });
    const elsewhere = { ...first, data: { ...first.data, cycleIndex: 2 } };
    expect(trail(second, [elsewhere, sent(first.id), second])).toMatchObject({ told: false });
    expect(trail(first, [first, sent(first.id)]).sent).toBe(true);
  });

  it("is whether a card was asked for; Shopify's own e-mail alone doesn't count as ours", () => {
    const [first, second] = [line("charge.failed", expired.data), line("charge.failed", expired.data)];
    const asked = sent(first.id, "card-needed");
    expect(trail(second, [first, asked, second]).cardAsked).toBe(true);
    expect(trail(second, [first, asked, newCard(), second]).cardAsked).toBe(false);
    expect(trail(first, [first, sent(first.id, "card-link")]).sent).toBe(false);
  });

  it("is whether the same changes were told", () => {
    const adjusted = (to: string) =>
      line("cycle.adjusted", { ...cycle, lines: [{ title: "Espresso", change: "quantity", to }] });
    const [first, again, other] = [adjusted("1"), adjusted("1"), adjusted("3")];
    const told = sent(first.id, "delivery-adjusted");
    expect(trail(again, [first, told, again]).changesTold).toBe(true);
    expect(trail(other, [first, told, other]).changesTold).toBe(false);
    expect(trail(again, [first, again]).changesTold).toBe(false);
    expect(kindOf(again, { changesTold: true })).toBeNull();
  });

  it("is whether the wait for stock was told", () => {
    const waiting = () => line("cycle.waiting", { ...cycle, reason: "stock", titles: ["Espresso"], until: endsAt });
    const [first, second] = [waiting(), waiting()];
    expect(trail(second, [first, sent(first.id, "waiting-for-stock"), second]).waitTold).toBe(true);
    expect(trail(second, [first, second]).waitTold).toBe(false);
  });
});
