import { readFileSync } from "node:fs";

import { parse } from "smol-toml";
import { describe, expect, it } from "vitest";
import { z } from "zod";

import type { Locale } from "~/lib/i18n";

import { adminUrl, portalUrl } from "./links";
import { mailHtml, mailText } from "./mail";
import { anEvent, merchantFacts, merchantNotices, nok } from "./mail.samples";
import { merchantMail } from "./merchant-mail";
import type { MerchantFacts } from "./merchant-mail";
import { merchantNotice } from "./merchant-notice";

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

const textOf = (reason: string, locale: Locale, over: Partial<MerchantFacts> = {}) => {
  const notice = merchantNotices.find((each) => (each.kind === "HELD" ? each.reason : each.kind) === reason);
  if (!notice) throw new Error(`There is no sample of ${reason}.`);
  const mail = merchantMail(notice, { ...merchantFacts, ...over }, locale);
  return plain(`${mail.subject}\n${mailText(mail)}`);
};

const differing = { orderName: "#1007", expected: nok("327.20"), taken: nok("409.00"), by: nok("81.80") };

describe("the e-mail about billing that stands still", () => {
  it("says why, what to do, how much waits, and that nothing is lost", () => {
    const en = textOf("SIGNED_OUT", "en");
    for (const part of [
      "Renewals in Kaffebønna stand still: open Perennial",
      "Open Perennial once in the Shopify admin.",
      "Since: December 7, 2026 at 9:00 AM",
      "Renewals waiting now: 1,204",
      "No renewal is lost.",
      "more than 14 days late",
      "Open Perennial:\nhttps://admin.shopify.com/store/kaffebonna/apps/perennial/app",
    ]) {
      expect(en).toContain(part);
    }
    const nb = textOf("SCOPES_LOST", "nb");
    for (const part of [
      "Fornyelsene i Kaffebønna står stille: Perennial mangler en tillatelse",
      "godkjenn tillatelsene appen ber om",
      "Fornyelser som venter nå: 1 204",
      "Ingen fornyelser er tapt.",
    ]) {
      expect(nb).toContain(part);
    }
  });

  it("names the order and both amounts when an order came to another amount", () => {
    const en = textOf("AMOUNT_DIFFERS", "en", { differing });
    for (const part of [
      "Order: #1007",
      "Meant to be charged: NOK 327.20",
      "Was charged: NOK 409.00",
      "Difference: NOK 81.80",
      "/apps/perennial/app/billing",
    ]) {
      expect(en).toContain(part);
    }
    expect(textOf("AMOUNT_DIFFERS", "nb", { differing })).toContain("Skulle vært trukket: 327,20 kr");
    expect(textOf("AMOUNT_DIFFERS", "nb")).not.toMatch(/Skulle vært trukket|null|undefined/);
  });

  it("has a counterpart when it goes on again", () => {
    expect(textOf("RESUMED", "en")).toContain("Stood still since: December 5, 2026 at 9:00 AM");
    expect(textOf("RESUMED", "nb")).toContain("Fornyelsene i Kaffebønna er i gang igjen");
  });

  it("shows names as text, whatever they are", () => {
    const hostile = `<b>"x"&`;
    for (const notice of merchantNotices) {
      const facts = { ...merchantFacts, shopName: hostile, differing: { ...differing, orderName: hostile } };
      const page = mailHtml(merchantMail(notice, facts, "en"));
      expect(page).not.toContain("<b>");
      expect(page).toContain("&lt;b&gt;&quot;x&quot;&amp;");
    }
  });
});

describe("the links", () => {
  it("lead where shopify.app.toml puts the app and the portal", () => {
    const toml = z
      .object({ handle: z.string(), app_proxy: z.object({ prefix: z.string(), subpath: z.string() }) })
      .parse(parse(readFileSync("shopify.app.toml", "utf8")));
    const shop = { domain: "kaffebonna.myshopify.com", storefrontUrl: null };
    expect(adminUrl(shop, "/app")).toBe(`https://admin.shopify.com/store/kaffebonna/apps/${toml.handle}/app`);
    const { prefix, subpath } = toml.app_proxy;
    expect(portalUrl(shop)).toBe(`https://kaffebonna.myshopify.com/${prefix}/${subpath}`);
    expect(portalUrl({ ...shop, storefrontUrl: "https://kaffebonna.no" })).toBe(
      `https://kaffebonna.no/${prefix}/${subpath}`,
    );
  });
});

describe("the shop's owner", () => {
  const held = (id: string, at: string, reason = "SIGNED_OUT") => anEvent("billing.held", { reason }, id, at);
  const resumed = (id: string, at: string, reason = "SIGNED_OUT") => anEvent("billing.resumed", { reason }, id, at);
  const sent = (about: string) =>
    anEvent("notification.sent", { notification: "billing-held", about }, `sent-${about}`);

  it("hears of what only a person can mend, and not of what passes by itself", () => {
    for (const reason of ["SIGNED_OUT", "SCOPES_LOST", "AMOUNT_DIFFERS"]) {
      expect(merchantNotice([held("a", "2026-12-07T08:00:00Z", reason)], "a")).toMatchObject({ kind: "HELD", reason });
    }
    for (const reason of ["FROZEN", "UNREACHABLE", "SOMETHING_NEW"]) {
      expect(merchantNotice([held("a", "2026-12-07T08:00:00Z", reason)], "a")).toBeNull();
    }
  });

  it("is told once, and about the same at most once a day", () => {
    const first = held("a", "2026-12-07T08:00:00Z");
    expect(merchantNotice([sent("a"), first], "a")).toBeNull();
    const soon = held("c", "2026-12-07T20:00:00Z");
    const between = resumed("b", "2026-12-07T09:00:00Z");
    expect(merchantNotice([soon, between, sent("a"), first], "c")).toBeNull();
    const other = held("c", "2026-12-07T20:00:00Z", "SCOPES_LOST");
    expect(merchantNotice([other, between, sent("a"), first], "c")).toMatchObject({ reason: "SCOPES_LOST" });
    const nextDay = held("c", "2026-12-08T08:00:00Z");
    expect(merchantNotice([nextDay, between, sent("a"), first], "c")).toMatchObject({ kind: "HELD" });
  });

  it("hears that it goes on only after hearing that it stood still", () => {
    const stood = held("a", "2026-12-05T08:00:00Z");
    const goesOn = resumed("b", "2026-12-07T09:00:00Z");
    expect(merchantNotice([goesOn, sent("a"), stood], "b")).toMatchObject({ kind: "RESUMED", heldSince: stood.at });
    expect(merchantNotice([goesOn, stood], "b")).toBeNull();
  });

  it("is told nothing that is no longer so", () => {
    const stood = held("a", "2026-12-07T08:00:00Z");
    expect(merchantNotice([resumed("b", "2026-12-07T09:00:00Z"), stood], "a")).toBeNull();
    expect(merchantNotice([stood], "gone")).toBeNull();
  });
});
