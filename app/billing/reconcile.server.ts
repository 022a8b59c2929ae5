import type { Context } from "~/context.server";
import { confirmGone } from "~/contracts/gone.server";
import { markAll } from "~/contracts/mark.server";
import { applyReadings } from "~/contracts/mirror.server";
import type { Reading } from "~/contracts/mirror.server";
import { CONTRACTS_PER_CALL, extended } from "~/contracts/read.server";
import { readableContract } from "~/contracts/readable";
import type { Shop } from "~/generated/prisma/client";
import { AdminApiError } from "~/shopify/admin-api.server";
import { ContractAttemptsDocument, ContractPageDocument } from "~/shopify/generated/admin";
import type { ContractPageQuery } from "~/shopify/generated/admin";

import { attemptOutcomes, isText } from "./attempts";
import type { AttemptOutcome } from "./engine";
import { feedEnd } from "./gate.server";
import { importCharges } from "./ledger/import.server";
import type { ContractPast } from "./ledger/import.server";

/** Contracts of one page: about 400 of the 1,000 points that one query may cost. */
const CONTRACTS_PER_PAGE = 50;
/** Upper bound of pages of one contract's attempts, 100 each. */
const MAX_ATTEMPT_PAGES = 50;
/** Webhooks are kept this long to recognise a second delivery; Shopify gives up after hours. */
const WEBHOOKS_KEPT_DAYS = 30;
const DAY_MS = 86_400_000;

type PageNode = ContractPageQuery["subscriptionContracts"]["nodes"][number];

/**
 * Reads all of a shop's contracts and rebuilds the mirror and, where the ledger has gaps, the ledger. Carries on after an
 * interruption where it stopped. Until the first one has ended nothing is charged in the shop.
 * @throws AdminApiError: the job is tried again
 */
export async function reconcile(ctx: Context, shopId: string): Promise<void> {
  let shop = await ctx.db.shop.findUnique({ where: { id: shopId } });
  if (shop?.status !== "ACTIVE") return;
  if (shop.reconcileStartedAt === null) {
    const end = await feedEnd(ctx, shop);
    shop = await ctx.db.shop.update({
      where: { id: shopId },
      data: {
        reconcileStartedAt: ctx.clock.now(),
        reconcileCursor: null,
        attemptsReadTo: end.attemptId,
        contractsReadTo: end.contractsAt,
      },
    });
  }
  for (;;) {
    const page = await readPage(ctx, shop);
    for (let from = 0; from < page.nodes.length; from += CONTRACTS_PER_CALL) {
      await takeIn(ctx, shop, page.nodes.slice(from, from + CONTRACTS_PER_CALL));
    }
    if (!page.pageInfo.hasNextPage) break;
    shop = await ctx.db.shop.update({ where: { id: shopId }, data: { reconcileCursor: page.pageInfo.endCursor } });
  }
  await finish(ctx, shop);
}

async function readPage(ctx: Context, shop: Shop): Promise<ContractPageQuery["subscriptionContracts"]> {
  const variables = { first: CONTRACTS_PER_PAGE, after: shop.reconcileCursor };
  const answer: Partial<ContractPageQuery> = await ctx.admin(shop.domain).request(ContractPageDocument, variables);
  const page: Partial<ContractPageQuery["subscriptionContracts"]> | null | undefined = answer.subscriptionContracts;
  const isWhole = Array.isArray(page?.nodes) && typeof page.pageInfo?.hasNextPage === "boolean";
  // Taken for the end of the list it would end every contract that was not read.
  if (!page?.nodes || !page.pageInfo || !isWhole)
    throw new AdminApiError("NO_ANSWER", "A page that can't be understood.");
  return { nodes: page.nodes, pageInfo: page.pageInfo };
}

async function takeIn(ctx: Context, shop: Shop, nodes: readonly PageNode[]): Promise<void> {
  const read = nodes.flatMap((node: PageNode | null): Reading[] => {
    const contract = readableContract(node);
    if (contract) return [{ kind: "whole", contract, cycles: [] }];
    return isText(node?.id) ? [{ kind: "unreadable", contract: { shopifyId: node.id }, answer: node, cycles: [] }] : [];
  });
  const readings = await extended(ctx, shop, read);
  const { ids } = await applyReadings(ctx, shop, readings);
  const byId = new Map(nodes.map((node: PageNode | null) => [node?.id, node]));
  const pasts: ContractPast[] = [];
  for (const reading of readings) {
    const contractId = ids.get(reading.contract.shopifyId);
    const node = byId.get(reading.contract.shopifyId);
    if (!contractId || !node || reading.kind !== "whole") continue;
    pasts.push({ contractId, contract: reading.contract, attempts: await allAttempts(ctx, shop, node) });
  }
  await importCharges(ctx, shop, pasts);
}

async function allAttempts(ctx: Context, shop: Shop, node: PageNode): Promise<AttemptOutcome[]> {
  const first: Partial<PageNode["billingAttempts"]> | undefined = node.billingAttempts;
  const attempts = attemptOutcomes(first?.nodes);
  let { hasNextPage, endCursor } = first?.pageInfo ?? { hasNextPage: false, endCursor: null };
  for (let page = 0; hasNextPage && page < MAX_ATTEMPT_PAGES; page += 1) {
    const answer = await ctx
      .admin(shop.domain)
      .request(ContractAttemptsDocument, { id: node.id, after: endCursor ?? null });
    const more = answer.subscriptionContract?.billingAttempts;
    if (!more) break;
    attempts.push(...attemptOutcomes(more.nodes));
    ({ hasNextPage, endCursor } = more.pageInfo);
  }
  return attempts;
}

async function finish(ctx: Context, shop: Shop): Promise<void> {
  const now = ctx.clock.now();
  const startedAt = shop.reconcileStartedAt ?? now;
  const unseen = await ctx.db.subscriptionContract.findMany({
    where: { shopId: shop.id, readAt: { lt: startedAt }, goneAt: null, status: { notIn: ["CANCELLED", "EXPIRED"] } },
    select: { shopifyId: true },
  });
  await confirmGone(
    ctx,
    shop,
    unseen.map(({ shopifyId }) => shopifyId),
  );
  await ctx.db.$transaction(async (tx) => {
    await tx.webhook.deleteMany({
      where: { shopId: shop.id, receivedAt: { lt: new Date(now.getTime() - WEBHOOKS_KEPT_DAYS * DAY_MS) } },
    });
    await tx.shop.update({
      where: { id: shop.id },
      data: { reconciledAt: now, reconcileStartedAt: null, reconcileCursor: null },
    });
    await markAll(ctx, tx, shop.id, [{ kind: "SHOP", shopifyId: shop.domain }]);
    await ctx.jobs.put(tx, "billing.run", { shopId: shop.id });
  });
  ctx.log.info({ shop: shop.domain }, "contracts reconciled");
}
