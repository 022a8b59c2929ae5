import type { Context } from "~/context.server";
import { isId } from "~/contracts/ids";
import { cancelContract } from "~/contracts/status.server";
import type { Prisma, Shop, WithdrawalCase } from "~/generated/prisma/client";
import { append } from "~/history/history.server";
import { namedId } from "~/lib/ids";

import { LONGEST_NOTE } from "./case-views";
import type { CasePage, CaseView, SettleOutcome } from "./case-views";
import type { Declaration } from "./public/declaration";
import { publicTexts } from "./public/texts";
import type { PublicLanguage } from "./public/texts";

/**
 * What people declare on the public pages: kept as it was declared, answered with a receipt at once, and settled by the
 * merchant. A declaration counts when it is received, whatever becomes of it here: nothing is refused for not being
 * understood.
 */

/** Receipts to one address within a day: the form must not serve to fill somebody's mailbox. */
export const RECEIPTS_PER_ADDRESS = 5;
const DAY_MS = 86_400_000;

export type Received = { outcome: "RECEIVED"; at: Date } | { outcome: "TOO_MANY" };

/** @param ticket of the form: the same declaration sent twice with it is one */
export async function receiveCase(
  ctx: Context,
  shop: Shop,
  declaration: Declaration,
  language: PublicLanguage,
  ticket: string,
): Promise<Received> {
  const { kind, name, email, reference, endsOn } = declaration;
  const id = namedId(JSON.stringify(["case", shop.id, ticket, declaration]));
  const known = await ctx.db.withdrawalCase.findFirst({ where: { id, shopId: shop.id } });
  if (known) return { outcome: "RECEIVED", at: known.receivedAt };
  const now = ctx.clock.now();
  const sent = await ctx.db.withdrawalCase.count({
    where: {
      shopId: shop.id,
      email: { equals: email, mode: "insensitive" },
      receivedAt: { gt: new Date(now.getTime() - DAY_MS) },
    },
  });
  if (sent >= RECEIPTS_PER_ADDRESS) return { outcome: "TOO_MANY" };

  const message = declaration.extraordinary ? specialReason(language) + declaration.message : declaration.message;
  const contractId = await matching(ctx, shop, email, reference);
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.withdrawalCase.createMany({
      data: {
        id,
        shopId: shop.id,
        kind,
        name,
        email,
        reference,
        message,
        endsOn,
        locale: language,
        contractId,
        receivedAt: now,
      },
      skipDuplicates: true,
    });
    if (count === 0) return;
    await ctx.jobs.put(tx, "portal.case", { shopId: shop.id, caseId: id }, { key: id });
    if (contractId !== null) {
      const data = { caseId: id, kind };
      await append(ctx, tx, { shopId: shop.id, contractId, type: "case.received", actor: "shopper", data });
    }
  });
  return { outcome: "RECEIVED", at: now };
}

/** The special reason is part of what is declared, also where only the message is read: it begins with these words. */
const specialReason = (language: PublicLanguage): string => `${publicTexts(language)("field.EXTRAORDINARY")}: `;

/** What was declared, of a case's row. */
export function declarationOf(row: WithdrawalCase, language: PublicLanguage): Declaration {
  const { kind, name, email, reference, endsOn } = row;
  const special = specialReason(language);
  const extraordinary = kind === "TERMINATION" && row.message.startsWith(special);
  const message = extraordinary ? row.message.slice(special.length) : row.message;
  return { kind, name, email, reference, message, extraordinary, endsOn };
}

/** Numbers in a reference that are looked for: "#1001", "order 1001 and 1002". */
const MOST_NUMBERS = 5;

/**
 * The one subscription with this e-mail address and a number in the reference. Whoever declares something is not told
 * whether there is one.
 */
async function matching(ctx: Context, shop: Shop, email: string, reference: string): Promise<string | null> {
  const numbers = [...new Set(reference.match(/\d{1,20}/g) ?? [])].slice(0, MOST_NUMBERS);
  const orders = [...new Set([reference, ...reference.split(/[\s,;]+/), ...numbers.map((number) => `#${number}`)])];
  const named = orders.filter((name) => name !== "").map((name) => ({ equals: name, mode: "insensitive" as const }));
  const rows = await ctx.db.subscriptionContract.findMany({
    where: {
      shopId: shop.id,
      customer: { email: { equals: email, mode: "insensitive" } },
      OR: [
        { shopifyId: { in: numbers.map((number) => `gid://shopify/SubscriptionContract/${number}`) } },
        ...named.map((originOrderName) => ({ originOrderName })),
        ...named.map((orderName) => ({ charges: { some: { orderName } } })),
      ],
    },
    select: { id: true },
    take: 2,
  });
  return rows.length === 1 ? (rows[0]?.id ?? null) : null;
}

function caseView(row: WithdrawalCase): CaseView {
  const { id, kind, state, name, email, reference, message, endsOn, contractId, note } = row;
  return {
    ...{ id, kind, state, name, email, reference, message, endsOn, contractId, note },
    receivedAt: row.receivedAt.toISOString(),
    settledAt: row.settledAt?.toISOString() ?? null,
    receiptSentAt: row.receiptSentAt?.toISOString() ?? null,
  };
}

export const CASES_PER_PAGE = 25;

/** Open ones oldest first, since they wait; settled ones newest first. */
export async function listCases(
  ctx: Context,
  shop: Pick<Shop, "id">,
  filter: { open?: boolean; page?: number } = {},
): Promise<CasePage> {
  const page = Math.max(1, Math.trunc(filter.page ?? 1));
  const isOpen = filter.open ?? true;
  const where: Prisma.WithdrawalCaseWhereInput = { shopId: shop.id, state: isOpen ? "OPEN" : { not: "OPEN" } };
  const [total, open, rows] = await Promise.all([
    ctx.db.withdrawalCase.count({ where }),
    ctx.db.withdrawalCase.count({ where: { shopId: shop.id, state: "OPEN" } }),
    ctx.db.withdrawalCase.findMany({
      where,
      orderBy: [{ receivedAt: isOpen ? "asc" : "desc" }, { id: "asc" }],
      skip: (page - 1) * CASES_PER_PAGE,
      take: CASES_PER_PAGE,
    }),
  ]);
  return { items: rows.map(caseView), total, open, page, pageSize: CASES_PER_PAGE };
}

/** @returns null for another shop's */
export async function caseOf(ctx: Context, shop: Pick<Shop, "id">, id: string): Promise<CaseView | null> {
  const row = isId(id) ? await ctx.db.withdrawalCase.findFirst({ where: { id, shopId: shop.id } }) : null;
  return row && caseView(row);
}

export interface Settling {
  outcome: "SETTLED" | "DECLINED";
  /** Goes to whoever declared it, in the e-mail that tells the outcome. */
  note: string;
  /** End the subscription that it fits. */
  cancel: boolean;
}

/** Settles a case: ends its subscription where that is wanted, and tells whoever declared it. */
export async function settleCase(ctx: Context, shop: Shop, id: string, settling: Settling): Promise<SettleOutcome> {
  const found = await caseOf(ctx, shop, id);
  if (!found) return { outcome: "NOT_FOUND" };
  if (found.state !== "OPEN") return { outcome: "ALREADY_SETTLED" };
  const { contractId, kind } = found;
  const { outcome } = settling;
  const note = settling.note.trim().slice(0, LONGEST_NOTE);
  let cancelled = false;
  if (settling.cancel && outcome === "SETTLED") {
    if (contractId === null) return { outcome: "NOT_CANCELLED", why: "NO_SUBSCRIPTION" };
    const done = await cancelContract(ctx, shop, contractId, "merchant");
    if (done.outcome === "NOT_FOUND") return { outcome: "NOT_CANCELLED", why: "NO_SUBSCRIPTION" };
    if (done.outcome === "RENEWAL_RUNNING" || done.outcome === "SHOPIFY_UNAVAILABLE" || done.outcome === "REFUSED") {
      return { outcome: "NOT_CANCELLED", why: done.outcome };
    }
    cancelled = true;
  }
  const isOurs = await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.withdrawalCase.updateMany({
      where: { id, shopId: shop.id, state: "OPEN" },
      data: { state: outcome, note, settledAt: ctx.clock.now() },
    });
    if (count === 0) return false;
    await ctx.jobs.put(tx, "portal.case-settled", { shopId: shop.id, caseId: id }, { key: id });
    if (contractId !== null) {
      const data = { caseId: id, kind, outcome, cancelled };
      await append(ctx, tx, { shopId: shop.id, contractId, type: "case.settled", actor: "merchant", data });
    }
    return true;
  });
  return isOurs ? { outcome: "DONE", cancelled } : { outcome: "ALREADY_SETTLED" };
}
