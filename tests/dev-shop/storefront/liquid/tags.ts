import { Hash, Tag, RenderTag } from "liquidjs";
import type { Context, Emitter, Liquid, Parser, TagToken, Template, TopLevelToken } from "liquidjs";
import { NotServedError } from "./not-served";

/** Where each kind of Liquid form posts. Source: shopify.dev, Liquid tags, `form`. */
const FORM_ACTIONS: Record<string, string> = {
  product: "/cart/add",
  cart: "/cart",
  customer_login: "/account/login",
  localization: "/localization",
};

const escapeAttribute = (value: string): string => value.replace(/&/g, "&amp;").replace(/"/g, "&quot;");

class FormTag extends Tag {
  private readonly templates: Template[] = [];
  private readonly type: string;
  private readonly hash: Hash;

  constructor(token: TagToken, remainTokens: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remainTokens, liquid);
    const quoted = /^\s*'([a-z_]+)'\s*,?/.exec(token.args);
    this.type = quoted?.[1] ?? "";
    if (!(this.type in FORM_ACTIONS)) throw new NotServedError(`Liquid form "${token.args}"`);
    // The second, unnamed argument is the object; the form does not need it here.
    const rest = token.args.slice(quoted?.[0].length ?? 0).replace(/^\s*[\w.]+\s*(,|$)/, "");
    this.hash = new Hash(rest);
    const stream = parser.parseStream(remainTokens);
    stream
      .on("tag:endform", () => stream.stop())
      .on("template", (template: Template) => this.templates.push(template))
      .on("end", () => {
        throw new Error(`form tag not closed: ${token.getText()}`);
      })
      .start();
  }

  override *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const attributes = (yield this.hash.render(ctx)) as Record<string, unknown>;
    const multipart = this.type === "product" ? ' enctype="multipart/form-data"' : "";
    let head = `<form method="post" action="${FORM_ACTIONS[this.type]}" accept-charset="UTF-8"${multipart}`;
    for (const [name, value] of Object.entries(attributes)) {
      if (name === "return_to") continue;
      head += ` ${name}="${escapeAttribute(String(value))}"`;
    }
    emitter.write(
      `${head}><input type="hidden" name="form_type" value="${this.type}"><input type="hidden" name="utf8" value="✓">`,
    );
    const returnTo = attributes["return_to"];
    if (returnTo) emitter.write(`<input type="hidden" name="return_to" value="${escapeAttribute(String(returnTo))}">`);
    ctx.push({ form: { errors: null } });
    yield this.liquid.renderer.renderTemplates(this.templates, ctx, emitter);
    ctx.pop();
    emitter.write("</form>");
  }
}

export type RenderSection = (name: string) => Promise<string>;
export type RenderBlock = (block: unknown, product: unknown) => Promise<string>;

export const RENDER_SECTION = "__render_section";
export const RENDER_BLOCK = "__render_block";

class SectionTag extends Tag {
  private readonly section: string;
  constructor(token: TagToken, remainTokens: TopLevelToken[], liquid: Liquid) {
    super(token, remainTokens, liquid);
    this.section = token.args.trim().replace(/^['"]|['"]$/g, "");
  }
  override *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const { [RENDER_SECTION]: renderSection } = ctx.globals as { [RENDER_SECTION]?: RenderSection };
    if (!renderSection) throw new NotServedError("Liquid tag section outside a theme layout");
    emitter.write((yield renderSection(this.section)) as string);
  }
}

/** `{% render 'snippet' %}` is liquidjs's own; `{% render block %}` puts an app's block in its place in a section. */
class RenderSnippetOrBlockTag extends Tag {
  private readonly snippet: RenderTag | null;
  constructor(token: TagToken, remainTokens: TopLevelToken[], liquid: Liquid, parser: Parser) {
    super(token, remainTokens, liquid);
    this.snippet = token.args.trim() === "block" ? null : new RenderTag(token, remainTokens, liquid, parser);
  }
  override *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    if (this.snippet) {
      yield* this.snippet.render(ctx, emitter);
      return;
    }
    const { [RENDER_BLOCK]: renderBlock } = ctx.globals as { [RENDER_BLOCK]?: RenderBlock };
    if (!renderBlock) throw new NotServedError("Liquid tag render block outside a section");
    const block: unknown = yield ctx._get(["block"]);
    // In a section about one product (`section.settings.product`) that product is the block's.
    const product: unknown = yield ctx._get(["closest", "product"]);
    emitter.write((yield renderBlock(block, product)) as string);
  }
}

/** `{% content_for 'blocks', closest.product: product %}`: all app blocks of the section, for that product. */
class ContentForBlocksTag extends Tag {
  private readonly product: string[];
  constructor(token: TagToken, remainTokens: TopLevelToken[], liquid: Liquid) {
    super(token, remainTokens, liquid);
    const [, product] = /^'blocks'(?:\s*,\s*closest\.product:\s*([\w.]+))?\s*$/.exec(token.args.trim()) ?? [];
    if (!token.args.trim().startsWith("'blocks'")) throw new NotServedError(`Liquid tag content_for ${token.args}`);
    this.product = product ? product.split(".") : [];
  }
  override *render(ctx: Context, emitter: Emitter): Generator<unknown, void, unknown> {
    const { [RENDER_BLOCK]: renderBlock } = ctx.globals as { [RENDER_BLOCK]?: RenderBlock };
    if (!renderBlock) throw new NotServedError("Liquid tag content_for outside a section");
    const product: unknown = this.product.length > 0 ? yield ctx._get(this.product) : null;
    for (const block of (yield ctx._get(["section", "blocks"])) as { type: string }[]) {
      if (block.type === "@app") emitter.write((yield renderBlock(block, product)) as string);
    }
  }
}

/** `{% layout none %}` and `{% layout 'name' %}` only say which layout the page wants; the theme applies it. */
class LayoutChoiceTag extends Tag {
  private readonly choice: string;
  constructor(token: TagToken, remainTokens: TopLevelToken[], liquid: Liquid) {
    super(token, remainTokens, liquid);
    this.choice = token.args.trim().replace(/^['"]|['"]$/g, "");
  }
  override render(ctx: Context): void {
    const { [LAYOUT_CHOICE]: chosen } = ctx.globals as { [LAYOUT_CHOICE]?: { name: string } };
    if (chosen) chosen.name = this.choice;
  }
}

export const LAYOUT_CHOICE = "__layout_choice";

export function registerTags(engine: Liquid): void {
  engine.registerTag("form", FormTag);
  engine.registerTag("section", SectionTag);
  engine.registerTag("render", RenderSnippetOrBlockTag);
  engine.registerTag("content_for", ContentForBlocksTag);
  engine.registerTag("layout", LayoutChoiceTag);
  // Ruby Liquid's own include and block are not Shopify's to give; a theme that uses them must hear so.
  for (const name of ["include", "block", "tablerow"]) {
    engine.registerTag(
      name,
      class extends Tag {
        override render(): void {
          throw new NotServedError(`Liquid tag "${name}"`);
        }
      },
    );
  }
}
