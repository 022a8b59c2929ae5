/** `account.<shop>.localhost` → the shop's name. */
export const accountsShop = (hostname: string): string | null =>
  /^account\.([a-z0-9-]+)\.localhost$/.exec(hostname)?.[1] ?? null;

export const accountsOrigin = (port: number, shopName: string): string =>
  `http://account.${shopName}.localhost:${port}`;
