import type { ProductDraft } from "./catalog";

const WEIGHTS = ["250 g", "1 kg"];
const GRINDS = ["Hele bønner", "Malt"];

/** A coffee in two weights, each as whole beans or ground. */
function coffee(
  handle: string,
  title: string,
  type: string,
  description: string,
  picture: string,
  prices: readonly [string, string],
): ProductDraft {
  return {
    handle,
    title,
    type,
    description,
    picture,
    options: ["Vekt", "Maling"],
    variants: WEIGHTS.flatMap((weight, size) =>
      GRINDS.map((grind, kind) => ({
        values: [weight, grind],
        price: prices[size] ?? prices[0],
        sku: `${handle.slice(0, 4).toUpperCase()}-${size === 0 ? "250" : "1000"}-${kind === 0 ? "B" : "M"}`,
        stock: size === 0 ? 480 : 160,
      })),
    ),
  };
}

export const KAFFEBONNA_PRODUCTS: readonly ProductDraft[] = [
  coffee(
    "fjellbris",
    "Fjellbris",
    "Lysbrent · Etiopia",
    "Vasket kaffe fra Yirgacheffe, dyrket på 2 000 meters høyde. Lett og frisk, med sitron, jasmin og honning. Best i filter eller presskanne.",
    "fjellbris.svg",
    ["149.00", "529.00"],
  ),
  coffee(
    "nordlys",
    "Nordlys",
    "Lysbrent · Kenya",
    "Saftig kenyaner med solbær, rabarbra og en lang ettersmak. For deg som vil kjenne at kaffe er en frukt.",
    "nordlys.svg",
    ["169.00", "599.00"],
  ),
  coffee(
    "havorn",
    "Havørn",
    "Mellombrent · Colombia",
    "Rund og rett fram: karamell, rødt eple og mørk sjokolade. Kaffen vi selv drikker mest av.",
    "havorn.svg",
    ["139.00", "489.00"],
  ),
  coffee(
    "midnattssol",
    "Midnattssol",
    "Mellombrent · Brasil",
    "Nøtter, melkesjokolade og lav syre. En trygg kopp til frokost, og like god på kontoret.",
    "midnattssol.svg",
    ["129.00", "459.00"],
  ),
  coffee(
    "granskog",
    "Granskog",
    "Mørkbrent · Sumatra",
    "Kraftig og krydret, med sedertre, tobakk og mørk sirup. Tåler både melk og tur.",
    "granskog.svg",
    ["149.00", "529.00"],
  ),
  coffee(
    "bryggen",
    "Bryggen",
    "Espresso · blanding",
    "Tre opprinnelser brent for espressomaskinen. Tykk crema, kakao og bringebær.",
    "bryggen.svg",
    ["145.00", "509.00"],
  ),
  coffee(
    "vinterkvile",
    "Vinterkvile",
    "Koffeinfri · Mexico",
    "Koffeinet er tatt ut med bare vann. Smaken er igjen: mandel, brunt sukker og litt appelsin.",
    "vinterkvile.svg",
    ["159.00", "559.00"],
  ),
  {
    handle: "manedens-kaffe",
    title: "Månedens kaffe",
    type: "Overraskelse · 350 g",
    description:
      "Én pose vi er ekstra glade i akkurat nå. Ny hver måned, hele bønner, med et kort om bonden som har dyrket den.",
    picture: "manedens.svg",
    options: [],
    variants: [{ values: [], price: "189.00", sku: "MND-350", stock: 220 }],
  },
  {
    handle: "koppen-kvile",
    title: "Koppen Kvile",
    type: "Keramikk · 25 cl",
    description: "Dreid og glasert for hånd på Toten. Tåler oppvaskmaskin.",
    picture: "kopp.svg",
    options: [],
    variants: [{ values: [], price: "249.00", sku: "KOPP-1", stock: 36 }],
  },
];

/** The coffees of the shop's own subscription; the others wait for the merchant to make a plan for them. */
export const SUBSCRIPTION_HANDLES: readonly string[] = [
  "fjellbris",
  "nordlys",
  "midnattssol",
  "granskog",
  "manedens-kaffe",
];
