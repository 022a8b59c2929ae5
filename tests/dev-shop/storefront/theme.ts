import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { AppConfig } from "../dev-shop";
import type { Product } from "../world";
import { cartDrop } from "./drops/cart";
import { customerDrop } from "./drops/customer";
import { productDrop } from "./drops/product";
import { drop } from "./liquid/drop";
import type { Drop } from "./liquid/drop";
import { LiquidFolder, settingsOf } from "./liquid/engine";
import { RENDERING } from "./liquid/filters";
import type { Rendering } from "./liquid/filters";
import { moneyFormat } from "./liquid/money";
import { NotServedError } from "./liquid/not-served";
import { LAYOUT_CHOICE, RENDER_BLOCK, RENDER_SECTION } from "./liquid/tags";
import { readTranslations, translator } from "./liquid/translations";
import { THEME_ROOT } from "./visitor";
import type { Visitor } from "./visitor";

/** A theme's JSON template, as the theme editor saves it. */
interface JsonTemplate {
  layout?: string;
  sections: Record<string, SectionData>;
  order: string[];
}

interface SectionData {
  type: string;
  settings?: Record<string, unknown>;
  blocks?: Record<string, { type: string; settings?: Record<string, unknown> }>;
  block_order?: string[];
}

export interface Page {
  /** "product" → templates/product.json or .liquid. */
  template: string;
  title: string;
  objects?: Record<string, unknown>;
  layout?: string;
}

/** "shopify://apps/perennial/blocks/subscribe/…" → the block's file. */
const APP_BLOCK = /^shopify:\/\/apps\/([\w-]+)\/blocks\/([\w-]+)\//;

/** Renders pages of our theme with the app's theme extension in it, for one visitor at a time. */
export class Theme {
  private readonly theme = new LiquidFolder(THEME_ROOT);
  private readonly extensionRoot: string;
  private readonly extension: LiquidFolder;

  constructor(
    private readonly app: AppConfig,
    root: string,
  ) {
    this.extensionRoot = join(root, "extensions", "storefront");
    this.extension = new LiquidFolder(this.extensionRoot);
  }

  productDrop(visitor: Visitor, product: Product): Drop {
    const { searchParams } = visitor.url;
    return productDrop(visitor.shop, product, {
      variantId: searchParams.get("variant"),
      sellingPlanId: searchParams.get("selling_plan"),
    });
  }

  async page(visitor: Visitor, page: Page): Promise<string> {
    const rendering = new PageRendering(visitor, page, this.theme, this.extension, this.extensionRoot, this.app);
    return rendering.page();
  }

  /** The section rendering API: one section of a page, as `?section_id=` asks for. Null if the page lacks it. */
  async section(visitor: Visitor, page: Page, sectionId: string): Promise<string | null> {
    const rendering = new PageRendering(visitor, page, this.theme, this.extension, this.extensionRoot, this.app);
    return rendering.sectionById(sectionId);
  }

  /** What an app proxy answered as `application/liquid`, run inside the layout it chose (`{% layout none %}`: none). */
  async liquid(visitor: Visitor, source: string): Promise<string> {
    const page = { template: "page", title: visitor.shop.title };
    const rendering = new PageRendering(visitor, page, this.theme, this.extension, this.extensionRoot, this.app);
    return rendering.source(source);
  }
}

class PageRendering {
  private readonly globals: Record<string, unknown>;
  private readonly headLinks = new Set<string>();
  private readonly layoutChoice: { name: string };

  constructor(
    private readonly visitor: Visitor,
    private readonly pageWanted: Page,
    private readonly theme: LiquidFolder,
    private readonly extension: LiquidFolder,
    private readonly extensionRoot: string,
    private readonly app: AppConfig,
  ) {
    this.layoutChoice = { name: pageWanted.layout ?? "theme" };
    this.globals = {
      ...shopObjects(visitor, pageWanted),
      ...pageWanted.objects,
      [RENDERING]: this.rendering(join(THEME_ROOT, "locales"), "/cdn/theme/"),
      [LAYOUT_CHOICE]: this.layoutChoice,
      [RENDER_SECTION]: (name: string) => this.section(name, { type: name }),
    };
  }

  async page(): Promise<string> {
    const { template } = this.pageWanted;
    const json = this.jsonTemplate(template);
    if (json) {
      if (json.layout) this.layoutChoice.name = json.layout;
      const parts: string[] = [];
      for (const key of json.order) {
        const data = json.sections[key];
        if (data) parts.push(await this.section(sectionId(template, key), data));
      }
      return this.inLayout(parts.join("\n"));
    }
    return this.inLayout(await this.theme.render(`templates/${template}.liquid`, this.globals));
  }

  async source(text: string): Promise<string> {
    return this.inLayout(await this.theme.renderText(text, this.globals));
  }

  async sectionById(id: string): Promise<string | null> {
    const json = this.jsonTemplate(this.pageWanted.template);
    const key = json?.order.find((candidate) => sectionId(this.pageWanted.template, candidate) === id);
    const data = key ? json?.sections[key] : undefined;
    return data ? this.section(id, data) : null;
  }

  private async inLayout(content: string): Promise<string> {
    if (this.layoutChoice.name === "none") return content;
    const header = [...this.headLinks].map((url) => `<link rel="stylesheet" href="${url}">`).join("");
    return this.theme.render(`layout/${this.layoutChoice.name}.liquid`, {
      ...this.globals,
      content_for_layout: content,
      content_for_header: header,
    });
  }

  private async section(id: string, data: SectionData): Promise<string> {
    const file = `sections/${data.type}.liquid`;
    const blocks = (data.block_order ?? []).map((key) => {
      const block = data.blocks?.[key];
      const type = block?.type ?? "";
      return { key, type, settings: block?.settings ?? {} };
    });
    const content = await this.theme.render(file, {
      ...this.globals,
      section: drop("section", {
        id,
        settings: drop("section.settings", {
          ...settingsOf(this.theme.schema(file), data.settings ?? {}),
          ...merchantTexts(this.visitor, data.type),
        }),
        blocks: blocks.map(({ key, type, settings }) =>
          drop("block", {
            id: key,
            type: APP_BLOCK.test(type) ? "@app" : type,
            settings,
            shopify_attributes: "",
            app_block: type,
          }),
        ),
      }),
      [RENDER_BLOCK]: (block: Drop) => this.appBlock(id, block),
    });
    return `<div id="shopify-section-${id}" class="shopify-section">${content}</div>`;
  }

  private async appBlock(section: string, block: Drop): Promise<string> {
    const [, app, name] = APP_BLOCK.exec(String(block["app_block"])) ?? [];
    if (app !== this.app.handle || !name) throw new NotServedError(`app block "${String(block["app_block"])}"`);
    const file = `blocks/${name}.liquid`;
    const schema = this.extension.schema(file);
    if (schema.stylesheet) this.headLinks.add(`/cdn/extension/${schema.stylesheet}`);
    const settings = settingsOf(schema, block["settings"] as Record<string, unknown>);
    for (const setting of schema.settings ?? []) {
      // `"autofill": true` binds the page's own product.
      if (setting.type === "product" && setting.id) settings[setting.id] = this.globals["product"];
    }
    const id = String(block["id"]);
    const content = await this.extension.render(file, {
      ...this.globals,
      section: drop("section", { id: section }),
      block: drop("block", { id, settings: drop("block.settings", settings), shopify_attributes: "" }),
      [RENDERING]: this.rendering(join(this.extensionRoot, "locales"), "/cdn/extension/"),
    });
    return `<div id="shopify-block-${id}" class="shopify-block shopify-app-block">${content}</div>`;
  }

  private jsonTemplate(name: string): JsonTemplate | null {
    const path = join(THEME_ROOT, "templates", `${name}.json`);
    return existsSync(path) ? (JSON.parse(readFileSync(path, "utf8")) as JsonTemplate) : null;
  }

  private rendering(locales: string, assets: string): Rendering {
    const { shop, language } = this.visitor;
    return {
      translate: translator(readTranslations(locales, language), language),
      moneyFormat: moneyFormat(shop.currency),
      currency: shop.currency,
      language,
      timeZone: shop.timeZone,
      assetUrl: (file) => assets + file,
    };
  }
}

const sectionId = (template: string, key: string): string => `template--${template.replace("/", "-")}__${key}`;

/** What the merchant wrote in the theme editor, by section and language; shops without a file have neutral texts. */
function merchantTexts({ shop, language }: Visitor, section: string): Record<string, unknown> {
  const folder = join(THEME_ROOT, "config");
  const own = join(folder, `${shop.name.replace(/-?\d+$/, "")}.json`);
  const path = existsSync(own) ? own : join(folder, "default.json");
  const all = JSON.parse(readFileSync(path, "utf8")) as Record<string, Record<string, Record<string, unknown>>>;
  const texts = all[section];
  return texts?.[language] ?? texts?.["en"] ?? {};
}

/** Shopify's global objects that every page has. */
function shopObjects(visitor: Visitor, page: Page): Record<string, unknown> {
  const { shop, customer, language, languages, url } = visitor;
  const name = (code: string): string => new Intl.DisplayNames([code], { type: "language" }).of(code) ?? code;
  const languageDrop = (code: string): Drop =>
    drop("shop_locale", {
      iso_code: code,
      name: name(code),
      endonym_name: name(code).replace(/^./, (first) => first.toUpperCase()),
      primary: code === languages[0],
    });
  return {
    page_title: page.title,
    template: drop("template", { name: page.template, directory: null, suffix: null }),
    canonical_url: url.origin + url.pathname,
    customer: customer ? customerDrop(shop, customer) : null,
    cart: cartDrop(shop, visitor.cart),
    shop: drop("shop", {
      id: Number(shop.id),
      name: shop.title,
      email: shop.email,
      currency: shop.currency,
      domain: url.host,
      permanent_domain: `${shop.name}.myshopify.com`,
      url: url.origin,
      money_format: moneyFormat(shop.currency),
      locale: language,
      subscription_policy: drop("policy", {
        title: language === "nb" ? "Abonnementsvilkår" : "Subscription policy",
        url: "/policies/subscription-policy",
      }),
    }),
    request: drop("request", {
      locale: languageDrop(language),
      design_mode: false,
      host: url.host,
      origin: url.origin,
      path: url.pathname,
      page_type: page.template.split("/")[0],
    }),
    localization: drop("localization", {
      available_languages: languages.map(languageDrop),
      language: languageDrop(language),
    }),
    routes: drop("routes", {
      root_url: "/",
      cart_url: "/cart",
      cart_add_url: "/cart/add",
      cart_change_url: "/cart/change",
      account_url: "/account",
      account_login_url: "/account/login",
      account_logout_url: "/account/logout",
      all_products_collection_url: "/collections/all",
    }),
  };
}
