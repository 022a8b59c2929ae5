import type { Context } from "~/context.server";
import { frequencyChoices, variantChoices } from "~/contracts/choices.server";
import type { NoChoices, VariantPurpose } from "~/contracts/choices.server";
import { deliveryMethodOf, storedOption } from "~/contracts/delivery";
import { deliveryOptions } from "~/contracts/delivery-choices.server";
import type { DeliveryChoice } from "~/contracts/delivery-choices.server";
import type { EditAddress } from "~/contracts/edit";
import type { Address } from "~/contracts/reading";
import { asSentence, formatCountry } from "~/lib/format";
import { addressRules } from "~/lib/regions/regions";

import type { PortalActionKind, Problem } from "./actions";
import { refusalOf } from "./allowed";
import { fullTitle, lineOf } from "./kinds/lines.server";
import { addressText } from "./kinds/terms.server";
import { deliveryCost } from "./delivery-cost";
import { placeText } from "./place-text";
import { labelOf, preferencesOf, valueOf } from "./preferences";
import { problem } from "./problem";
import { LONGEST_VALUE } from "./settings";
import type { Shopper } from "./shopper";
import type { Subject } from "./subject";
import { subjectOf } from "./subject.server";
import type { Choice, Choices, MethodChoice, VariantChoice } from "./views";

export type ChoicesAnswer = ({ ok: true } & Choices) | Problem;

/** What the choice is about. */
export interface ChoicesAbout {
  /** Ours; for swap and preferences. */
  line?: string | undefined;
  /** ISO 3166-1; of an address. */
  country?: string | undefined;
}

/**
 * What may be chosen for one kind of action, with what it costs. "none" for what needs no choice, or is no choice from
 * a list (a day, a quantity, a code).
 */
export async function choicesFor(
  ctx: Context,
  shopper: Shopper,
  id: string,
  kind: PortalActionKind,
  about: ChoicesAbout = {},
): Promise<ChoicesAnswer> {
  const { line } = about;
  const subject = await subjectOf(ctx, shopper, id);
  if (!subject) return problem(shopper, "NOT_FOUND");
  const refusal = refusalOf(subject, kind);
  if (refusal) return problem(shopper, refusal);
  switch (kind) {
    case "frequency":
      return frequencies(ctx, subject);
    case "swap":
      return line === undefined || !lineOf(subject, line)
        ? problem(shopper, "NOT_FOUND")
        : variants(ctx, subject, kind, { for: "swap", lineId: line });
    case "add-line":
      return variants(ctx, subject, kind, { for: "add" });
    case "add-one-off":
      return variants(ctx, subject, kind, { for: "one-off" });
    case "preferences":
      return preferences(subject, line);
    case "delivery-method":
      return methods(ctx, subject);
    case "address":
      return addresses(subject, about.country);
    default:
      return { ok: true, kind: "none" };
  }
}

const notKnown = ({ shopper }: Subject, { outcome }: NoChoices): Problem => problem(shopper, outcome);

async function frequencies(ctx: Context, subject: Subject): Promise<ChoicesAnswer> {
  const { shopper, row, words } = subject;
  const found = await frequencyChoices(ctx, shopper.shop, row.id);
  if (found.outcome !== "CHOICES") return notKnown(subject, found);
  const plans = found.plans.map(({ sellingPlanId, billing, delivery, amount, current }) => {
    const isPrepaid = billing.interval !== delivery.interval || billing.count !== delivery.count;
    const detail = isPrepaid ? "amount.perPayment" : "amount.perDelivery";
    return {
      value: sellingPlanId,
      label: asSentence(words.interval(delivery.interval, delivery.count)),
      detail: words.t(detail, {
        amount: words.money(amount),
        interval: words.interval(billing.interval, billing.count),
      }),
      current,
    };
  });
  return { ok: true, kind: "frequency", plans };
}

async function variants(
  ctx: Context,
  subject: Subject,
  kind: "swap" | "add-line" | "add-one-off",
  purpose: VariantPurpose,
): Promise<ChoicesAnswer> {
  const { shopper, row, words } = subject;
  const found = await variantChoices(ctx, shopper.shop, row.id, purpose);
  if (found.outcome !== "CHOICES") return notKnown(subject, found);
  const choices = found.variants.map((variant): VariantChoice => ({
    value: variant.variantId,
    label: fullTitle(variant),
    detail: words.t("amount.each", { amount: words.money(variant.price) }),
    current: variant.current,
    imageUrl: variant.imageUrl,
    soldOut: variant.soldOut,
  }));
  return { ok: true, kind, variants: choices };
}

function preferences(subject: Subject, lineId: string | undefined): ChoicesAnswer {
  const line = lineId === undefined ? undefined : lineOf(subject, lineId);
  if (!line) return problem(subject.shopper, "NOT_FOUND");
  return {
    ok: true,
    kind: "preferences",
    preferences: preferencesOf(subject, line).map((preference) => ({
      key: preference.key,
      label: labelOf(preference, subject.words.locale),
      value: valueOf(line, preference.key),
      options: preference.options,
      maxLength: LONGEST_VALUE,
    })),
  };
}

async function methods(ctx: Context, subject: Subject): Promise<ChoicesAnswer> {
  const { shopper, row } = subject;
  const found = await deliveryOptions(ctx, shopper.shop, row.id);
  if (found.outcome !== "CHOICES") return notKnown(subject, found);
  return {
    ok: true,
    kind: "delivery-method",
    methods: found.options.map((option) => methodChoice(subject, option, found.address)),
  };
}

function methodChoice(subject: Subject, option: DeliveryChoice, address: EditAddress | null): MethodChoice {
  const { row, words } = subject;
  const { code, method, title, description, price, current, phoneRequired, place, readyIn } = option;
  const isPickup = method === "PICKUP";
  const isNew = !isPickup && row.shippingAddress === null && address !== null;
  const detail = [
    place && placeText({ ...place, name: place.name === title ? "" : place.name }),
    isNew ? words.t("local-delivery.to", { address: addressText(address, words.locale) }) : null,
    readyIn,
    description,
    deliveryCost(words, method, price),
  ];
  const known = deliveryMethodOf(row) === "LOCAL_DELIVERY" ? storedOption(row)?.phone : null;
  return {
    value: code,
    label: isPickup ? words.t("pickup.label", { title }) : title,
    detail: detail.filter(Boolean).join(" · "),
    current,
    phone: method === "LOCAL_DELIVERY" ? { required: phoneRequired, value: known ?? address?.phone ?? "" } : null,
  };
}

/**
 * Countries that the shop ships to, with its own and the subscription's, and what an address in one of them needs. Whether
 * Shopify delivers to an address is told by the preview.
 * @param wanted the country to be written down; else the subscription's
 */
function addresses({ row, shopper, words }: Subject, wanted: string | undefined): ChoicesAnswer {
  const { shop } = shopper;
  // Written by the mirror alone, in this shape.
  const { provinceCode = null, countryCode: current = null } = (row.shippingAddress ?? {}) as Partial<Address>;
  const codes = new Set([current, shop.countryCode, ...shop.shipsTo].filter((code) => code !== null));
  const choices = [...codes].map((code) => choiceOf(code, formatCountry(code, words.locale), current));
  const byName = (a: Choice, b: Choice): number => a.label.localeCompare(b.label, words.locale);
  const country = [wanted, current, shop.countryCode].find((code) => code && codes.has(code)) ?? "";
  const { zipRequired, province, provinces } = addressRules(country);
  const isAsked = province === "required" || province === "optional";
  return {
    ok: true,
    kind: "address",
    countries: choices.sort(byName),
    region: {
      country,
      zipRequired,
      provinceRequired: province === "required",
      provinces: isAsked
        ? provinces
            .map(({ code, name }) => choiceOf(code, name, country === current ? provinceCode : null))
            .sort(byName)
        : [],
    },
  };
}

const choiceOf = (value: string, label: string, current: string | null): Choice => ({
  value,
  label,
  detail: null,
  current: value === current,
});
