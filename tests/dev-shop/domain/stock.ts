import type { Shop, World } from "../world";

export interface Wanted {
  variantId: string;
  quantity: number;
}

/** The variants of a purchase that track stock, may not be oversold and are short; a variant that is gone counts as short. */
export function shortOf(shop: Shop, wanted: readonly Wanted[]): string[] {
  const sums = new Map<string, number>();
  for (const { variantId, quantity } of wanted) sums.set(variantId, (sums.get(variantId) ?? 0) + quantity);
  return [...sums].flatMap(([variantId, quantity]) => {
    const variant = shop.variants[variantId];
    if (!variant) return [variantId];
    const { inventory, inventoryPolicy } = variant;
    return inventory !== null && inventoryPolicy === "DENY" && inventory < quantity ? [variantId] : [];
  });
}

/**
 * Sets a variant's stock (null: not tracked). False when the shop has no such variant. The world is asked for as by all
 * acts of a person, although no webhook that the app listens to follows from stock yet.
 */
export function setStock(_world: World, shop: Shop, variantId: string, inventory: number | null): boolean {
  const variant = shop.variants[variantId];
  if (!variant) return false;
  variant.inventory = inventory;
  return true;
}

export function takeStock(shop: Shop, wanted: readonly Wanted[]): void {
  for (const { variantId, quantity } of wanted) {
    const variant = shop.variants[variantId];
    if (variant && variant.inventory !== null) variant.inventory -= quantity;
  }
}
