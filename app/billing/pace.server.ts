import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";

import type { Pace } from "./biller";
import { allowance, paceAfter, SLOWEST_PER_MINUTE } from "./pace";
import type { Pace as State } from "./pace";

const MINUTE_MS = 60_000;

/** A shop's pace of attempts over one run; what is learnt stays with the shop. Times are real ones while the run lasts. */
export function shopPace(ctx: Context, shop: Shop): Pace {
  let state: State = { perMinute: shop.attemptsPerMinute, heldAt: shop.attemptsProbedAt };
  let taken: { at: number; accepted: number }[] = [];
  const inLastMinute = (now: Date) => {
    taken = taken.filter(({ at }) => now.getTime() - at < MINUTE_MS);
    return taken.reduce((sum, { accepted }) => sum + accepted, 0);
  };
  return {
    allowance: (now) => allowance(state, inLastMinute(now), now),
    async sent({ accepted, throttled }, now) {
      taken.push({ at: now.getTime(), accepted });
      const recent = inLastMinute(now);
      const since = now.getTime() - (taken[0]?.at ?? now.getTime());
      const window = { accepted: recent, throttled: throttled ? 1 : 0, windowMs: Math.min(MINUTE_MS, since), now };
      const before = state;
      state = paceAfter(state, window);
      if (state === before || (state.perMinute === before.perMinute && state.heldAt === before.heldAt)) return;
      await ctx.db.shop.update({
        where: { id: shop.id },
        data: {
          attemptsPerMinute:
            state.perMinute === null ? null : Math.max(SLOWEST_PER_MINUTE, Math.floor(state.perMinute)),
          attemptsProbedAt: state.heldAt,
        },
      });
    },
  };
}
