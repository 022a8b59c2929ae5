import { expect, it } from "vitest";

import { testApp } from "../../tests/app";
import { setStock } from "../../tests/dev-shop/domain";
import { plainSpaces } from "../../tests/words";
import type { PortalAction } from "./actions";
import { mailChangeNotMade } from "./change-not-made.server";
import { choicesFor } from "./choices.server";
import { perform } from "./perform.server";
import { preview } from "./preview.server";
import type { Shopper } from "./shopper";
import { portalSubscription } from "./subscriptions.server";

/** A change that waited for a renewal is made, or its shopper hears why not: they were promised one of the two. */

const app = await testApp({ subscribers: 1 });
const { ctx, shop } = app;
const row = await ctx.db.subscriptionContract.findFirstOrThrow({
  where: { nextBillingAt: { not: null } },
  orderBy: { nextBillingAt: "asc" },
  include: { customer: true, lines: true },
});
const shopper: Shopper = { shop, customerId: row.customer?.shopifyId ?? "", locale: "nb" };

const choices = await choicesFor(ctx, shopper, row.id, "swap", { line: row.lines[0]?.id });
const variant = ("variants" in choices ? choices.variants : []).find(({ soldOut }) => !soldOut)?.value ?? "";

async function ask(action: PortalAction, queue: boolean): Promise<void> {
  const shown = await preview(ctx, shopper, row.id, action);
  if (!shown.ok) throw new Error(JSON.stringify(shown));
  const answer = await perform(ctx, shopper, row.id, action, { seen: shown.seen, queue });
  expect(answer).toMatchObject({ ok: true, queued: queue });
}

it("a change that could not be made after the payment is told by e-mail, once, and one that was made is not", async () => {
  await ask({ kind: "order-now" }, false);
  const line = row.lines[0]?.id ?? "";
  await ask({ kind: "swap", line, variant }, true);
  await ask({ kind: "quantity", line, quantity: 7 }, true);
  // Somebody buys the last ones while the payment runs.
  setStock(app.world, app.shopify, variant.split("/").at(-1) ?? "", 0);
  app.mails.length = 0;
  await app.advanceTo(new Date(Date.parse(app.world.now) + 3_600_000).toISOString());
  const after = await portalSubscription(ctx, shopper, row.id);
  expect(after?.queued).toEqual([]);

  const told = app.mails.filter(({ subject }) => subject.includes("kunne ikke gjøres"));
  expect(told).toHaveLength(1);
  const [mail] = told;
  for (const said of [mail?.text, mail?.html]) {
    const text = plainSpaces((said ?? "").replaceAll(/<[^>]+>/g, " "));
    for (const part of [
      "En annen vare i stedet for",
      "Det er ikke nok på lager",
      "× 7",
      plainSpaces(after?.nextText ?? ""),
    ]) {
      expect(text).toContain(part);
    }
    expect(said).toContain(`/apps/perennial/s/${row.id}`);
  }
  expect(mail?.to).toBe(row.customer?.email);

  // The job's second try, after it was sent.
  const event = await ctx.db.historyEvent.findFirstOrThrow({ where: { contractId: row.id, type: "edit.failed" } });
  await mailChangeNotMade(ctx, { shopId: shop.id, eventId: event.id });
  expect(app.mails.filter(({ subject }) => subject.includes("kunne ikke gjøres"))).toHaveLength(1);
});
