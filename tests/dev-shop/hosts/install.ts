import type { Shop } from "../world";
import type { Hosts } from "./context";
import { HttpRefusal } from "./express-tools";
import { openApp } from "./open-app";
import { grantScopes, missingScopes } from "./scopes";

/**
 * Installs the app in a shop as a merchant does: grants what the TOML asks for and opens the app, so that token
 * exchange and the app's own install run. Doing it again only opens the app. Throws an HttpRefusal (502) when the app
 * does not answer well.
 */
export async function installApp(hosts: Hosts, shop: Shop): Promise<{ status: number }> {
  const { devShop, snapshots } = hosts;
  // Before the first token of any shop the app's database holds nothing of a shop: that is what a reset returns to.
  const isFirst = Object.values(devShop.world.shops).every(({ tokens }) => tokens.length === 0);
  if (isFirst) await snapshots.keepBaseline();
  if (missingScopes(devShop, shop).length > 0) grantScopes(devShop, shop);
  const opened = await openApp(devShop, shop).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error);
    throw new HttpRefusal(502, `${devShop.config.app.name} does not answer at ${devShop.config.appOrigin}: ${reason}`);
  });
  if (opened.status >= 400) {
    throw new HttpRefusal(
      502,
      `${devShop.config.app.name} answered ${opened.status} at ${opened.path} in ${shop.title}.`,
    );
  }
  return { status: opened.status };
}
