import type { Context } from "~/context.server";
import { addOneOff as addToContract, removeOneOff as removeFromContract } from "~/contracts/one-offs.server";
import { add, times } from "~/money/money";
import { deliveryAmount, nextOpen } from "../amounts";

import type { Problem } from "../actions";
import { isProblem } from "../plan";
import type { ActionOf, Plan } from "../plan";
import { problem } from "../problem";
import type { Subject } from "../subject";
import { fullTitle, offerOf } from "./lines.server";
import { nextSentence, refused } from "./schedule.server";

export async function addOneOff(
  ctx: Context,
  subject: Subject,
  { variant, quantity }: ActionOf["add-one-off"],
): Promise<Plan | Problem> {
  const { shopper, words, row } = subject;
  const { t, date, money } = words;
  const offered = await offerOf(ctx, subject, { for: "one-off" }, variant);
  if (isProblem(offered)) return offered;
  const next = nextOpen(subject);
  if (!next) return problem(shopper, "TOO_LATE");
  const total = times(offered.price, quantity);
  const values = { title: fullTitle(offered), quantity, date: date(next.dueAt), price: money(total) };
  const amount = money(add(deliveryAmount(subject), total));
  return {
    title: t("add-one-off.title", values),
    effect: [t("add-one-off.effect", values), t("add-one-off.amount", { amount }), t("add-one-off.stock")],
    confirmLabel: t("add-one-off.confirm", values),
    consent: null,
    async carryOut() {
      const wish = { variantId: variant, quantity, price: offered.price.amount };
      const result = await addToContract(ctx, shopper.shop, row.id, wish, "shopper");
      switch (result.outcome) {
        case "ADDED":
          return {
            title: t("add-one-off.done", values),
            text: [t("add-one-off.effect", values), t("add-one-off.amount", { amount })],
            queued: false,
            undo: { label: t("undo"), action: { kind: "remove-one-off", oneOff: result.oneOff.id } },
          };
        case "NOT_OFFERED":
        case "SOLD_OUT":
          return problem(shopper, result.outcome);
        case "TOO_MANY":
          return problem(shopper, "NOT_OFFERED", { text: [t("add-one-off.tooMany", { most: result.most })] });
        default:
          return refused(subject, result);
      }
    },
  };
}

export function removeOneOff(
  ctx: Context,
  subject: Subject,
  { oneOff: id }: ActionOf["remove-one-off"],
): Plan | Problem {
  const { shopper, words, row, swapOptions } = subject;
  const { t, money } = words;
  const oneOff = subject.oneOffs.find((one) => one.id === id);
  if (!oneOff) return problem(shopper, "NOT_FOUND");
  const values = { title: fullTitle(oneOff), quantity: oneOff.quantity };
  const left: Subject = { ...subject, oneOffs: subject.oneOffs.filter((one) => one !== oneOff) };
  const then = t("remove-one-off.amount", { amount: money(deliveryAmount(left)) });
  const mayComeBack = swapOptions.some(({ variantId, forOneOff }) => forOneOff && variantId === oneOff.variantId);
  return {
    title: t("remove-one-off.title", values),
    effect: [t("remove-one-off.effect", values), then],
    confirmLabel: t("remove-one-off.confirm", values),
    consent: null,
    async carryOut() {
      const result = await removeFromContract(ctx, shopper.shop, row.id, id, "shopper");
      if (result.outcome !== "REMOVED") return refused(subject, result);
      const { variantId: variant, quantity } = oneOff;
      return {
        title: t("remove-one-off.done", values),
        text: [nextSentence(left)],
        queued: false,
        undo: mayComeBack ? { label: t("undo"), action: { kind: "add-one-off", variant, quantity } } : null,
      };
    },
  };
}
