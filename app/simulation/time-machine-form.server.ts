import { z } from "zod";

import { DUNNING_ENDS, MISSED_CYCLES } from "~/billing/settings/settings-form";
import type { SettingsInput } from "~/billing/settings/settings-form";
import { settingsInput } from "~/billing/settings/settings.server";
import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";

import { barsOf, compareRuns } from "./comparison";
import type { Bars, Comparison } from "./comparison";
import type { TimeMachineInput, TimeMachineReport } from "./report";
import { COMPARISONS, readTimeMachineForm } from "./time-machine-form";
import type { TimeMachineProblem } from "./time-machine-form";

export type TimeMachineAnswer =
  | { outcome: "REPORT"; report: TimeMachineReport; comparison: Comparison; bars: Bars }
  | { outcome: "INVALID"; problems: TimeMachineProblem[] }
  /** A trial that does not end well must not look like a shop that does not. */
  | { outcome: "FAILED" };

/** Longer than any list that makes sense; what is typed is checked by `readTimeMachineForm`, beside its field. */
const typed = z.string().max(1000);

const posted = z.object({
  days: typed,
  declinePercentage: typed,
  compare: z.enum(["NOTHING", ...COMPARISONS]),
  dunningRetryDays: typed,
  payDays: typed,
  dunningEnd: z.enum(DUNNING_ENDS),
  missedCycles: z.enum(MISSED_CYCLES),
  billingHour: z.number(),
});

/**
 * Reads the posted form, runs the time machine and sets the two runs side by side.
 * @param run the simulation (time-machine.server.ts)
 * @throws ZodError if the body is not from our form at all
 */
export async function answerTimeMachine(
  ctx: Context,
  shop: Shop,
  body: unknown,
  run: (ctx: Context, shop: Shop, input: TimeMachineInput) => Promise<TimeMachineReport>,
): Promise<TimeMachineAnswer> {
  const settings: SettingsInput = await settingsInput(ctx, shop);
  const read = readTimeMachineForm(posted.parse(body), settings);
  if (!read.ok) return { outcome: "INVALID", problems: read.problems };
  try {
    const report = await run(ctx, shop, read.input);
    return { outcome: "REPORT", report, comparison: compareRuns(report), bars: barsOf(report) };
  } catch (error) {
    ctx.log.error({ err: error, shop: shop.domain }, "the time machine did not finish");
    return { outcome: "FAILED" };
  }
}
