/** A text of the extension's own; what is about the subscription comes from the server as finished sentences. */
export const t = (key: string, values: Record<string, string | number> = {}): string =>
  shopify.i18n.translate(key, values);

/** The full page's handle in its TOML. */
const PAGE = "subscriptions";

export const pageHref = (id?: string): string => `extension:${PAGE}/${id === undefined ? "" : `subscription/${id}`}`;
