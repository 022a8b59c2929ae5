import type { Customer, Shop, World } from "../../world";

/** A call of one customer's session: what others own is not there. */
export interface Context {
  world: World;
  shop: Shop;
  customer: Customer;
}
