import { z } from "zod";

import { DUNNING_ENDS, DEFAULT_STOCK_POLICIES, MAX_TITLE_LENGTH, MISSED_CYCLES, RULE_POLICIES } from "./settings-form";
import type { SettingsForm } from "./settings-form";

const variantId = z.string().regex(/^gid:\/\/shopify\/ProductVariant\/\d{1,20}$/);
const title = z.string().transform((text) => text.slice(0, MAX_TITLE_LENGTH));
/** Longer than any list that makes sense; what is typed is checked by `readSettings`, beside its field. */
const typed = z.string().max(1000);

const posted = z.object({
  billingHour: z.number(),
  billingWindowMinutes: z.number(),
  lateDaysMax: typed,
  dunningRetryDays: typed,
  dunningHourFrom: z.number(),
  dunningHourTo: z.number(),
  payDays: typed,
  dunningEnd: z.enum(DUNNING_ENDS),
  missedCycles: z.enum(MISSED_CYCLES),
  challengeDays: typed,
  stockPolicy: z.enum(DEFAULT_STOCK_POLICIES),
  stockWaitDays: typed,
  stockRules: z
    .array(
      z.object({
        variantId,
        title,
        policy: z.enum(RULE_POLICIES),
        substituteVariantId: variantId.nullable(),
        substituteTitle: title.nullable(),
      }),
    )
    .max(1000)
    // A variant has one rule; of two the later one was made last.
    .transform((rules) => [...new Map(rules.map((rule) => [rule.variantId, rule])).values()]),
});

/** The posted form, of the right shape. @throws ZodError if it is not from our form at all */
export function postedSettings(body: unknown): SettingsForm {
  return posted.parse(body);
}
