import { nextId, type Contract, type Plan, type Shop, type World } from "../world";
import { cancelContract } from "./contracts";
import { emit } from "./emit";
import { deleteGroup } from "./selling-plans";
import { nowOf } from "./time";
import { scopesPayload, shopPayload, shopRedactPayload } from "./webhook-payloads";

/** Points a second by plan (documented); the bucket holds twenty seconds' worth (observed for standard: 2,000). */
export const RESTORE_RATE: Record<Plan, number> = { standard: 100, advanced: 200, plus: 1000, enterprise: 2000 };
export const BUCKET_SECONDS = 20;

export type ShopFields = Pick<Shop, "name" | "title" | "currency" | "timeZone" | "locale" | "countryCode"> &
  Partial<
    Pick<
      Shop,
      | "email"
      | "plan"
      | "status"
      | "grantedScopes"
      | "protectedCustomerData"
      | "taxRate"
      | "shippingRates"
      | "pickupLocations"
      | "localDelivery"
      | "discountCodes"
    >
  >;

/** Adds a shop to the world: empty, on the standard plan, the app not installed, unless the fields say otherwise. */
export function createShop(world: World, fields: ShopFields): Shop {
  if (world.shops[fields.name]) throw new Error(`The shop ${fields.name} exists already.`);
  const plan = fields.plan ?? "standard";
  const shop: Shop = {
    id: nextId(world),
    email: `post@${fields.name}.example`,
    status: "active",
    grantedScopes: null,
    protectedCustomerData: 2,
    taxRate: "0",
    shippingRates: [],
    ...fields,
    plan,
    products: {},
    variants: {},
    customers: {},
    paymentMethods: {},
    sellingPlanGroups: {},
    sellingPlans: {},
    contracts: {},
    attempts: {},
    orders: {},
    outbox: [],
    webhooks: [],
    calls: [],
    mail: [],
    tokens: [],
    bucket: { available: RESTORE_RATE[plan] * BUCKET_SECONDS, at: 0 },
    storefrontSessions: {},
    carts: {},
  };
  world.shops[shop.name] = shop;
  return shop;
}

/** Changes what a merchant can change in the settings; a new time zone moves every cycle's wall clock. */
export function updateShop(
  world: World,
  shop: Shop,
  change: Partial<Pick<Shop, "title" | "email" | "timeZone" | "plan" | "status" | "locale" | "taxesIncluded">>,
): void {
  Object.assign(shop, change);
  emit(world, shop, "shop/update", shopPayload(shop, nowOf(world)));
}

export const setTimeZone = (world: World, shop: Shop, timeZone: string): void => updateShop(world, shop, { timeZone });

/**
 * The shop grants scopes to the app: at install, later, and at a reinstall. Within 48 hours of an uninstall a reinstall
 * keeps contracts and selling plans; afterwards they are gone and nothing brings them back.
 */
export function setScopes(world: World, shop: Shop, scopes: string[]): void {
  const previous = shop.grantedScopes;
  shop.grantedScopes = scopes;
  if (shop.status === "uninstalled") {
    shop.status = "active";
    shop.uninstalledAt = null;
  }
  if (previous) emit(world, shop, "app/scopes_update", scopesPayload(shop, previous, scopes, nowOf(world)));
}

/** The merchant uninstalls the app: tokens die at once, subscriptions 48 hours later (documented). */
export function uninstall(world: World, shop: Shop): void {
  shop.status = "uninstalled";
  shop.uninstalledAt = nowOf(world);
  shop.grantedScopes = null;
  shop.tokens = [];
  shop.nativeRetries = [];
  emit(world, shop, "app/uninstalled", shopPayload(shop, nowOf(world)));
}

const isOpen = (contract: Contract): boolean => contract.status !== "CANCELLED" && contract.status !== "EXPIRED";

/** 48 hours after an uninstall: the app's contracts are cancelled, its selling plans deleted, and the shop redacted. */
export function endSubscriptions(world: World, shop: Shop): void {
  shop.uninstalledAt = null;
  for (const contract of Object.values(shop.contracts)) {
    if (contract.appId !== null && isOpen(contract)) cancelContract(world, shop, contract);
  }
  for (const group of Object.values(shop.sellingPlanGroups)) {
    if (group.appId !== null) deleteGroup(world, shop, group);
  }
  emit(world, shop, "shop/redact", shopRedactPayload(shop));
}
