import { BUCKET_SECONDS, RESTORE_RATE } from "../domain";
import type { Shop } from "../world";

export interface ThrottleStatus {
  maximumAvailable: number;
  currentlyAvailable: number;
  restoreRate: number;
}

/** Points of a shop's leaky bucket now. Rate limits run on real time, as the app's waiting does. */
function refill(shop: Shop): { maximum: number; rate: number } {
  const rate = RESTORE_RATE[shop.plan];
  const maximum = rate * BUCKET_SECONDS;
  const now = Date.now();
  const gained = shop.bucket.at === 0 ? maximum : ((now - shop.bucket.at) / 1000) * rate;
  shop.bucket.available = Math.min(maximum, shop.bucket.available + Math.max(0, gained));
  shop.bucket.at = now;
  return { maximum, rate };
}

/** Takes the requested cost from the bucket; false, and nothing taken, when it holds less. */
export function take(shop: Shop, cost: number): boolean {
  refill(shop);
  if (shop.bucket.available < cost) return false;
  shop.bucket.available -= cost;
  return true;
}

/** Documented: what was asked for and not used is given back. */
export function giveBack(shop: Shop, points: number): void {
  const { maximum } = refill(shop);
  shop.bucket.available = Math.min(maximum, shop.bucket.available + points);
}

export function throttleStatus(shop: Shop): ThrottleStatus {
  const { maximum, rate } = refill(shop);
  return {
    maximumAvailable: maximum,
    currentlyAvailable: Math.floor(shop.bucket.available),
    restoreRate: rate,
  };
}
