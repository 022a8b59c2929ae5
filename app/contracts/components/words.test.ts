import { describe, expect, it } from "vitest";

import type { EventData, HistoryLine } from "~/history/events";

import { words } from "../../../tests/words";
import type { ContractView, CycleView } from "../views";
import { historyText, orderOf } from "./history-text";
import { ask } from "./questions";

const at = "2026-12-01T08:00:00Z";
const cycle = { cycleIndex: 3, expectedAt: at };
const total = { amount: "183.10", currencyCode: "NOK" };
const line = (event: Pick<HistoryLine, "type" | "data">): HistoryLine =>
  // The test's own pairs of type and data, which the union can't follow through a spread.
  ({ id: "1", actor: "merchant", at, ...event }) as HistoryLine;

const failed = (data: Partial<EventData["charge.failed"]>): HistoryLine =>
  line({
    type: "charge.failed",
    data: {
      ...cycle,
      errorCode: "CARD_DECLINED",
      errorMessage: null,
      declineClass: "SOFT",
      attemptNumber: 1,
      nextTryAt: null,
      endsAt: null,
      ...data,
    },
  });

const lines: [HistoryLine, string, string][] = [
  [
    line({ type: "contract.created", data: { origin: "checkout", originOrderName: "#1001" } }),
    "Abonnementet startet med bestilling #1001",
    "Subscription started with order #1001",
  ],
  [
    line({ type: "contract.resumed", data: { nextBillingAt: at } }),
    "Abonnementet ble gjenopptatt. Neste bestilling 1. desember 2026",
    "Subscription resumed. Next order December 1, 2026",
  ],
  [
    line({ type: "contract.changed", data: { changed: ["lines", "address"] } }),
    "Endret: produkter og adresse",
    "Changed: products and address",
  ],
  [
    line({ type: "cycle.skipped", data: { ...cycle, reason: "paused" } }),
    "Bestillingen 1. desember 2026 ble ikke opprettet, fordi abonnementet var på pause",
    "Order of December 1, 2026 not made, because the subscription was paused",
  ],
  [
    line({
      type: "charge.paid",
      data: { ...cycle, orderId: "gid://shopify/Order/1", orderName: "#1042", total, adopted: false, attemptNumber: 1 },
    }),
    "183,10 kr betalt for bestilling #1042",
    "NOK 183.10 paid for order #1042",
  ],
  [
    line({
      type: "charge.paid",
      data: { ...cycle, orderId: null, orderName: "#1042", total, adopted: false, attemptNumber: 3 },
    }),
    "183,10 kr betalt for bestilling #1042, på forsøk nummer 3",
    "NOK 183.10 paid for order #1042, at attempt number 3",
  ],
  [
    failed({ errorCode: "INSUFFICIENT_FUNDS" }),
    "Betalingen for 1. desember 2026 feilet: det var ikke nok penger på kontoen",
    "Payment for December 1, 2026 failed: there was not enough money in the account",
  ],
  [
    failed({ errorCode: "BRAND_NEW_CODE" }),
    "Betalingen for 1. desember 2026 feilet: Shopify oppga årsaken BRAND_NEW_CODE",
    "Payment for December 1, 2026 failed: Shopify gave the reason BRAND_NEW_CODE",
  ],
  [
    failed({ nextTryAt: "2026-12-02T08:00:00Z" }),
    "Betalingen for 1. desember 2026 feilet: banken avviste kortet. Neste forsøk 2. desember 2026 kl. 09:00",
    "Payment for December 1, 2026 failed: the bank declined the card. Next attempt December 2, 2026 at 9:00 AM",
  ],
  [
    failed({ errorCode: "EXPIRED_CARD", declineClass: "EXPIRED", endsAt: "2026-12-15T08:00:00Z" }),
    "Betalingen for 1. desember 2026 feilet: kortet er utløpt. En ny betalingsmåte må legges inn innen 15. desember 2026",
    "Payment for December 1, 2026 failed: the card has expired. A new payment method is needed by December 15, 2026",
  ],
  [
    failed({ attemptNumber: 8, endsAt: at }),
    "Betalingen for 1. desember 2026 feilet: banken avviste kortet",
    "Payment for December 1, 2026 failed: the bank declined the card",
  ],
  [
    line({ type: "charge.action-required", data: { ...cycle, url: null, endsAt: "2026-12-04T08:00:00Z" } }),
    "Betalingen for 1. desember 2026 venter på at kunden godkjenner den i banken, til 4. desember 2026 kl. 09:00",
    "Payment for December 1, 2026 waits for the customer's approval with their bank, until December 4, 2026 at 9:00 AM",
  ],
  [
    line({ type: "dunning.ended", data: { ...cycle, end: "PAUSE", errorCode: "CARD_DECLINED" } }),
    "Alle forsøk på å få betalt for 1. desember 2026 feilet: banken avviste kortet. Abonnementet er satt på pause",
    "All attempts for December 1, 2026 failed: the bank declined the card. The subscription is paused",
  ],
  [
    line({
      type: "cycle.waiting",
      data: { ...cycle, reason: "stock", titles: ["Nordlys", "Fjellbris"], until: "2026-12-15T08:00:00Z" },
    }),
    "Bestillingen 1. desember 2026 venter på Nordlys og Fjellbris, senest til 15. desember 2026",
    "Order of December 1, 2026 waits for Nordlys and Fjellbris, until December 15, 2026 at the latest",
  ],
  [
    line({
      type: "cycle.adjusted",
      data: {
        ...cycle,
        lines: [
          { title: "Nordlys", change: "removed", to: null },
          { title: "Fjellbris", change: "quantity", to: "1" },
        ],
      },
    }),
    "Bestillingen 1. desember 2026 ble endret denne ene gangen: Nordlys utelatt og 1 × Fjellbris",
    "Order of December 1, 2026 changed this once: Nordlys left out and 1 × Fjellbris",
  ],
  [
    line({
      type: "charge.amount-differs",
      data: {
        ...cycle,
        expected: total,
        taken: { ...total, amount: "200.00" },
        by: { ...total, amount: "16.90" },
        orderName: "#1042",
      },
    }),
    "Bestilling #1042 kostet kunden 200,00 kr, men 183,10 kr var ventet",
    "Order #1042 took NOK 200.00, but NOK 183.10 was expected",
  ],
  [
    line({ type: "charge.parked", data: { ...cycle, reason: "SETUP_TEST_MODE" } }),
    "Belastningen for 1. desember 2026 er holdt tilbake: noe må rettes i butikken eller abonnementet: betalingsleverandøren er i testmodus",
    "Charge for December 1, 2026 held back: the shop or the subscription needs a correction: the payment provider is in test mode",
  ],
  [
    line({ type: "charge.parked", data: { ...cycle, reason: "REFUSED_INVALID" } }),
    "Belastningen for 1. desember 2026 er holdt tilbake: Shopify avviste belastningen med koden INVALID",
    "Charge for December 1, 2026 held back: Shopify refused the charge with the code INVALID",
  ],
];

describe("the history is told in plain words", () => {
  it.each(lines)("%#", (event, norwegian, english) => {
    const nb = words("nb");
    const en = words("en");
    expect(historyText(event, nb.t, nb.format)).toBe(norwegian);
    expect(historyText(event, en.t, en.format)).toBe(english);
  });

  it("links a payment to its order", () => {
    expect(lines.map(([event]) => orderOf(event)).filter(Boolean)).toEqual(["gid://shopify/Order/1"]);
  });
});

const coming = (cycleIndex: number, day: string, state: CycleView["state"] = "OPEN"): CycleView => ({
  cycleIndex,
  expectedAt: `2026-12-${day}T08:00:00Z`,
  dueAt: `2026-12-${day}T08:00:00Z`,
  state,
  canSkip: state === "OPEN",
  canUnskip: state === "SKIPPED",
  movable: null,
});

const contract: Pick<ContractView, "amount" | "upcoming" | "nextBillingAt"> = {
  amount: total,
  nextBillingAt: at,
  upcoming: [coming(3, "01"), coming(4, "15", "SKIPPED"), coming(5, "29")],
};

describe("every type of event has words of its own", () => {
  const types: Record<HistoryLine["type"], HistoryLine["data"]> = {
    "contract.created": { origin: "import", originOrderName: null },
    "contract.paused": {},
    "contract.resumed": { nextBillingAt: null },
    "contract.cancelled": {},
    "contract.expired": {},
    "contract.failed": {},
    "contract.changed": { changed: ["lines"] },
    "contract.gone": {},
    "contract.restarted": { from: "7" },
    "edit.failed": {
      reason: "LAST_LINE",
      kinds: ["REMOVE_LINE"],
      queuedEditId: "0198e0a0-0000-7000-8000-000000000001",
    },
    "cycle.skipped": { ...cycle, reason: "asked" },
    "cycle.unskipped": cycle,
    "cycle.moved": { ...cycle, from: at },
    "payment-method.changed": { label: null },
    "payment-method.revoked": { label: null },
    "charge.paid": { ...cycle, orderId: null, orderName: null, total, adopted: false, attemptNumber: 1 },
    "charge.failed": failed({}).data,
    "charge.action-required": { ...cycle, url: null, endsAt: at },
    "charge.action-reminder": { ...cycle, url: null, endsAt: at },
    "charge.parked": { ...cycle, reason: "TOO_LATE" },
    "charge.released": { ...cycle, by: "charge" },
    "charge.given-up": { ...cycle, reason: "dunning", errorCode: null },
    "dunning.ended": { ...cycle, end: "SKIP", errorCode: "CARD_DECLINED" },
    "cycle.waiting": { ...cycle, reason: "stock", titles: [], until: at },
    "cycle.adjusted": { ...cycle, lines: [{ title: "Nordlys", change: "replaced", to: "Fjellbris" }] },
    "cycle.ordered-now": { ...cycle, from: at },
    "one-off.added": { oneOffId: "1", title: "Kvern", quantity: 1, price: total },
    "one-off.removed": { oneOffId: "1", title: "Kvern", quantity: 1, price: total },
    "charge.amount-differs": { ...cycle, expected: total, taken: total, by: total, orderName: null },
    "billing.held": { reason: "FROZEN" },
    "billing.resumed": { reason: "FROZEN" },
    "billing.swept": { contracts: 2, differed: 1, settled: 0, foreign: 0 },
    "billing.settings-changed": { changed: ["billingHour"] },
    "leaving.offer-accepted": { reason: "TOO_MUCH", offer: "SLOWER" },
    "leaving.cancelled": { reason: "TOO_EXPENSIVE", offered: "DISCOUNT" },
    "case.received": { caseId: "1", kind: "WITHDRAWAL" },
    "case.settled": { caseId: "1", kind: "TERMINATION", outcome: "SETTLED", cancelled: true },
    "notification.sent": { notification: "charge-failed" },
  };
  it.each(["en", "nb"] as const)("in %s", (locale) => {
    const { t, format } = words(locale);
    const texts = Object.entries(types).map(([type, data]) =>
      historyText(line({ type: type as HistoryLine["type"], data }), t, format),
    );
    // A key without a text would come back as itself, a value that is not filled in as its name.
    expect(texts.filter((text) => /history\.|\{\{|undefined/.test(text))).toEqual([]);
    expect(new Set(texts).size).toBe(texts.length);
  });
});

describe("a question says the exact date and amount, and what can be undone", () => {
  const { t, format } = words("nb");
  const about = (question: Parameters<typeof ask>[0]) => ask(question, contract, t, format).paragraphs.join(" ");

  it("before skipping: what falls away, and which order comes instead", () => {
    const text = about({ act: "skip", cycle: coming(3, "01") });
    expect(text).toContain("183,10 kr før avgifter faller bort");
    expect(text).toContain("Bestillingen etter den, 29. desember 2026, går som planlagt.");
  });
  it("before pausing", () => {
    expect(about({ act: "pause" })).toContain("Bestillingen 1. desember 2026 og de etter den faller bort");
  });
  it("before resuming", () => {
    expect(about({ act: "resume" })).toContain("1. desember 2026: 183,10 kr før avgifter");
  });
  it("before cancelling, that it is final", () => {
    const asked = ask({ act: "cancel" }, contract, t, format);
    expect(asked.paragraphs.join(" ")).toContain("kan ikke startes igjen");
    expect(asked).toMatchObject({ destructive: true, keep: "Behold abonnementet" });
  });
});
