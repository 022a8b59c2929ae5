import type { Context } from "~/context.server";
import { frequencyChoices } from "~/contracts/choices.server";
import { currentCode } from "~/contracts/delivery";
import type { EditAddress } from "~/contracts/edit";
import type { Address } from "~/contracts/reading";
import { formatCountry } from "~/lib/format";
import { addressRules, provinceName } from "~/lib/regions/regions";

import type { AddressInput, Problem } from "../actions";
import { address as addressSchema } from "../actions";
import { addressInput } from "../address";
import { addressFaults } from "../address-faults";
import { discountText } from "../discounts";
import { deliveryCost } from "../delivery-cost";
import type { ActionOf, Plan } from "../plan";
import { problem } from "../problem";
import type { Subject } from "../subject";
import { backTo } from "./delivery-back";
import { planEdit } from "./edit.server";

export async function frequency(
  ctx: Context,
  subject: Subject,
  { sellingPlan }: ActionOf["frequency"],
): Promise<Plan | Problem> {
  const { shopper, words, row, view } = subject;
  const choices = await frequencyChoices(ctx, shopper.shop, row.id);
  if (choices.outcome !== "CHOICES") return problem(shopper, choices.outcome);
  const plan = choices.plans.find(({ sellingPlanId }) => sellingPlanId === sellingPlan);
  if (!plan) return problem(shopper, "NOT_OFFERED");
  const { t, interval } = words;
  if (plan.current) return problem(shopper, "NOT_OFFERED", { text: [t("edit.asItIs")] });
  const values = {
    frequency: interval(plan.delivery.interval, plan.delivery.count),
    before: interval(view.delivery.interval, view.delivery.count),
  };
  const old = choices.plans.find(({ current }) => current)?.sellingPlanId ?? null;
  return planEdit(ctx, subject, [{ kind: "FREQUENCY", sellingPlanId: sellingPlan }], {
    title: t("frequency.title", values),
    effect: () => [t("frequency.effect", values)],
    confirmLabel: t("frequency.confirm", values),
    done: t("frequency.done", values),
    when: "frequency.next",
    undo: () => (old === null ? null : { kind: "frequency", sellingPlan: old }),
  });
}

export async function address(
  ctx: Context,
  subject: Subject,
  { address: wanted }: ActionOf["address"],
): Promise<Plan | Problem> {
  const { words, row, shopper } = subject;
  const { t, money, locale } = words;
  // What is picked up, or not delivered at all, goes to no address.
  if (row.shippingAddress === null) return problem(shopper, "NOT_OFFERED");
  // Written by the mirror alone, in this shape.
  const old = addressInput(row.shippingAddress as object as Address);
  const wrong = addressProblem(subject, wanted, old);
  if (wrong) return wrong;
  const text = addressText(wanted, locale);
  return planEdit(ctx, subject, [{ kind: "ADDRESS", address: editAddress(wanted) }], {
    title: t("address.title"),
    effect: (before, after) => [
      t("address.effect", { address: text }),
      before.deliveryPrice.amount === after.deliveryPrice.amount && Number(after.deliveryPrice.amount) > 0
        ? t("delivery.same", { amount: money(after.deliveryPrice) })
        : deliveryCost(words, "SHIPPING", after.deliveryPrice),
      ...(before.deliveryMethodTitle === after.deliveryMethodTitle || after.deliveryMethodTitle === null
        ? []
        : [t("delivery-method.effect", { title: after.deliveryMethodTitle })]),
    ],
    confirmLabel: t("address.confirm"),
    done: t("address.done"),
    undo: (after) => {
      const back = sendable(old);
      if (!back) return null;
      // Where it came in another way, that way comes back with it.
      const code = after.row.deliveryMethodTitle === row.deliveryMethodTitle ? null : currentCode(row);
      return code === null ? { kind: "address", address: back } : backTo(row, code, back);
    },
  });
}

/** One that the form would not take can't be sent again. */
export const sendable = (input: AddressInput): AddressInput | null =>
  addressSchema.safeParse(input).success && addressFaults(input, input).length === 0 ? input : null;

/** What is missing in an address, beside its fields; null if nothing is. */
export function addressProblem(
  { shopper, words: { t, locale } }: Subject,
  wanted: AddressInput,
  old: AddressInput | null,
): Problem | null {
  const faults = addressFaults(wanted, old);
  if (faults.length === 0) return null;
  const country = formatCountry(wanted.countryCode, locale);
  const example = addressRules(wanted.countryCode).zipExample ?? "";
  const fields = faults.map(({ field, fault }) => [field, t(`address.${fault}`, { country, example })]);
  return problem(shopper, "ADDRESS_NOT_SERVED", {
    text: [t("address.incomplete")],
    fields: Object.fromEntries(fields) as Record<string, string>,
  });
}

/** Empty fields are left out: Shopify takes them for values. */
export const editAddress = (input: AddressInput): EditAddress => ({
  lastName: input.lastName,
  address1: input.address1,
  zip: input.zip,
  city: input.city,
  countryCode: input.countryCode,
  ...(input.firstName ? { firstName: input.firstName } : {}),
  ...(input.company ? { company: input.company } : {}),
  ...(input.address2 ? { address2: input.address2 } : {}),
  ...(input.provinceCode ? { provinceCode: input.provinceCode } : {}),
  ...(input.phone ? { phone: input.phone } : {}),
});

export const addressText = (input: EditAddress, locale: Subject["words"]["locale"]): string =>
  [
    [input.firstName, input.lastName].filter(Boolean).join(" "),
    input.company,
    input.address1,
    input.address2,
    [input.zip, input.city].filter(Boolean).join(" "),
    input.provinceCode && provinceName(input.countryCode, input.provinceCode),
    formatCountry(input.countryCode, locale),
  ]
    .filter(Boolean)
    .join(", ");

export async function discountCode(
  ctx: Context,
  subject: Subject,
  { code }: ActionOf["discount-code"],
): Promise<Plan | Problem> {
  const { t } = subject.words;
  const known = new Set(subject.discounts.map(({ id }) => id));
  return planEdit(ctx, subject, [{ kind: "DISCOUNT_CODE", code }], {
    title: t("discount-code.title", { code }),
    effect: () => [t("discount-code.effect", { code })],
    learnt: (after) =>
      after.discounts
        .filter(({ id }) => !known.has(id))
        .map((one) => discountText(after.words, one, after.row.currencyCode)),
    confirmLabel: t("discount-code.confirm", { code }),
    done: t("discount-code.done", { code }),
    undo: (after) => {
      const added = after.discounts.find(({ id }) => !known.has(id));
      return added ? { kind: "remove-discount", discount: added.id } : null;
    },
  });
}

export async function removeDiscount(
  ctx: Context,
  subject: Subject,
  { discount: id }: ActionOf["remove-discount"],
): Promise<Plan | Problem> {
  const { shopper, words, row, discounts } = subject;
  // What the shop has given is not the shopper's to take away by mistake: it could not be brought back.
  const discount = discounts.find((one) => one.id === id && one.type === "CODE_DISCOUNT");
  if (!discount) return problem(shopper, "NOT_FOUND");
  const { t } = words;
  const text = discountText(words, discount, row.currencyCode);
  const { title } = discount;
  return planEdit(ctx, subject, [{ kind: "REMOVE_DISCOUNT", discountId: id }], {
    title: t("remove-discount.title", { title: title ?? t("discount.untitled") }),
    effect: () => [t("remove-discount.effect", { text })],
    confirmLabel: t("remove-discount.confirm"),
    done: t("remove-discount.done"),
    undo: () => (title === null ? null : { kind: "discount-code", code: title }),
  });
}
