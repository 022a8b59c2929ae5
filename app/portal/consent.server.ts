import type { Context } from "~/context.server";
import type { Tx } from "~/db.server";
import type { Prisma, Shop } from "~/generated/prisma/client";
import type { Locale } from "~/lib/i18n";

/** Where the words were seen. */
export type ConsentSource = "CHECKOUT" | "RESTART" | "OFFER";

export interface NewConsent {
  source: ConsentSource;
  locale: Locale;
  /** The words, as they were shown. */
  text: string;
  /** Lines with prices, delivery, frequency, minimum and maximum, as agreed to. */
  terms: Prisma.InputJsonObject;
  orderId?: string | null;
  /** Now, unless it is written down later than it was said. */
  agreedAt?: Date;
}

export interface ConsentView {
  id: string;
  source: ConsentSource;
  locale: string;
  text: string;
  terms: unknown;
  orderId: string | null;
  /** ISO 8601 */
  agreedAt: string;
}

/** Keeps what a shopper agreed to, word for word, in the transaction of what it was agreed for. */
export async function recordConsent(
  ctx: Context,
  tx: Tx,
  shop: Pick<Shop, "id">,
  contractId: string,
  { source, locale, text, terms, orderId = null, agreedAt = ctx.clock.now() }: NewConsent,
): Promise<void> {
  await tx.consent.create({
    data: {
      id: ctx.ids.next(),
      shopId: shop.id,
      contractId,
      source,
      locale,
      text,
      terms,
      orderId,
      agreedAt,
    },
  });
}

/** More agreements than one contract ever has. */
const MOST_SHOWN = 50;

/** What was agreed to for a contract, newest first. Empty for another shop's. */
export async function consentOf(ctx: Context, shop: Pick<Shop, "id">, contractId: string): Promise<ConsentView[]> {
  const rows = await ctx.db.consent.findMany({
    where: { shopId: shop.id, contractId },
    orderBy: [{ agreedAt: "desc" }, { id: "desc" }],
    take: MOST_SHOWN,
  });
  // Only `recordConsent` writes these rows.
  return rows.map(({ id, source, locale, text, terms, orderId, agreedAt }) => ({
    id,
    source: source as ConsentSource,
    locale,
    text,
    terms,
    orderId,
    agreedAt: agreedAt.toISOString(),
  }));
}
