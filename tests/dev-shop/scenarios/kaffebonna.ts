import { createGroup, createShop } from "../domain";
import type { SellingPlanInput } from "../domain";
import type { Instant, Product, Shop, World } from "../world";
import { addProduct, defaultPictureOrigin } from "./catalog";
import type { PictureOrigin } from "./catalog";
import { daysAgo, liveThrough } from "./history";
import type { Fate, Subscriber } from "./history";
import { KAFFEBONNA_PRODUCTS, SUBSCRIPTION_HANDLES } from "./kaffebonna-products";
import { NORWAY, peopleOf } from "./people";
import { randomFrom } from "./random";
import type { Random } from "./random";

/** The demo's app: client_id of shopify.app.toml, and what it writes as the app id of its selling plan groups. */
export const DEMO_APP_ID = "0123456789abcdef0123456789abcdef";
export const APP_REFERENCE = "perennial";

/** Eight months. */
const HISTORY_DAYS = 243;
const WEEKS = [1, 2, 4] as const;
/** Most people choose every other week or every fourth. */
const WEEKS_CHOSEN: readonly number[] = [0, 1, 1, 1, 2, 2];

export interface ScenarioOptions {
  name?: string;
  subscribers?: number;
  pictureOrigin?: PictureOrigin;
}

const planNamed = (weeks: number): SellingPlanInput => {
  const every = weeks === 1 ? "hver uke" : `hver ${weeks}. uke`;
  const recurring = { interval: "WEEK" as const, intervalCount: weeks };
  return {
    name: `Levering ${every}`,
    options: [every.replace(/^h/, "H")],
    position: weeks,
    category: "SUBSCRIPTION",
    billingPolicy: { recurring },
    deliveryPolicy: { recurring },
    inventoryPolicy: { reserve: "ON_SALE" },
    pricingPolicies: [{ fixed: { adjustmentType: "PERCENTAGE", adjustmentValue: { percentage: 10 } } }],
  };
};

/**
 * Kaffebønna: a small coffee roastery in Oslo, thirty subscribers, eight months of history. Given the same `world.now`
 * and number of subscribers it comes out the same.
 */
export default function kaffebonna(world: World, options: ScenarioOptions = {}): Shop {
  const { name = "kaffebonna", subscribers: count = 30, pictureOrigin = defaultPictureOrigin } = options;
  const present = world.now;
  const shop = createShop(world, {
    name,
    title: "Kaffebønna",
    email: "hei@kaffebonna.example",
    currency: "NOK",
    timeZone: "Europe/Oslo",
    locale: "nb",
    countryCode: "NO",
    taxRate: "0.15",
    shippingRates: [
      { title: "Postkassepakke (2–4 dager)", price: "49.00", freeFrom: "500.00", countries: ["NO"] },
      { title: "Hjem på kvelden", price: "89.00", countries: ["NO"] },
      { title: "Til Sverige og Danmark (4–6 dager)", price: "119.00", countries: ["SE", "DK"] },
    ],
    pickupLocations: [
      {
        id: "501",
        name: "Kaffebønna Grünerløkka",
        address1: "Thorvald Meyers gate 40",
        zip: "0552",
        city: "Oslo",
        countryCode: "NO",
        pickupTime: "Vanligvis klar innen 24 timer",
      },
    ],
    localDelivery: {
      title: "Sykkelbud på Grünerløkka",
      price: "29.00",
      countryCode: "NO",
      zips: ["0550", "0551", "0552", "0553", "0554", "0555", "0556", "0557", "0558"],
      phoneRequired: true,
    },
    discountCodes: [
      { code: "KAFFE10", value: { percentage: 10 }, appliesOnSubscription: true, recurringCycleLimit: 3, usedBy: [] },
      {
        code: "FRIFRAKT",
        value: { percentage: 100 },
        target: "SHIPPING_LINE",
        appliesOnSubscription: true,
        recurringCycleLimit: 1,
        oncePerCustomer: true,
        usedBy: [],
      },
      {
        code: "SOMMER",
        value: { percentage: 25 },
        appliesOnSubscription: true,
        endsAt: "2025-09-01T00:00:00Z",
        usedBy: [],
      },
      { code: "ENGANG", value: { percentage: 15 }, appliesOnSubscription: false, usedBy: [] },
      { code: "FORSTE", value: { percentage: 50 }, appliesOnSubscription: true, usageLimit: 0, usedBy: [] },
    ],
  });

  world.now = daysAgo(world, shop, HISTORY_DAYS + 30, 9, 0);
  const products = KAFFEBONNA_PRODUCTS.map((draft) => addProduct(world, shop, draft, pictureOrigin));
  const offered = products.filter((product) => SUBSCRIPTION_HANDLES.includes(product.handle));
  const { group, userErrors } = createGroup(
    world,
    shop,
    DEMO_APP_ID,
    {
      appId: APP_REFERENCE,
      name: "Kaffeabonnement",
      merchantCode: "Kaffeabonnement",
      options: ["Leveringshyppighet"],
      sellingPlansToCreate: WEEKS.map(planNamed),
    },
    { productIds: offered.map((product) => product.id) },
  );
  if (!group) throw new Error(userErrors[0]?.message);
  world.now = present;

  const stock = Object.values(shop.variants).map((variant) => ({ variant, inventory: variant.inventory }));
  // Eight months of renewals must not run into today's shelf.
  for (const { variant } of stock) variant.inventory = null;
  liveThrough(world, shop, subscribersOf(world, shop, offered, group.sellingPlanIds, count));
  for (const { variant, inventory } of stock) variant.inventory = inventory;
  return shop;
}

function subscribersOf(
  world: World,
  shop: Shop,
  products: readonly Product[],
  planIds: readonly string[],
  count: number,
): Subscriber[] {
  const random = randomFrom(20_260_401);
  return peopleOf(NORWAY, count, random).map((person, index) => {
    const choice = index === DECLINED ? 0 : random.pick(WEEKS_CHOSEN);
    const weeks = WEEKS[choice] ?? 2;
    const product = random.pick(products);
    // Growing shop: more of the subscribers are recent ones.
    const days = 4 + Math.floor((HISTORY_DAYS - 4) * Math.pow(random.below(1000) / 1000, 1.3));
    const age = agedFor(index, count, days);
    const subscribedAt = daysAgo(world, shop, age, 7 + random.below(14), random.below(60));
    return {
      person,
      subscribedAt,
      // The small bag three times out of four; whole beans twice out of three.
      variantId: variantOf(product, random),
      sellingPlanId: planIds[choice] ?? planIds[0] ?? "",
      quantity: random.below(5) === 0 ? 2 : 1,
      fate: fateOf(world, shop, index, age, weeks),
    };
  });
}

function variantOf(product: Product, random: Random): string {
  const size = random.below(4) === 0 ? 2 : 0;
  const grind = random.below(3) === 0 ? 1 : 0;
  return product.variantIds[size + grind] ?? product.variantIds[0] ?? "";
}

/** Some subscribers have a story; in a larger shop the same stories come again every thirty. */
const PAUSED = [6, 17];
const CANCELLED = [3, 11, 22];
const SKIPPED = [1, 9, 14, 25];
const DECLINED = 19;

/** The first has been here all eight months; those with a story long enough for it. */
function agedFor(index: number, count: number, days: number): number {
  if (index === 0) return HISTORY_DAYS;
  if (index === count - 1) return 5;
  const story = index % 30;
  if (story === DECLINED) return index === DECLINED ? 45 : 46 + (days % 100);
  return [...PAUSED, ...CANCELLED, ...SKIPPED].includes(story) ? Math.max(days, 100) : days;
}

function fateOf(world: World, shop: Shop, index: number, age: number, weeks: number): Fate {
  const story = index % 30;
  const at = (days: number): Instant => daysAgo(world, shop, days, 20, 15);
  if (PAUSED.includes(story)) return { kind: "paused", at: at(18 + story) };
  if (CANCELLED.includes(story)) return { kind: "cancelled", at: at(10 + 3 * story) };
  if (SKIPPED.includes(story)) {
    // The second last of the cycles so far, or for one of them the next to come.
    const passed = Math.floor(age / (7 * weeks));
    return { kind: "skipped", cycle: story === 25 ? passed + 1 : Math.max(1, passed - 1) };
  }
  if (index === DECLINED) return { kind: "declined", from: at(6) };
  return { kind: "steady" };
}
