import type { Context } from "~/context.server";
import { currentCode, deliveryMethodOf, storedAddress, storedOption } from "~/contracts/delivery";
import { deliveryOptions } from "~/contracts/delivery-choices.server";
import type { DeliveryChoice } from "~/contracts/delivery-choices.server";
import type { ContractEdit, EditAddress, Terms } from "~/contracts/edit";

import type { Problem } from "../actions";
import { addressInput } from "../address";
import { deliveryCost } from "../delivery-cost";
import { phoneNumber } from "../phone";
import { placeText } from "../place-text";
import type { ActionOf, Plan } from "../plan";
import { problem } from "../problem";
import type { Subject } from "../subject";
import { backTo } from "./delivery-back";
import { planEdit } from "./edit.server";
import { addressProblem, addressText, editAddress, sendable } from "./terms.server";

/** Another way of delivery: shipped, brought by the shop itself, or picked up. */
export async function deliveryMethod(
  ctx: Context,
  subject: Subject,
  { code, address: wanted, phone: typed }: ActionOf["delivery-method"],
): Promise<Plan | Problem> {
  const { shopper, words, row } = subject;
  const { t } = words;
  const stored = storedAddress(row);
  const was = stored && addressInput(stored);
  const wrong = wanted && addressProblem(subject, wanted, was);
  if (wrong) return wrong;
  const asked = wanted && editAddress(wanted);
  const choices = await deliveryOptions(ctx, shopper.shop, row.id, asked);
  if (choices.outcome !== "CHOICES") return problem(shopper, choices.outcome);
  const option = choices.options.find((one) => one.code === code);
  if (!option) return problem(shopper, "NOT_OFFERED");
  const phone = phoneFor(subject, option, typed);
  if (typeof phone === "object" && phone !== null) return phone;
  if (option.current && !asked && phone === null) return problem(shopper, "NOT_OFFERED", { text: [t("edit.asItIs")] });

  // What was picked up has no address yet; what is picked up needs none.
  const to = option.method === "PICKUP" ? null : (asked ?? (stored ? null : choices.address));
  const edits: ContractEdit[] = [
    ...(to ? [{ kind: "ADDRESS" as const, address: to }] : []),
    { kind: "DELIVERY_METHOD", code, ...(phone === null ? {} : { phone }) },
  ];
  const old = choices.options.find(({ current }) => current)?.code ?? currentCode(row);
  const kind = option.method === "PICKUP" ? "pickup" : "delivery-method";
  const { title } = option;
  return planEdit(ctx, subject, edits, {
    title: t(`${kind}.title`, { title }),
    effect: (_before, after) => effectOf(subject, option, { to: to ?? choices.address, phone }, after),
    confirmLabel: t(`${kind}.confirm`, { title }),
    done: t(`${kind}.done`, { title }),
    undo: () => {
      const isMoved = was !== null && (option.method === "PICKUP" || to !== null);
      const back = isMoved ? sendable(was) : null;
      return old === null || (isMoved && back === null) ? null : backTo(row, old, back);
    },
  });
}

/** Where and how it comes then, and what a delivery costs. */
function effectOf(
  { shopper, words }: Subject,
  { method, title, place, readyIn }: DeliveryChoice,
  { to, phone }: { to: EditAddress | null; phone: string | null },
  { deliveryPrice }: Terms,
): string[] {
  const { t, locale } = words;
  const cost = deliveryCost(words, method, deliveryPrice);
  const address = to ? [t("address.effect", { address: addressText(to, locale) })] : [];
  switch (method) {
    case "SHIPPING":
      return [t("delivery-method.effect", { title }), ...address, cost];
    case "LOCAL_DELIVERY":
      return [
        t("local-delivery.effect", { title, shop: shopper.shop.name }),
        ...address,
        ...(phone ? [t("local-delivery.phone", { phone })] : []),
        cost,
      ];
    case "PICKUP":
      return [
        t("pickup.effect", { place: place ? placeText(place) : title }),
        ...(readyIn ? [t("pickup.ready", { time: readyIn })] : []),
        cost,
      ];
  }
}

/** The number that is new; null: none is needed, or the one that the shop has stays. */
function phoneFor(
  { row, shopper, words: { t } }: Subject,
  { method, phoneRequired }: DeliveryChoice,
  typed = "",
): string | null | Problem {
  if (method !== "LOCAL_DELIVERY") return null;
  const known = deliveryMethodOf(row) === "LOCAL_DELIVERY" ? storedOption(row)?.phone : null;
  if (typed === "" && (known || !phoneRequired)) return null;
  const phone = phoneNumber(typed);
  if (phone !== null) return phone === known ? null : phone;
  const text = t(typed === "" ? "local-delivery.phoneMissing" : "local-delivery.phoneNotValid");
  return problem(shopper, "PHONE_NOT_VALID", { fields: { phone: text } });
}
