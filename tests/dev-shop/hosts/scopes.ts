import type { DevShop } from "../dev-shop";
import { setScopes } from "../domain";
import type { Shop } from "../world";

/** Scopes of the TOML that the shop has not granted yet; all of them while the app is not installed. */
export function missingScopes(devShop: DevShop, shop: Shop): string[] {
  const granted = new Set(shop.status === "uninstalled" ? [] : (shop.grantedScopes ?? []));
  return devShop.config.app.scopes.filter((scope) => !granted.has(scope));
}

/** The merchant says yes to all scopes of the TOML, at install and when an update asks for more. */
export function grantScopes(devShop: DevShop, shop: Shop): void {
  setScopes(devShop.world, shop, [...devShop.config.app.scopes]);
  devShop.changed();
}
