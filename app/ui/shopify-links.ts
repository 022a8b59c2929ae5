/** Addresses in Shopify's own admin, outside our frame: links to them need target="_top". */

const lastPart = (gid: string): string => gid.slice(gid.lastIndexOf("/") + 1);

/** @param gid "gid://shopify/Customer/1" */
export const customerUrl = (gid: string): string => `shopify://admin/customers/${lastPart(gid)}`;

/** @param gid "gid://shopify/Order/1" */
export const orderUrl = (gid: string): string => `shopify://admin/orders/${lastPart(gid)}`;

/** Where the merchant grants scopes that were added after the install (Shopify's managed installation). */
export const grantScopesUrl = (shopHandle: string, apiKey: string): string =>
  `https://admin.shopify.com/store/${shopHandle}/oauth/install?client_id=${apiKey}`;

/** The theme editor on the product page with our block put in, ready to be saved. */
export const themeEditorUrl = (shopDomain: string, apiKey: string): string =>
  `https://${shopDomain}/admin/themes/current/editor?template=product&addAppBlockId=${apiKey}/subscribe&target=mainSection`;
