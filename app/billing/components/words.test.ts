import { describe, expect, it } from "vitest";

import type { Locale } from "~/lib/i18n";

import { words } from "../../../tests/words";
import type { ParkedReason } from "../engine";
import { resolutionsOf } from "../resolutions";
import type { Resolution } from "../resolutions";
import type { StandingView } from "../overview/views";
import { askBilling } from "./billing-questions";
import type { BillingQuestion } from "./billing-questions";
import { parkedAdvice } from "./parked-advice";
import { standingText } from "./standing-text";
import { troubleText } from "./use-billing-acts";
import { waitingText } from "./waiting-text";

const expectedAt = "2026-12-01T08:00:00Z";
const next = "2026-12-15T08:00:00Z";
const amount = { amount: "183.10", currencyCode: "NOK" };
const asked = (question: BillingQuestion, locale: Locale = "nb") => {
  const { t, format } = words(locale);
  const { paragraphs, ...rest } = askBilling(question, t, format);
  return { text: paragraphs.join(" "), ...rest };
};
const resolve = (how: Resolution, reason: string): BillingQuestion => ({
  act: "resolve",
  how,
  chargeId: "1",
  expectedAt,
  amount,
  reason,
  maybePaid: resolutionsOf(reason).includes("MARK_PAID"),
});

describe("before money moves, the exact effect is said", () => {
  it("ordering now: what is taken, and that the dates after it stand", () => {
    const question: BillingQuestion = { act: "orderNow", contractId: "1", expectedAt, amount, next };
    expect(asked(question).text).toBe(
      "Bestillingen 1. desember 2026 opprettes nå, og 183,10 kr før avgifter belastes i løpet av noen minutter. " +
        "Datoene etter den flyttes ikke: neste bestilling opprettes 15. desember 2026.",
    );
    expect(asked(question, "en").text).toBe(
      "The order of December 1, 2026 is made now and NOK 183.10 before tax is charged within a few minutes. " +
        "The dates after it don't move: the next order is made December 15, 2026.",
    );
  });

  it("trying again: what is taken, and what follows if it is declined", () => {
    const retry = (stage: "RETRIES" | "NEW_CARD" | "OVER") =>
      asked({ act: "retry", chargeId: "1", expectedAt, amount, stage }).text;
    expect(retry("RETRIES")).toContain("183,10 kr før avgifter belastes for bestillingen 1. desember 2026");
    expect(retry("RETRIES")).toContain("fortsetter forsøkene som planlagt");
    expect(retry("NEW_CARD")).toContain("hvis kunden ikke har lagt inn en ny");
    expect(retry("OVER")).toContain("skjer det ikke noe mer av seg selv");
  });

  it("charging what may be paid already warns of paying twice; what is only late does not", () => {
    const foreign = asked(resolve("CHARGE", "FOREIGN_CHARGE"));
    expect(foreign).toMatchObject({ destructive: true, action: "Belast nå" });
    expect(foreign.text).toContain("ellers betaler kunden to ganger");
    const late = asked(resolve("CHARGE", "TOO_LATE"));
    expect(late).toMatchObject({ destructive: false });
    expect(late.text).toContain("183,10 kr før avgifter belastes");
    expect(late.text).not.toContain("to ganger");
  });

  it("skipping and marking as paid say that nothing is charged", () => {
    expect(asked(resolve("SKIP", "TOO_LATE")).text).toContain("183,10 kr før avgifter faller bort");
    expect(asked(resolve("MARK_PAID", "FOREIGN_CHARGE")).text).toContain(
      "Ingenting belastes, og ingen ny bestilling opprettes",
    );
  });

  it("what has been tried and failed is tried again, not charged for the first time", () => {
    expect(asked(resolve("CHARGE", "SETUP_TEST_MODE")).action).toBe("Prøv igjen");
  });
});

describe.each(["en", "nb"] as const)("in %s every state has words", (locale) => {
  const { t, format } = words(locale);
  /** A key without a text comes back as itself, a value that is not filled in as its name. */
  const expectWords = (texts: string[]) => {
    expect(texts.filter((text) => /^\w+\.\w|\{\{|undefined/.test(text))).toEqual([]);
    expect(new Set(texts).size).toBe(texts.length);
  };

  it("of a payment that failed, also when a date is not known", () => {
    const standing = (changes: Partial<StandingView>): StandingView => ({
      stage: "RETRIES",
      errorCode: "CARD_DECLINED",
      declineClass: "SOFT",
      tries: 2,
      triesMax: 8,
      nextTryAt: next,
      endsAt: next,
      url: null,
      ...changes,
    });
    expectWords(
      [
        standing({}),
        standing({ triesMax: null, nextTryAt: null }),
        standing({ stage: "GATEWAY" }),
        standing({ stage: "NEW_CARD" }),
        standing({ stage: "NEW_CARD", endsAt: null }),
        standing({ stage: "APPROVAL" }),
        standing({ stage: "APPROVAL", endsAt: null }),
        standing({ stage: "OVER", endsAt: null }),
      ].map((each) => standingText(each, t, format)),
    );
  });

  it("of a charge that is held back", () => {
    const advice = (reason: string | null) => parkedAdvice({ reason, amount, amountNow: amount }, t, format);
    const reasons = ["TOO_LATE", "GAP", "FOREIGN_CHARGE", "CYCLE_NOT_FOUND", "GATEWAY", "SETUP_TEST_MODE"] as const;
    const all: ParkedReason[] = [...reasons, "REFUSED_INVALID"];
    expectWords([...all, "AMOUNT_CHANGED", null].map(advice));
    // What can't be understood is as little known as what nobody has named.
    expect(advice("BAD_DATA")).toBe(advice(null));
    for (const reason of [...all, "BAD_DATA"]) expect(resolutionsOf(reason)).toContain("CHARGE");
    expect(advice("BRAND_NEW")).toBe(advice(null));
  });

  it("of a renewal that waits", () => {
    const reasons = ["CHARGED_RECENTLY", "FOREIGN_ATTEMPT", "UNDER_REVIEW", "NEW_CARD", "DISAGREEMENT", "TOO_EARLY"];
    expectWords([
      waitingText("STOCK", ["Nordlys", "Fjellbris"], t, format),
      waitingText("STOCK", [], t, format),
      ...[...reasons, "RATE", "BRAND_NEW"].map((reason) => waitingText(reason, [], t, format)),
    ]);
  });

  it("of what could not be done", () => {
    const whys = [
      "RENEWAL_RUNNING",
      "NOT_ACTIVE",
      "NO_CYCLE",
      "ALREADY_PAID",
      "TOO_EARLY",
      "BILLING_HELD",
      "CHALLENGE_OPEN",
      "TOO_OFTEN",
    ] as const;
    expectWords([
      ...whys.map((why) => troubleText({ outcome: "NOT_NOW", why, done: "retry" }, t) ?? ""),
      troubleText({ outcome: "NOT_FOUND", done: "retry" }, t) ?? "",
      troubleText({ outcome: "SHOPIFY_UNAVAILABLE", done: "retry" }, t) ?? "",
      troubleText({ outcome: "REFUSED", message: "No.", done: "retry" }, t) ?? "",
    ]);
    expect(troubleText({ outcome: "DONE", done: "retry" }, t)).toBeNull();
  });
});
