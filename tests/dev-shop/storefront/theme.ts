import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { AppConfig } from "../dev-shop";
import type { Product, ThemeName } from "../world";
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
import { merchantTexts, shopObjects } from "./theme-objects";
import { THEME_ROOT, THEMES } from "./visitor";
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

/** What the theme editor saves beside the templates: here the app embeds that are switched on. */
interface ThemeSettings {
  current: { blocks: Record<string, { type: string; disabled: boolean; settings?: Record<string, unknown> }> };
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
  private readonly themes: Readonly<Record<ThemeName, LiquidFolder>> = {
    classic: new LiquidFolder(THEMES.classic),
    standard: new LiquidFolder(THEMES.standard, THEMES.classic),
  };
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
    return pageProduct(visitor, product);
  }

  async page(visitor: Visitor, page: Page): Promise<string> {
    const rendering = this.rendering(visitor, page);
    return rendering.page();
  }

  /** The section rendering API: one section of a page, as `?section_id=` asks for. Null if the page lacks it. */
  async section(visitor: Visitor, page: Page, sectionId: string): Promise<string | null> {
    const rendering = this.rendering(visitor, page);
    return rendering.sectionById(sectionId);
  }

  /** What an app proxy answered as `application/liquid`, run inside the layout it chose (`{% layout none %}`: none). */
  async liquid(visitor: Visitor, source: string): Promise<string> {
    const page = { template: "page", title: visitor.shop.title };
    const rendering = this.rendering(visitor, page);
    return rendering.source(source);
  }

  private rendering(visitor: Visitor, page: Page): PageRendering {
    const theme = this.themes[visitor.theme];
    return new PageRendering(visitor, page, theme, this.extension, this.extensionRoot, this.app);
  }
}

/** A product with what the page's address chooses of it. */
function pageProduct({ shown, url }: Visitor, product: Product): Drop {
  return productDrop(shown, product, {
    variantId: url.searchParams.get("variant"),
    sellingPlanId: url.searchParams.get("selling_plan"),
  });
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
      closest: { product: null },
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
    // A section's id names its template: themes ask for a featured product's section at the product's own address.
    const [, template = "", key = ""] = /^template--(.+)__(\w+)$/.exec(id) ?? [];
    const data = this.jsonTemplate(template)?.sections[key];
    if (data) return this.section(id, data);
    return this.theme.path(`sections/${id}.liquid`) ? this.section(id, { type: id }) : null;
  }

  private async inLayout(content: string): Promise<string> {
    const { name } = this.layoutChoice;
    if (name === "none") return content;
    // Shopify puts app embeds at the end of head and body, and its own scripts in the header, in the theme's pages only.
    const embeds = name === "theme" ? await this.embeds() : { head: "", body: "" };
    const links = [...this.headLinks].map((url) => `<link rel="stylesheet" href="${url}">`).join("");
    const own = `<script type="module" src="/cdn/shopify/standard-storefront.js"></script>`;
    const html = await this.theme.render(`layout/${name}.liquid`, {
      ...this.globals,
      content_for_layout: content,
      content_for_header: own + links + embeds.head,
    });
    return html.replace("</body>", () => `${embeds.body}</body>`);
  }

  private async embeds(): Promise<Record<"head" | "body", string>> {
    const html = { head: "", body: "" };
    const path = this.theme.path("config/settings_data.json");
    const { current } = JSON.parse(path ? readFileSync(path, "utf8") : '{"current":{"blocks":{}}}') as ThemeSettings;
    for (const [id, { type, disabled, settings }] of Object.entries(current.blocks)) {
      if (disabled) continue;
      const chosen = { ...settings, ...this.visitor.shop.blockSettings?.[id] };
      const { target, html: block } = await this.extensionBlock("", { id, type, settings: chosen });
      if (target !== "head" && target !== "body") throw new NotServedError(`app embed with the target "${target}"`);
      html[target] += target === "head" ? block : `<div id="shopify-block-${id}" class="shopify-block">${block}</div>`;
    }
    return html;
  }

  private async section(id: string, data: SectionData): Promise<string> {
    const file = `sections/${data.type}.liquid`;
    const blocks = (data.block_order ?? []).map((key) => {
      const block = data.blocks?.[key];
      const type = block?.type ?? "";
      return { key, type, settings: { ...block?.settings, ...this.visitor.shop.blockSettings?.[key] } };
    });
    let about: Drop | null = null;
    const settings: Record<string, unknown> = {
      ...settingsOf(this.theme.schema(file), data.settings ?? {}),
      ...merchantTexts(this.visitor, data.type),
    };
    // A setting of the type "product" holds the product's handle.
    for (const setting of this.theme.schema(file).settings ?? []) {
      if (setting.type === "product" && setting.id) settings[setting.id] = about = this.productOf(settings[setting.id]);
    }
    const content = await this.theme.render(file, {
      ...this.globals,
      section: drop("section", {
        id,
        settings: drop("section.settings", settings),
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
      [RENDER_BLOCK]: (block: Drop, closest: unknown) => this.appBlock(id, block, closest ?? about),
    });
    return `<div id="shopify-section-${id}" class="shopify-section">${content}</div>`;
  }

  private productOf(handle: unknown): Drop | null {
    const product = Object.values(this.visitor.shop.products).find((candidate) => candidate.handle === handle);
    return product ? pageProduct(this.visitor, product) : null;
  }

  private async appBlock(section: string, block: Drop, closest: unknown): Promise<string> {
    const id = String(block["id"]);
    const wanted = { id, type: String(block["app_block"]), settings: block["settings"] as Record<string, unknown> };
    const { html } = await this.extensionBlock(section, wanted, closest);
    return `<div id="shopify-block-${id}" class="shopify-block shopify-app-block">${html}</div>`;
  }

  /** @param closest the product that a card or a section around the block is about; else the page's own */
  private async extensionBlock(
    section: string,
    block: { id: string; type: string; settings: Record<string, unknown> },
    closest: unknown = null,
  ): Promise<{ target: string; html: string }> {
    const [, app, name] = APP_BLOCK.exec(block.type) ?? [];
    if (app !== this.app.handle || !name) throw new NotServedError(`app block "${block.type}"`);
    const file = `blocks/${name}.liquid`;
    const schema = this.extension.schema(file);
    if (schema.stylesheet) this.headLinks.add(`/cdn/extension/${schema.stylesheet}`);
    const settings = settingsOf(schema, block.settings);
    for (const setting of schema.settings ?? []) {
      // `"autofill": true` binds the product around the block.
      if (setting.type === "product" && setting.id) settings[setting.id] = closest ?? this.globals["product"] ?? null;
    }
    const html = await this.extension.render(file, {
      ...this.globals,
      closest: { product: closest },
      section: drop("section", { id: section }),
      block: drop("block", { id: block.id, settings: drop("block.settings", settings), shopify_attributes: "" }),
      [RENDERING]: this.rendering(join(this.extensionRoot, "locales"), "/cdn/extension/"),
    });
    const script = schema.javascript ? `<script src="/cdn/extension/${schema.javascript}" defer></script>` : "";
    return { target: schema.target ?? "section", html: html + script };
  }

  private jsonTemplate(name: string): JsonTemplate | null {
    const path = this.theme.path(`templates/${name}.json`);
    return path ? (JSON.parse(readFileSync(path, "utf8")) as JsonTemplate) : null;
  }

  private rendering(locales: string, assets: string): Rendering {
    const { language } = this.visitor;
    const shop = this.pageWanted.layout === "checkout" ? this.visitor.shop : this.visitor.shown;
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
