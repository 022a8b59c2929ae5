import type { Request, Router } from "express";
import { z } from "zod";
import { setScopes, setStock, uninstall, updateShop } from "../domain";
import type { Shop } from "../world";
import type { Hosts } from "./context";
import { anyId, isTimeZone, plainId, read, reply } from "./control-input";
import { HttpRefusal } from "./express-tools";
import { installApp } from "./install";

/** What the shop and Shopify are like: latency, stock, tokens, plan, zone, scopes. */
export function settings(router: Router, hosts: Hosts): void {
  const { devShop } = hosts;
  reply(router, hosts, "/latency", (request) => {
    const change = read(
      z.strictObject({
        queryMs: z.number().min(0).max(60_000).optional(),
        mutationMs: z.number().min(0).max(60_000).optional(),
        attemptPendingMinutes: z.number().min(0).max(100_000).optional(),
        attemptsPerMinute: z.number().min(0).max(1_000_000).nullable().optional(),
        attemptBurst: z.number().int().min(1).max(1_000_000).nullable().optional(),
      }),
      request,
    );
    const { settings } = devShop.world;
    for (const name of ["queryMs", "mutationMs", "attemptPendingMinutes"] as const) {
      settings[name] = change[name] ?? settings[name];
    }
    for (const name of ["attemptsPerMinute", "attemptBurst"] as const) {
      const value = change[name];
      if (value === null) delete settings[name];
      else if (value !== undefined) settings[name] = value;
    }
    const { queryMs, mutationMs, attemptPendingMinutes, attemptsPerMinute, attemptBurst } = settings;
    return { queryMs, mutationMs, attemptPendingMinutes, attemptsPerMinute, attemptBurst };
  });
  reply(router, hosts, "/stock", (request, shop) => {
    const change = read(z.strictObject({ variantId: anyId, quantity: z.number().int().nullable() }), request);
    const id = plainId("ProductVariant", change.variantId);
    if (!setStock(devShop.world, shop, id, change.quantity)) throw new HttpRefusal(404, `There is no variant ${id}.`);
    return { variantId: id, quantity: change.quantity };
  });
  reply(router, hosts, "/tokens/expire", (_request, shop) => {
    for (const token of shop.tokens) token.expiresAt = 0;
    return { expired: shop.tokens.length };
  });
  reply(router, hosts, "/shop", (request, shop) => changeShop(hosts, request, shop));
}

async function changeShop(hosts: Hosts, request: Request, shop: Shop): Promise<unknown> {
  const { world } = hosts.devShop;
  const change = read(
    z.strictObject({
      status: z.enum(["active", "frozen", "locked", "uninstalled"]).optional(),
      timezone: z.string().optional(),
      plan: z.enum(["standard", "advanced", "plus", "enterprise"]).optional(),
      scopes: z.union([z.string(), z.array(z.string())]).optional(),
      taxesIncluded: z.boolean().optional(),
      theme: z.enum(["classic", "standard"]).optional(),
      accounts: z.enum(["classic", "new"]).optional(),
      blocks: z.record(z.string(), z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]))).optional(),
    }),
    request,
  );
  if (change.timezone !== undefined) {
    if (!isTimeZone(change.timezone)) throw new HttpRefusal(400, `"${change.timezone}" is not an IANA time zone.`);
    updateShop(world, shop, { timeZone: change.timezone });
  }
  if (change.plan !== undefined) updateShop(world, shop, { plan: change.plan });
  if (change.taxesIncluded !== undefined) updateShop(world, shop, { taxesIncluded: change.taxesIncluded });
  if (change.theme !== undefined) shop.theme = change.theme;
  if (change.accounts !== undefined) shop.accounts = change.accounts;
  if (change.blocks !== undefined) shop.blockSettings = change.blocks;
  if (change.status !== undefined) await changeStatus(hosts, shop, change.status);
  if (change.scopes !== undefined && shop.status !== "uninstalled") {
    const scopes = typeof change.scopes === "string" ? change.scopes.split(",") : change.scopes;
    setScopes(
      world,
      shop,
      scopes.map((scope) => scope.trim()).filter((scope) => scope !== ""),
    );
  }
  return {
    shop: shop.name,
    status: shop.status,
    timezone: shop.timeZone,
    plan: shop.plan,
    theme: shop.theme ?? "classic",
    accounts: shop.accounts ?? "classic",
    scopes: shop.grantedScopes ?? [],
  };
}

/** Active after uninstalled is a reinstall: the merchant grants the scopes again and opens the app. */
async function changeStatus(hosts: Hosts, shop: Shop, status: Shop["status"]): Promise<void> {
  const { world } = hosts.devShop;
  if (shop.status === "uninstalled") {
    if (status === "active") await installApp(hosts, shop);
    else if (status !== "uninstalled") throw new HttpRefusal(409, "The app is not installed in this shop.");
  } else if (status === "uninstalled") uninstall(world, shop);
  else updateShop(world, shop, { status });
}
