import { createGroup, createShop } from "../domain";
import type { SellingPlanInput } from "../domain";
import type { Shop, World } from "../world";
import { addProduct, defaultPictureOrigin } from "./catalog";
import type { ProductDraft } from "./catalog";
import { daysAgo, liveThrough } from "./history";
import { APP_REFERENCE, DEMO_APP_ID } from "./kaffebonna";
import type { ScenarioOptions } from "./kaffebonna";
import { SWEDEN, peopleOf } from "./people";
import { randomFrom } from "./random";

const single = (
  handle: string,
  title: string,
  type: string,
  description: string,
  picture: string,
  price: string,
): ProductDraft => ({
  handle,
  title,
  type,
  description,
  picture,
  options: [],
  variants: [{ values: [], price, sku: handle.toUpperCase(), stock: 300 }],
});

const PRODUCTS: readonly ProductDraft[] = [
  {
    handle: "daggkram",
    title: "Daggkräm",
    type: "Day cream",
    description: "A light cream with oat oil and birch sap. Sinks in quickly, without perfume.",
    picture: "skin-daggkram.svg",
    options: ["Size"],
    variants: [
      { values: ["50 ml"], price: "329.00", sku: "DAGG-50", stock: 300 },
      { values: ["100 ml"], price: "549.00", sku: "DAGG-100", stock: 200 },
    ],
  },
  single(
    "nattserum",
    "Nattserum",
    "Night serum · 30 ml",
    "Works while you sleep: squalane, rosehip and bakuchiol.",
    "skin-nattserum.svg",
    "449.00",
  ),
  single(
    "renhud",
    "Renhud",
    "Cleanser · 200 ml",
    "A mild gel for morning and evening, also around the eyes.",
    "skin-renhud.svg",
    "219.00",
  ),
  single(
    "handsalva",
    "Handsalva",
    "Hand balm · 75 ml",
    "Beeswax and sea buckthorn for hands that work.",
    "skin-handsalva.svg",
    "159.00",
  ),
  single(
    "havstval",
    "Havstvål",
    "Soap · 120 g",
    "Cold-pressed soap with kelp from Bohuslän.",
    "skin-havstval.svg",
    "89.00",
  ),
];

const planEvery = (months: number): SellingPlanInput => {
  const recurring = { interval: "MONTH" as const, intervalCount: months };
  const name = months === 1 ? "Every month" : `Every ${months} months`;
  return {
    name: `Delivery ${name.toLowerCase()}`,
    options: [name],
    position: months,
    category: "SUBSCRIPTION",
    billingPolicy: { recurring },
    deliveryPolicy: { recurring },
    inventoryPolicy: { reserve: "ON_SALE" },
    pricingPolicies: [{ fixed: { adjustmentType: "PERCENTAGE", adjustmentValue: { percentage: 15 } } }],
  };
};

/** Hudpleie: skin care from Gothenburg, another currency and zone than Kaffebønna's; eight subscribers, five months. */
export default function hudpleie(world: World, options: ScenarioOptions = {}): Shop {
  const { name = "hudpleie", subscribers: count = 8, pictureOrigin = defaultPictureOrigin } = options;
  const present = world.now;
  const shop = createShop(world, {
    name,
    title: "Hudpleie",
    email: "hej@hudpleie.example",
    currency: "SEK",
    timeZone: "Europe/Stockholm",
    locale: "en",
    countryCode: "SE",
    taxRate: "0.25",
    shippingRates: [{ title: "Collect at a service point (1–3 days)", price: "39.00", freeFrom: "600.00" }],
  });
  world.now = daysAgo(world, shop, 180, 9, 0);
  const products = PRODUCTS.map((draft) => addProduct(world, shop, draft, pictureOrigin));
  const { group, userErrors } = createGroup(
    world,
    shop,
    DEMO_APP_ID,
    {
      appId: APP_REFERENCE,
      name: "Skin care subscription",
      merchantCode: "Skin care subscription",
      options: ["Delivery frequency"],
      sellingPlansToCreate: [1, 2, 3].map(planEvery),
    },
    { productIds: products.slice(0, 4).map((product) => product.id) },
  );
  if (!group) throw new Error(userErrors[0]?.message);
  world.now = present;

  const random = randomFrom(7_310);
  const people = peopleOf(SWEDEN, count, random);
  liveThrough(
    world,
    shop,
    people.map((person) => ({
      person,
      subscribedAt: daysAgo(world, shop, 6 + random.below(140), 8 + random.below(12), random.below(60)),
      variantId: random.pick(products.slice(0, 4)).variantIds[0] ?? "",
      sellingPlanId: random.pick(group.sellingPlanIds),
      quantity: 1,
      fate: { kind: "steady" as const },
    })),
  );
  return shop;
}
