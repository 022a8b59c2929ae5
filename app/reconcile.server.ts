import { startProcess } from "~/app-context.server";

/** `npm run reconcile -- <shop>.myshopify.com`: has a worker rebuild the shop's mirror from Shopify. Billing goes on. */

const domain = process.argv[2];
try {
  if (!domain) throw new Error("Name the shop: npm run reconcile -- kaffebonna.myshopify.com");
  const { ctx } = await startProcess("web");
  const shop = await ctx.db.shop.findUnique({ where: { domain } });
  if (!shop) throw new Error(`There is no shop ${domain} here.`);
  if (shop.status !== "ACTIVE") throw new Error(`The app is not installed in ${domain}.`);
  await ctx.jobs.put(ctx.db, "contracts.reconcile", { shopId: shop.id });
  console.log(`A worker will read all subscriptions of ${domain} again.`);
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
