import { z } from "zod";

import { frequencyKey, intervals, MAX_FREQUENCIES, MAX_INTERVAL_COUNT, MAX_NAME_LENGTH, MAX_PRODUCTS } from "./plan";
import type { PlanField, PlanInput, PlanProblem, PlanProblemCode } from "./plan";

/** The form as the browser posts it: numbers as the text that was typed. */
const posted = z.object({
  name: z.string(),
  discountPercentage: z.string(),
  frequencies: z.array(z.object({ interval: z.enum(intervals), intervalCount: z.string() })).max(100),
  productIds: z.array(z.string().regex(/^gid:\/\/shopify\/Product\/\d+$/)).max(2000),
});

export type ParsedPlan = { ok: true; plan: PlanInput } | { ok: false; problems: PlanProblem[] };

/** A number as people of either language type it: "12,5", "12.5", "10 %". */
const typedNumber = (text: string): number => {
  const plain = text.replaceAll(/[\s\u00a0\u202f%]/g, "").replace(",", ".");
  return plain === "" ? Number.NaN : Number(plain);
};

/**
 * Reads the plan form: either the plan or everything that is wrong with it, each beside its field.
 * @param body the posted JSON. @throws ZodError if it is not from our form at all.
 */
export function parsePlanForm(body: unknown): ParsedPlan {
  const form = posted.parse(body);
  const problems: PlanProblem[] = [];
  const problem = (field: PlanField, code: PlanProblemCode) => problems.push({ field, code });

  const name = form.name.trim();
  if (name === "") problem("name", "NAME_BLANK");
  if (name.length > MAX_NAME_LENGTH) problem("name", "NAME_TOO_LONG");

  // A discount left empty is no discount.
  const discountPercentage = form.discountPercentage.trim() === "" ? 0 : typedNumber(form.discountPercentage);
  if (Number.isNaN(discountPercentage)) problem("discountPercentage", "DISCOUNT_NOT_A_NUMBER");
  else if (discountPercentage < 0 || discountPercentage > 100) problem("discountPercentage", "DISCOUNT_OUT_OF_RANGE");

  const seen = new Set<string>();
  const frequencies = form.frequencies.map(({ interval, intervalCount: text }, index) => {
    const frequency = { interval, intervalCount: typedNumber(text) };
    const key = frequencyKey(frequency);
    if (!Number.isInteger(frequency.intervalCount) || frequency.intervalCount < 1) {
      problem(`frequencies.${index}`, "FREQUENCY_NOT_WHOLE");
    } else if (frequency.intervalCount > MAX_INTERVAL_COUNT[interval]) {
      problem(`frequencies.${index}`, "FREQUENCY_TOO_LONG");
    } else if (seen.has(key)) {
      problem(`frequencies.${index}`, "FREQUENCY_TWICE");
    }
    seen.add(key);
    return frequency;
  });
  if (frequencies.length === 0) problem("frequencies", "FREQUENCIES_NONE");
  if (frequencies.length > MAX_FREQUENCIES) problem("frequencies", "FREQUENCIES_TOO_MANY");

  const productIds = [...new Set(form.productIds)];
  if (productIds.length > MAX_PRODUCTS) problem("products", "PRODUCTS_TOO_MANY");

  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, plan: { name, discountPercentage, frequencies, productIds } };
}
