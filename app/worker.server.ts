import { startProcess } from "~/app-context.server";
import { nextBillingMoment, tick } from "~/billing/run.server";
import { nextSweepMoment } from "~/billing/sweep/sweep.server";
import { nextContractMoment } from "~/contracts/attend.server";
import { handlers } from "~/handlers.server";
import { takeOver } from "~/jobs/queue.server";
import { bindQueues, untilIdle } from "~/jobs/worker.server";
import { log } from "~/lib/log.server";

/** `npm run worker`: carries out the jobs of every queue and looks every minute for what is due. Run as many as you like. */

const EVERY_MINUTE = "* * * * *";
/** A shop that can't be charged now (Shopify is away) must not hold the demo's clock: it is looked at again later. */
const ROUNDS_PER_TURN = 20;
const LOOK_AGAIN_MS = 60_000;

try {
  const { ctx, boss, demo } = await startProcess("worker");
  const wake = await bindQueues(boss, ctx, handlers);
  if (demo) {
    demo.clock.onTurn(async (now) => {
      await demo.bossClock.moveTo(now);
      for (let round = 1; ; round += 1) {
        await tick(ctx);
        const job = await untilIdle(ctx.db, wake);
        const [billing, sweep] = [await nextBillingMoment(ctx), await nextSweepMoment(ctx)];
        const moments = [job, billing, sweep, await nextContractMoment(ctx)]
          .filter((moment) => moment !== null)
          .map((moment) => moment.getTime());
        if (moments.length === 0) return null;
        const next = Math.min(...moments);
        if (next > now.getTime()) return new Date(next);
        if (round === ROUNDS_PER_TURN) return new Date(now.getTime() + LOOK_AGAIN_MS);
      }
    });
  } else {
    await boss.schedule("billing.tick", EVERY_MINUTE);
  }
  const stop = () => {
    demo?.clock.stop();
    boss
      .stop({ graceful: true, timeout: 10_000 })
      .then(() => ctx.db.$disconnect())
      .catch((error: unknown) => log.error({ err: error }, "the worker did not stop cleanly"))
      .finally(() => process.exit(0));
  };
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  log.info("worker ready");
  await takeOver(boss, ctx.db);
} catch (error) {
  log.fatal(error instanceof Error ? error.message : String(error));
  process.exit(1);
}
