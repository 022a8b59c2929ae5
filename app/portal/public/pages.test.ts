import { beforeEach, describe, expect, it } from "vitest";

import { FixedClock } from "~/lib/clock";
import { mailHtml } from "~/notifications/mail";

import { testApp } from "../../../tests/app";
import { receiptMail } from "../case-mails.server";
import { caseOf, listCases, RECEIPTS_PER_ADDRESS, settleCase } from "../cases.server";
import { createRateLimit } from "../proxy/rate-limit";
import { savePortalSettings } from "../settings.server";
import { publicPage } from "./pages.server";
import type { PublicPageName, PublicVisit } from "./pages.server";

const app = await testApp({ subscribers: 6 });
const { ctx, shop, mails } = app;
const { db } = ctx;
const real = new FixedClock("2026-03-02T11:00:00Z");

beforeEach(async () => {
  mails.length = 0;
  await db.withdrawalCase.deleteMany();
  await savePortalSettings(ctx, shop, {
    withdrawalCountries: ["NO", "DE"],
    cancelPageCountries: ["DE"],
    withdrawalTextNb: "Vi sender pengene tilbake.\n\n{{ shop.secret }}",
  });
});

const contracts = await db.subscriptionContract.findMany({
  where: { status: "ACTIVE", customer: { email: { not: null } } },
  include: { customer: true },
});
const [one, other] = contracts;
if (!one?.customer?.email || !other?.customer?.email) throw new Error("the demo shop has subscribers");
const mine = { name: "Kari Nordmann", email: one.customer.email, reference: one.shopifyId.split("/").at(-1) ?? "" };

async function ask(page: PublicPageName, form?: Record<string, string> | string, over: Partial<PublicVisit> = {}) {
  const request = new Request("https://perennial.example.com/proxy/withdraw", {
    method: form === undefined ? "GET" : "POST",
    headers: { "X-Forwarded-For": "203.0.113.7, 10.0.0.1" },
    ...(form === undefined ? {} : { body: typeof form === "string" ? form : new URLSearchParams(form) }),
  });
  const visit = { shop, page, language: "nb", path: `/apps/perennial/${page}`, ...over };
  const answer = await publicPage(ctx, visit, request, createRateLimit(1000, real));
  return { ...answer, text: answer.page.value };
}

/** The hidden and filled fields of the page's first form. */
const fieldsIn = (page: string): Record<string, string> =>
  Object.fromEntries(
    [...(/<form[\s\S]*?<\/form>/.exec(page)?.[0] ?? "").matchAll(/<input[^>]*?name="(\w+)"[^>]*?value="([^"]*)"/g)].map(
      ([, name, value]) => [name ?? "", value ?? ""],
    ),
  );

describe("withdrawing from a contract", () => {
  it("takes two steps without signing in, and is received with a receipt at once", async () => {
    const form = await ask("withdraw");
    expect(form.status).toBe(200);
    expect(form.text).toContain("Angre avtalen");
    const check = await ask("withdraw", { ...fieldsIn(form.text), ...mine, message: "Bare kaffen" });
    expect(check.status).toBe(200);
    expect(check.text).toContain("Bekreft at jeg angrer avtalen");
    expect(await db.withdrawalCase.count()).toBe(0);

    const confirm = fieldsIn(check.text);
    expect(confirm).toMatchObject({ step: "confirm", name: "Kari Nordmann", message: "Bare kaffen" });
    const receipt = await ask("withdraw", { ...confirm, email: mine.email });
    expect(receipt.text).toContain("Angremeldingen er mottatt");
    expect(receipt.text.replaceAll(/\s+/g, " ")).toContain("2. mars 2026 kl. 12:00");
    await app.settle();
    const [toShopper, toOwner, ...others] = mails;
    expect(others).toEqual([]);
    expect(toShopper?.to).toBe(mine.email);
    for (const said of ["Kari Nordmann", mine.reference, "Bare kaffen", mine.email, "2. mars 2026"]) {
      expect(toShopper?.text.replaceAll("\u00a0", " ")).toContain(said);
    }
    expect(toOwner).toMatchObject({ to: shop.email, fromName: "Perennial" });
    expect(toOwner?.text).toContain("/app/cases/");

    // Sent once more, by a second click or a reload, it is the same declaration.
    await ask("withdraw", { ...confirm, email: mine.email });
    await app.settle();
    expect(await db.withdrawalCase.findMany()).toMatchObject([{ contractId: one.id, state: "OPEN", locale: "nb" }]);
    expect(mails).toHaveLength(2);
    expect((await db.withdrawalCase.findFirst())?.receiptSentAt).not.toBeNull();
  });

  it("tells nobody whether there is such a contract", async () => {
    const known = await ask("withdraw", { step: "confirm", ...mine });
    const unknown = await ask("withdraw", { step: "confirm", ...mine, email: "nobody@example.com", reference: "#99" });
    const without = (text: string) => text.replaceAll(mine.email, "X").replaceAll(mine.reference, "R");
    expect(without(unknown.text).replaceAll("nobody@example.com", "X").replaceAll("#99", "R")).toBe(
      without(known.text),
    );
    expect(unknown.status).toBe(known.status);
  });

  it("fits a subscription only if e-mail and number name exactly one", async () => {
    const declare = async (over: Record<string, string>) => {
      await db.withdrawalCase.deleteMany();
      await ask("withdraw", { step: "confirm", ...mine, ...over });
      return (await db.withdrawalCase.findFirstOrThrow()).contractId;
    };
    expect(await declare({})).toBe(one.id);
    expect(await declare({ email: mine.email.toUpperCase() })).toBe(one.id);
    expect(await declare({ reference: `Abonnement nr. ${mine.reference}, takk` })).toBe(one.id);
    expect(await declare({ email: other.customer?.email ?? "" })).toBeNull();
    expect(await declare({ reference: "kaffen min" })).toBeNull();
  });

  it("says beside the field what is missing, and keeps what was filled in", async () => {
    const wrong = await ask("withdraw", { step: "confirm", name: " ", email: "kari", reference: "#1", message: "<b>" });
    expect(wrong.status).toBe(400);
    expect(wrong.text).toContain('id="perennial-name-error"');
    expect(wrong.text).toContain('value="kari"');
    expect(wrong.text).toContain("&lt;b&gt;");
    expect(await db.withdrawalCase.count()).toBe(0);
  });

  it("shows what people write, the merchant included, as text: never as markup or Liquid", async () => {
    const form = await ask("withdraw");
    expect(form.text).not.toContain("{{");
    const check = await ask("withdraw", { step: "check", ...mine, name: "{{ shop.email }} <script>{% x %}" });
    expect(check.text).not.toMatch(/\{\{|\{%|<script/);
  });

  it("is held to a pace by the address it comes from, and to few receipts by the one they go to", async () => {
    const limit = createRateLimit(2, real);
    const post = (address: string) =>
      publicPage(
        ctx,
        { shop, page: "withdraw", language: "nb", path: "/apps/perennial/withdraw" },
        new Request("https://perennial.example.com/", {
          method: "POST",
          headers: { "X-Forwarded-For": address },
          body: new URLSearchParams({ step: "check" }),
        }),
        limit,
      );
    expect((await post("203.0.113.9")).status).toBe(400);
    expect((await post("203.0.113.9")).status).toBe(400);
    const refused = await post("203.0.113.9");
    expect(refused.status).toBe(429);
    expect(refused.headers["Retry-After"]).toMatch(/^\d+$/);
    expect((await post("203.0.113.10")).status).toBe(400);

    for (let count = 0; count < RECEIPTS_PER_ADDRESS; count += 1) {
      expect((await ask("withdraw", { step: "confirm", ...mine, message: String(count) })).status).toBe(200);
    }
    expect((await ask("withdraw", { step: "confirm", ...mine, message: "more" })).status).toBe(429);
    expect((await ask("withdraw", "x".repeat(40_000))).status).toBe(413);
  });
});

describe("cancelling a contract without signing in", () => {
  it("has the law's words in German, and takes the way and the day of the end", async () => {
    const form = await ask("cancel-contract", undefined, { language: "de" });
    expect(form.lang).toBe("de");
    expect(form.text).toContain("Verträge hier kündigen");
    expect(form.text).toContain("jetzt kündigen");
    const filled = { ...fieldsIn(form.text), ...mine, how: "EXTRAORDINARY", ends: "ON_DAY", endsOn: "2026-04-01" };
    const wrong = await ask("cancel-contract", filled, { language: "de" });
    expect([wrong.status, wrong.text.includes("Bitte nennen Sie den wichtigen Grund.")]).toEqual([400, true]);
    const received = await ask("cancel-contract", { ...filled, message: "Immer zu spät" }, { language: "de" });
    expect(received.text).toContain("Ihre Kündigung ist eingegangen");
    const row = await db.withdrawalCase.findFirstOrThrow({ include: { shop: true } });
    expect(row).toMatchObject({ kind: "TERMINATION", endsOn: "2026-04-01", locale: "de", contractId: one.id });
    const mail = receiptMail(row.shop, row);
    expect(mail.facts.flatMap(({ values }) => values)).toEqual(
      expect.arrayContaining(["1. April 2026", "Außerordentliche Kündigung (aus wichtigem Grund)", "Immer zu spät"]),
    );
    expect(mailHtml(mail)).toContain('lang="de"');
  });

  it("is there only where the shop has switched it on", async () => {
    await savePortalSettings(ctx, shop, { cancelPageCountries: [] });
    expect((await ask("cancel-contract")).status).toBe(404);
    expect((await ask("cancel-contract", { step: "confirm", ...mine })).status).toBe(404);
    expect((await ask("withdraw")).status).toBe(200);
    expect(await db.withdrawalCase.count()).toBe(0);
  });
});

describe("a case", () => {
  it("is settled once, with the subscription ended and whoever declared it told", async () => {
    await ask("withdraw", { step: "confirm", ...mine });
    await app.settle();
    mails.length = 0;
    const [open] = (await listCases(ctx, shop)).items;
    if (!open) throw new Error("there is a case");
    expect(await caseOf(ctx, { id: ctx.ids.next() }, open.id)).toBeNull();
    const settling = { outcome: "SETTLED", note: "Pengene er på vei.", cancel: true } as const;
    expect(await settleCase(ctx, shop, ctx.ids.next(), settling)).toEqual({ outcome: "NOT_FOUND" });
    expect(await settleCase(ctx, shop, open.id, settling)).toEqual({ outcome: "DONE", cancelled: true });
    expect(await settleCase(ctx, shop, open.id, settling)).toEqual({ outcome: "ALREADY_SETTLED" });
    await app.settle();
    expect(mails.map(({ to }) => to)).toEqual([mine.email]);
    expect(mails[0]?.text).toContain("Pengene er på vei.");
    expect(mails[0]?.text).toContain("Abonnementet er avsluttet");
    expect(await db.subscriptionContract.findUnique({ where: { id: one.id } })).toMatchObject({ status: "CANCELLED" });
    expect(await listCases(ctx, shop)).toMatchObject({ total: 0, open: 0 });
    expect(await listCases(ctx, shop, { open: false })).toMatchObject({ total: 1 });
  });

  it("that fits no subscription can't end one; it may be declined", async () => {
    await ask("withdraw", { step: "confirm", ...mine, reference: "kaffen" });
    const [open] = (await listCases(ctx, shop)).items;
    const settling = { outcome: "SETTLED", note: "", cancel: true } as const;
    expect(await settleCase(ctx, shop, open?.id ?? "", settling)).toEqual({
      outcome: "NOT_CANCELLED",
      why: "NO_SUBSCRIPTION",
    });
    const declined = { outcome: "DECLINED", note: "Fristen er ute.", cancel: false } as const;
    expect(await settleCase(ctx, shop, open?.id ?? "", declined)).toEqual({ outcome: "DONE", cancelled: false });
  });
});
