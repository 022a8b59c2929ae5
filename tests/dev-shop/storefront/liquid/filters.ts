import type { Liquid } from "liquidjs";
import { formatMoney } from "./money";
import type { Translate } from "./translations";

/** What filters need to know about the page being rendered; travels in Liquid's globals. */
export interface Rendering {
  translate: Translate;
  moneyFormat: string;
  currency: string;
  language: string;
  timeZone: string;
  assetUrl: (file: string) => string;
}

export const RENDERING = "__rendering";

interface FilterThis {
  context: { globals: object };
}

function rendering(filter: FilterThis): Rendering {
  const globals = filter.context.globals as { [RENDERING]?: Rendering };
  const found = globals[RENDERING];
  if (!found) throw new Error("Rendered without a page");
  return found;
}

const cents = (value: unknown): number => Math.round(Number(value));

/** Trailing [name, value] pairs are liquidjs's way of handing over keyword arguments. */
function keywords(args: unknown[]): Record<string, unknown> {
  const named: Record<string, unknown> = {};
  for (const arg of args) {
    if (Array.isArray(arg) && typeof arg[0] === "string") named[arg[0]] = arg[1];
  }
  return named;
}

const isWhole = (value: unknown): boolean => Number.isInteger(typeof value === "string" ? Number(value) : value);

/** Shopify's filters that our theme and extension use, and core ones where liquidjs differs from Ruby's Liquid. */
export function registerFilters(engine: Liquid): void {
  engine.registerFilter("money", function (this: FilterThis, value: unknown) {
    return formatMoney(cents(value), rendering(this).moneyFormat);
  });
  engine.registerFilter("money_without_currency", function (this: FilterThis, value: unknown) {
    const placeholder = /\{\{.*?\}\}/.exec(rendering(this).moneyFormat)?.[0] ?? "{{amount}}";
    return formatMoney(cents(value), placeholder);
  });
  engine.registerFilter("money_with_currency", function (this: FilterThis, value: unknown) {
    const page = rendering(this);
    return `${formatMoney(cents(value), page.moneyFormat)} ${page.currency}`;
  });
  engine.registerFilter(
    "unit_price_with_measurement",
    function (this: FilterThis, value: unknown, measured: { reference_value: number; reference_unit: string }) {
      const amount = measured.reference_value === 1 ? "" : `${measured.reference_value} `;
      return `${formatMoney(cents(value), rendering(this).moneyFormat)}/${amount}${measured.reference_unit}`;
    },
  );
  const translate = function (this: FilterThis, key: unknown, ...args: unknown[]): string {
    return rendering(this).translate(String(key), keywords(args));
  };
  engine.registerFilter("t", translate);
  engine.registerFilter("translate", translate);
  engine.registerFilter("asset_url", function (this: FilterThis, file: unknown) {
    return rendering(this).assetUrl(String(file));
  });
  engine.registerFilter(
    "stylesheet_tag",
    (url: unknown) => `<link rel="stylesheet" href="${String(url)}" media="all">`,
  );
  engine.registerFilter("image_url", (image: unknown) => {
    if (typeof image === "object" && image !== null && "src" in image) return String(image.src);
    return String(image ?? "");
  });
  // In the shop's zone and the page's language, as `date: format:` is in a translated theme.
  engine.registerFilter("time_tag", function (this: FilterThis, value: unknown) {
    const page = rendering(this);
    const instant = new Date(String(value));
    const text = new Intl.DateTimeFormat(page.language, { dateStyle: "long", timeZone: page.timeZone }).format(instant);
    return `<time datetime="${instant.toISOString()}">${text}</time>`;
  });
  // Ruby divides whole numbers to a whole number, rounding down; liquidjs does not.
  engine.registerFilter("divided_by", (value: unknown, divisor: unknown) => {
    const result = Number(value) / Number(divisor);
    return isWhole(value) && isWhole(divisor) ? Math.floor(result) : result;
  });
}
