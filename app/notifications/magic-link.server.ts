import { createHash, randomBytes } from "node:crypto";

import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { systemClock } from "~/lib/clock";
import type { Clock } from "~/lib/clock";

import { LINK_HOURS, LINK_PURPOSES, magicUrl } from "./links";
import type { LinkPurpose } from "./links";

/** 256 bits: nobody guesses one. */
const TOKEN_BYTES = 32;
const HOUR_MS = 3_600_000;
/** A link that has ended can still be told from nonsense, and exchanged for a fresh one by e-mail, for this long. */
const KEPT_MS = 90 * 24 * HOUR_MS;

const TOKEN = /^[A-Za-z0-9_-]{43}$/;

const hashOf = (token: string): string => createHash("sha256").update(token).digest("hex");

type ShopAddress = Pick<Shop, "id" | "domain" | "storefrontUrl">;

/**
 * An address for an e-mail that opens the portal for one shopper, once, within LINK_HOURS. Only the token's hash is kept.
 * @param customerId "gid://shopify/Customer/1"
 * @param clock real time: tokens do not follow the business clock
 */
export async function magicLink(
  ctx: Context,
  shop: ShopAddress,
  customerId: string,
  { purpose, locale }: { purpose: LinkPurpose; locale: string },
  clock: Clock = systemClock,
): Promise<string> {
  const token = randomBytes(TOKEN_BYTES).toString("base64url");
  const createdAt = clock.now();
  await ctx.db.magicLink.deleteMany({
    where: { shopId: shop.id, expiresAt: { lt: new Date(createdAt.getTime() - KEPT_MS) } },
  });
  await ctx.db.magicLink.create({
    data: {
      hash: hashOf(token),
      shopId: shop.id,
      customerId,
      purpose,
      createdAt,
      expiresAt: new Date(createdAt.getTime() + LINK_HOURS * HOUR_MS),
    },
  });
  return magicUrl(shop, token, locale);
}

export type LinkState =
  | { state: "GOOD" | "ENDED"; customerId: string; purpose: LinkPurpose }
  /** Never made, made for another shop, or forgotten. */
  | { state: "UNKNOWN" };

/** What a link is still good for; changes nothing. A link that was used or has run out has ENDED. */
export async function lookAtLink(
  ctx: Context,
  shop: Pick<Shop, "id">,
  token: string,
  clock: Clock = systemClock,
): Promise<LinkState> {
  if (!TOKEN.test(token)) return { state: "UNKNOWN" };
  const row = await ctx.db.magicLink.findFirst({ where: { hash: hashOf(token), shopId: shop.id } });
  const purpose = LINK_PURPOSES.find((known) => known === row?.purpose);
  if (!row || !purpose) return { state: "UNKNOWN" };
  const good = row.usedAt === null && row.expiresAt > clock.now();
  return { state: good ? "GOOD" : "ENDED", customerId: row.customerId, purpose };
}

/** Uses a link up: of several at once one alone finds it GOOD. */
export async function useLink(
  ctx: Context,
  shop: Pick<Shop, "id">,
  token: string,
  clock: Clock = systemClock,
): Promise<LinkState> {
  const looked = await lookAtLink(ctx, shop, token, clock);
  if (looked.state !== "GOOD") return looked;
  const now = clock.now();
  const { count } = await ctx.db.magicLink.updateMany({
    where: { hash: hashOf(token), shopId: shop.id, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now },
  });
  return count === 1 ? looked : { ...looked, state: "ENDED" };
}
