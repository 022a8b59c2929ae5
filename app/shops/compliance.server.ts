import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { Shop } from "~/generated/prisma/client";
import { Prisma } from "~/generated/prisma/client";

import { casesOf } from "./data-request.server";
import { withoutPersonalData } from "./personal-data";

/** Shopify asks for a shop's deletion this long after its uninstall. */
const REDACT_AFTER_HOURS = 48;
const HOUR_MS = 3_600_000;

/**
 * customers/data_request: has everything we keep about the customer collected and mailed to the shop's owner
 * (`sendDataRequest`).
 * @param customerId "gid://shopify/Customer/1"
 */
export async function dataRequest(ctx: Context, tx: Tx, shop: Shop, customerId: string): Promise<void> {
  await ctx.jobs.put(tx, "shops.data-request", { shopId: shop.id, customerId }, { key: `${shop.id}:${customerId}` });
}

/**
 * customers/redact: name, e-mail, language, address and card label go, wherever they are; amounts, dates and Shopify's
 * ids stay, because the shop's accounts need them (docs/personal-data.md).
 * @param customerId "gid://shopify/Customer/1"
 */
export async function redactCustomer(ctx: Context, tx: Tx, shop: Shop, customerId: string): Promise<void> {
  await deleteSettledJobs(tx, shop.id, customerId);
  await tx.reread.deleteMany({ where: { shopId: shop.id, kind: "CUSTOMER", shopifyId: customerId } });
  const customer = await tx.customer.findUnique({
    where: { shopId_shopifyId: { shopId: shop.id, shopifyId: customerId } },
  });
  if (!customer) return;
  const cases = await casesOf(tx, shop, customer);
  await tx.customer.update({
    where: { id: customer.id },
    data: { email: null, firstName: null, lastName: null, locale: null, redactedAt: ctx.clock.now() },
  });
  await tx.subscriptionContract.updateMany({
    where: { shopId: shop.id, customerId: customer.id },
    data: {
      ...{ shippingAddress: Prisma.DbNull, deliveryOption: Prisma.DbNull },
      ...{ paymentMethodLabel: null, paymentMethodExpiry: null },
    },
  });
  const theirs = { shopId: shop.id, contract: { customerId: customer.id } };
  // Comments are free text; what was agreed to is kept without the words, which may name somebody.
  await tx.leaving.updateMany({ where: theirs, data: { comment: null } });
  await tx.consent.updateMany({ where: theirs, data: { text: "" } });
  // A change of address that waits is a person's; so is a note on a line.
  await tx.queuedEdit.deleteMany({ where: theirs });
  await tx.subscriptionLine.updateMany({ where: { contract: theirs.contract }, data: { attributes: [] } });
  await tx.magicLink.deleteMany({ where: { shopId: shop.id, customerId } });
  // What was declared without signing in is theirs by its e-mail address, or by the subscription it fits.
  await tx.withdrawalCase.updateMany({
    where: { shopId: shop.id, OR: cases },
    data: { name: "", email: "", reference: "", message: "", note: "" },
  });
  const events = await tx.historyEvent.findMany({
    where: { shopId: shop.id, contract: { customerId: customer.id } },
    select: { id: true, data: true },
  });
  for (const { id, data } of events) {
    const kept = withoutPersonalData(data);
    if (JSON.stringify(kept) !== JSON.stringify(data)) {
      await tx.historyEvent.update({ where: { id }, data: { data: kept ?? Prisma.JsonNull } });
    }
  }
  ctx.log.info({ shop: shop.domain }, "customer redacted");
}

/**
 * shop/redact: deletes every row of the shop, its sessions and the jobs about it.
 * Shopify sends it 48 hours after an uninstall. A shop installed since then has come back, and keeps its ledger.
 */
export async function redactShop(ctx: Context, tx: Tx, shop: Shop): Promise<void> {
  const uninstalledBy = new Date(ctx.clock.now().getTime() - REDACT_AFTER_HOURS * HOUR_MS);
  if (shop.status === "ACTIVE" && shop.installedAt > uninstalledBy) {
    ctx.log.warn({ shop: shop.domain }, "shop/redact ignored: the shop has been installed again");
    return;
  }
  await tx.session.deleteMany({ where: { shop: shop.domain } });
  await deleteJobs(tx, shop.id);
  // Everything else hangs on the shop's row and goes with it (onDelete: Cascade).
  await tx.shop.delete({ where: { id: shop.id } });
  ctx.log.info({ shop: shop.domain }, "shop redacted");
}

async function queueExists(tx: Tx): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ found: boolean }[]>`SELECT to_regclass('pgboss.job') IS NOT NULL AS found`;
  return row?.found ?? false;
}

async function deleteJobs(tx: Tx, shopId: string): Promise<void> {
  if (await queueExists(tx)) await tx.$executeRaw`DELETE FROM pgboss.job WHERE data->>'shopId' = ${shopId}`;
}

async function deleteSettledJobs(tx: Tx, shopId: string, customerId: string): Promise<void> {
  if (!(await queueExists(tx))) return;
  await tx.$executeRaw`
    DELETE FROM pgboss.job
    WHERE data->>'shopId' = ${shopId} AND data->>'customerId' = ${customerId} AND state <> 'active'`;
}

export { sendDataRequest } from "./data-request.server";
