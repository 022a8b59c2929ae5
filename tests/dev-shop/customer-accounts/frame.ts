import { html, scriptJson } from "../hosts/html";
import type { DevShop } from "../dev-shop";
import { gid, type Order } from "../world";
import { translationsOf, type UiExtension } from "./extensions";
import type { AccountVisitor } from "./visitor";

/** The stand-in's `s-*` elements, by kind (browser/elements). */
const ELEMENTS = ["structure", "notices", "buttons", "fields", "choices", "missing"] as const;

export interface FrameInput {
  devShop: DevShop;
  visitor: AccountVisitor;
  extension: UiExtension;
  target: string;
  order: Order | null;
  /** Path of the account's page, for a full page. */
  at: string;
}

/** What the frame may load: its own files, pictures from anywhere, and other servers only with network access. */
export const framePolicy = (origin: string, extension: UiExtension): string =>
  [
    "default-src 'none'",
    `script-src ${origin}`,
    // Elements are laid out by inline styles.
    `style-src ${origin} 'unsafe-inline'`,
    "img-src * data:",
    extension.networkAccess ? "connect-src *" : "connect-src 'none'",
  ].join("; ");

/** The document an extension runs in. */
export function frameDocument({ devShop, visitor, extension, target, order, at }: FrameInput): string {
  const { shop, language, texts, url, customer } = visitor;
  const words = translationsOf(extension, language);
  const fullPage = target === "customer-account.page.render";
  const config = {
    target,
    apiVersion: extension.apiVersion,
    networkAccess: extension.networkAccess,
    language,
    extensionLanguage: words.language,
    translations: words.texts,
    currency: shop.currency,
    timeZone: shop.timeZone,
    country: shop.countryCode,
    // Documented: the customer is told only to apps that may see protected customer data.
    customerId: customer && shop.protectedCustomerData > 0 ? gid("Customer", customer.id) : null,
    order: order && { id: gid("Order", order.id), name: order.name, processedAt: order.createdAt },
    entry: { key: "first", url: `extension:${at.slice(`/pages/${extension.handle}`.length) || "/"}`, state: null },
    scriptUrl: `${url.origin}/_extension/${extension.handle}/bundle.js`,
    elementsCss: `${url.origin}/_files/elements.css`,
    texts: { close: texts.close },
  };
  return html`<!doctype html>
    <html lang="${language}" class="${fullPage ? "page" : "block"}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${devShop.config.app.name}</title>
        <link rel="stylesheet" href="${url.origin}/_files/frame.css" />
        <script type="application/json" id="config">
          ${scriptJson(config)}
        </script>
        <script src="${url.origin}/_files/frame.js"></script>
        <script src="${url.origin}/_files/element-base.js"></script>
        ${ELEMENTS.map((name) => html`<script src="${url.origin}/_files/elements/${name}.js"></script>`)}
        <script src="${config.scriptUrl}"></script>
      </head>
      <body></body>
    </html>`.text;
}
