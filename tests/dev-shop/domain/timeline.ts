import type { Instant, Shop, World } from "../world";
import { runNativeRetries } from "./acts";
import { decideAttempt } from "./attempts";
import { moveBulkOperation, nextBulkOperation } from "./bulk-operations";
import { indexOf } from "./indexes";
import { remember } from "./past";
import { endSubscriptions } from "./shops";
import { DAY, instantOf, ms } from "./time";

/** How long after an uninstall its contracts and selling plans live (documented). */
const GRACE = 2 * DAY;

interface Due {
  at: number;
  shop: Shop;
  run: (world: World) => void;
}

function earliest(world: World): Due | null {
  let next: Due | null = null;
  const consider = (due: Due): void => {
    if (!next || due.at < next.at) next = due;
  };
  for (const shop of Object.values(world.shops)) {
    const attempt = indexOf(shop).waiting[0];
    if (attempt?.resolvesAt) {
      consider({ at: ms(attempt.resolvesAt), shop, run: (w) => decideAttempt(w, shop, attempt) });
    }
    for (const { at } of shop.nativeRetries ?? []) {
      consider({ at: ms(at), shop, run: (w) => runNativeRetries(w, shop) });
    }
    const bulk = nextBulkOperation(shop);
    if (bulk?.movesAt) consider({ at: ms(bulk.movesAt), shop, run: (w) => moveBulkOperation(w, shop, bulk) });
    if (shop.uninstalledAt) {
      consider({ at: ms(shop.uninstalledAt) + GRACE, shop, run: (w) => endSubscriptions(w, shop) });
    }
  }
  return next;
}

/** The next moment at which the stand-in does something by itself in any shop, or null. */
export function nextEventAt(world: World): Instant | null {
  const next = earliest(world);
  return next ? instantOf(next.at) : null;
}

/** Does everything that is due by `world.now`, in the order of its moments. */
export function runDueEvents(world: World): void {
  remember(world);
  const now = ms(world.now);
  for (let next = earliest(world); next && next.at <= now; next = earliest(world)) next.run(world);
}
