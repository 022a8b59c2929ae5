import { BUCKET_SECONDS, RESTORE_RATE } from "../domain";
import type { Shop, World } from "../world";

/** Attempts at once and attempts a minute (assumed: RULES.attemptsHaveTheirOwnThrottle), unless the settings say otherwise. */
const ATTEMPT_BURST = 500;
const ATTEMPTS_PER_MINUTE = 6000;

/** Per shop: attempts left, and when that was reckoned in real and in virtual time. Derived, never saved. */
const attemptBuckets = new WeakMap<Shop, { available: number; at: number; virtualAt: number }>();

/** The throttle that attempts have apart from query cost: false, and nothing taken, when it is exhausted. */
export function takeAttempt({ now, settings }: World, shop: Shop): boolean {
  const rate = settings.attemptsPerMinute ?? ATTEMPTS_PER_MINUTE;
  const burst = settings.attemptBurst ?? Math.min(ATTEMPT_BURST, rate);
  const at = Date.now();
  const virtualAt = Date.parse(now);
  const last = attemptBuckets.get(shop) ?? { available: burst, at, virtualAt };
  // It fills in real time, as the app's waiting does, and when the clock is moved.
  const elapsed = at - last.at + Math.max(0, virtualAt - last.virtualAt);
  const available = Math.min(burst, last.available + (elapsed / 60_000) * rate);
  attemptBuckets.set(shop, { available: available >= 1 ? available - 1 : available, at, virtualAt });
  return available >= 1;
}

export interface ThrottleStatus {
  maximumAvailable: number;
  currentlyAvailable: number;
  restoreRate: number;
}

/** Points of a shop's leaky bucket now. It fills in real time, as the app's waiting does, and when the clock is moved. */
function refill(shop: Shop): { maximum: number; rate: number } {
  const rate = RESTORE_RATE[shop.plan];
  const maximum = rate * BUCKET_SECONDS;
  const now = Date.now();
  const gained = shop.bucket.at === 0 ? maximum : ((now - shop.bucket.at) / 1000) * rate;
  shop.bucket.available = Math.min(maximum, shop.bucket.available + Math.max(0, gained));
  shop.bucket.at = now;
  return { maximum, rate };
}

/** The clock was moved on by this much: the buckets fill as they would have in that time. */
export function letBucketsFill(world: World, milliseconds: number): void {
  for (const { bucket } of Object.values(world.shops)) if (bucket.at !== 0) bucket.at -= milliseconds;
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
