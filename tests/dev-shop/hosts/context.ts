import type { DevShop } from "../dev-shop";
import type { Shop } from "../world";
import type { Clock } from "./clock";
import type { Holds } from "./control-hold";
import type { Snapshots } from "./snapshots";
import type { WebhookSender } from "./webhooks";

/** What the hosts share: the shop's world, its clock, its webhooks, and where browsers find the admin. */
export interface Hosts {
  devShop: DevShop;
  clock: Clock;
  webhooks: WebhookSender;
  snapshots: Snapshots;
  /** Calls of the Admin API that are kept waiting on purpose. */
  holds: Holds;
  /** "http://localhost:4000": admin shell, control page, App Bridge. */
  shellOrigin: string;
  /** Puts fresh scenarios in the place of the world and returns the app's database to before its first install. */
  startOver(): Promise<void>;
  /** Adds a demo shop by its scenario's name; throws an HttpRefusal when there is none. */
  addShop(scenario: string, given?: { name?: string; subscribers?: number }): Promise<Shop>;
}

/** Where browsers find a shop's storefront. */
export const storefrontOrigin = (hosts: Pick<Hosts, "devShop">, shop: Pick<Shop, "name">): string =>
  `http://${shop.name}.localhost:${hosts.devShop.config.port}`;
