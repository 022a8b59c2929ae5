import { describe, expect, it } from "vitest";

import type { HistoryLine } from "~/history/events";
import { formatDate, formatMoney } from "~/lib/format";
import { createI18n } from "~/lib/i18n";
import type { Locale } from "~/lib/i18n";
import { adminTexts } from "~/ui/texts";

import type { ContractView, CycleView } from "../views";
import { historyText, orderOf } from "./history-text";
import { ask } from "./questions";

const plainSpaces = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

function words(locale: Locale) {
  const { t } = createI18n(locale, adminTexts);
  return {
    t: (key: string, values?: Record<string, string | number>) => plainSpaces(t(key, values ?? {})),
    format: {
      date: (at: string) => formatDate(at, locale, "Europe/Oslo"),
      money: (money: { amount: string; currencyCode: string }) => plainSpaces(formatMoney(money, locale)),
      list: (items: string[]) => new Intl.ListFormat(locale).format(items),
    },
  };
}

const at = "2026-12-01T08:00:00Z";
const cycle = { cycleIndex: 3, expectedAt: at };
const total = { amount: "183.10", currencyCode: "NOK" };
const line = (event: Pick<HistoryLine, "type" | "data">): HistoryLine =>
  // The test's own pairs of type and data, which the union can't follow through a spread.
  ({ id: "1", actor: "merchant", at, ...event }) as HistoryLine;

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
      data: { ...cycle, orderId: "gid://shopify/Order/1", orderName: "#1042", total, adopted: false },
    }),
    "183,10 kr betalt for bestilling #1042",
    "NOK 183.10 paid for order #1042",
  ],
  [
    line({ type: "charge.failed", data: { ...cycle, errorCode: "INSUFFICIENT_FUNDS", errorMessage: null } }),
    "Betalingen for 1. desember 2026 feilet: det var ikke nok penger på kontoen",
    "Payment for December 1, 2026 failed: there was not enough money in the account",
  ],
  [
    line({ type: "charge.failed", data: { ...cycle, errorCode: "BRAND_NEW_CODE", errorMessage: null } }),
    "Betalingen for 1. desember 2026 feilet: Shopify oppga årsaken BRAND_NEW_CODE",
    "Payment for December 1, 2026 failed: Shopify gave the reason BRAND_NEW_CODE",
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
});

const contract: Pick<ContractView, "amount" | "upcoming" | "nextBillingAt"> = {
  amount: total,
  nextBillingAt: at,
  upcoming: [coming(3, "01"), coming(4, "15", "SKIPPED"), coming(5, "29")],
};

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
