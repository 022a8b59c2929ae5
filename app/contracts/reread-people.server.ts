import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { appendAll } from "~/history/history.server";
import { CustomersByIdDocument, PaymentMethodsByIdDocument } from "~/shopify/generated/admin";
import type { CustomersByIdQuery, PaymentMethodsByIdQuery } from "~/shopify/generated/admin";

import { customersOf } from "./customers.server";
import { readableCustomer, readableMethod } from "./readable";

const listOf = <Item>(nodes: readonly Item[] | null | undefined): readonly Item[] =>
  Array.isArray(nodes) ? (nodes as readonly Item[]) : [];

/**
 * Brings mirrored customers up to Shopify. People without a subscription are not taken in.
 * @param shopifyIds at most 100
 * @throws AdminApiError
 */
export async function rereadCustomers(ctx: Context, shop: Shop, shopifyIds: readonly string[]): Promise<void> {
  const known = await ctx.db.customer.findMany({
    where: { shopId: shop.id, shopifyId: { in: [...shopifyIds] }, redactedAt: null },
    select: { shopifyId: true },
  });
  if (known.length === 0) return;
  const { nodes }: Partial<CustomersByIdQuery> = await ctx
    .admin(shop.domain)
    .request(CustomersByIdDocument, { ids: known.map(({ shopifyId }) => shopifyId) });
  // What can't be understood stays as it was.
  const readings = listOf(nodes).flatMap((node) =>
    node?.__typename === "Customer" ? (readableCustomer(node) ?? []) : [],
  );
  await ctx.db.$transaction((tx) => customersOf(ctx, tx, shop, readings));
}

/**
 * Brings the card that contracts show up to Shopify: a shopper who enters a new card keeps the payment method's id.
 * @param shopifyIds at most 100
 * @throws AdminApiError
 */
export async function rereadPaymentMethods(ctx: Context, shop: Shop, shopifyIds: readonly string[]): Promise<void> {
  const where = { shopId: shop.id, paymentMethodId: { in: [...shopifyIds] } };
  if (shopifyIds.length === 0 || (await ctx.db.subscriptionContract.count({ where })) === 0) return;
  const { nodes }: Partial<PaymentMethodsByIdQuery> = await ctx
    .admin(shop.domain)
    .request(PaymentMethodsByIdDocument, { ids: [...shopifyIds] });
  for (const node of listOf(nodes)) {
    const reading = node?.__typename === "CustomerPaymentMethod" ? readableMethod(node) : null;
    if (!reading) continue;
    const { shopifyId, label, expiry, revokedAt } = reading;
    await ctx.db.$transaction(async (tx) => {
      await tx.$queryRaw`
        SELECT 1 FROM "SubscriptionContract"
        WHERE "shopId" = ${shop.id}::uuid AND "paymentMethodId" = ${shopifyId} ORDER BY id FOR UPDATE`;
      const contracts = await tx.subscriptionContract.findMany({
        where: {
          shopId: shop.id,
          paymentMethodId: shopifyId,
          OR: [{ customerId: null }, { customer: { redactedAt: null } }],
        },
        select: { id: true, paymentMethodLabel: true, paymentMethodExpiry: true, paymentMethodRevokedAt: true },
      });
      const changed = contracts.filter(
        (contract) =>
          contract.paymentMethodLabel !== label ||
          contract.paymentMethodExpiry !== expiry ||
          (contract.paymentMethodRevokedAt === null) !== (revokedAt === null),
      );
      await tx.subscriptionContract.updateMany({
        where: { id: { in: changed.map(({ id }) => id) } },
        data: {
          paymentMethodLabel: label,
          paymentMethodExpiry: expiry,
          paymentMethodRevokedAt: revokedAt,
          ...(revokedAt === null ? { paymentMethodChangedAt: ctx.clock.now() } : {}),
        },
      });
      await appendAll(
        ctx,
        tx,
        changed.map((contract) => ({
          shopId: shop.id,
          contractId: contract.id,
          type:
            revokedAt !== null && contract.paymentMethodRevokedAt === null
              ? "payment-method.revoked"
              : "payment-method.changed",
          actor: "shopify",
          data: { label },
        })),
      );
    });
  }
}
