import type { Context } from "~/context.server";
import { variantChoices } from "~/contracts/choices.server";
import type { VariantOffer, VariantPurpose } from "~/contracts/choices.server";

import type { Problem } from "../actions";
import { isProblem } from "../plan";
import type { ActionOf, Plan } from "../plan";
import { attributesOf, labelOf, preferencesOf, valueOf, withPreferences } from "../preferences";
import { problem } from "../problem";
import type { Subject, SubjectRow } from "../subject";
import { planEdit } from "./edit.server";

type Line = SubjectRow["lines"][number];

export const lineOf = ({ row }: Subject, id: string): Line | undefined => row.lines.find((line) => line.id === id);

/** "Fjellbris – 250 g" */
export const fullTitle = ({ title, variantTitle }: { title: string; variantTitle: string | null }): string =>
  variantTitle ? `${title} – ${variantTitle}` : title;

export async function quantity(
  ctx: Context,
  subject: Subject,
  { line: lineId, quantity: wanted }: ActionOf["quantity"],
): Promise<Plan | Problem> {
  const line = lineOf(subject, lineId);
  if (!line) return problem(subject.shopper, "NOT_FOUND");
  if (line.quantity === wanted)
    return problem(subject.shopper, "NOT_OFFERED", { text: [subject.words.t("edit.asItIs")] });
  const { t } = subject.words;
  const title = fullTitle(line);
  const values = { title, quantity: wanted, before: line.quantity };
  return planEdit(ctx, subject, [{ kind: "QUANTITY", lineId, quantity: wanted }], {
    title: t("quantity.title", values),
    effect: () => [t("quantity.effect", values)],
    confirmLabel: t("quantity.confirm", values),
    done: t("quantity.done", values),
    undo: (after) => (lineOf(after, lineId) ? { kind: "quantity", line: lineId, quantity: line.quantity } : null),
  });
}

export async function swap(
  ctx: Context,
  subject: Subject,
  { line: lineId, variant }: ActionOf["swap"],
): Promise<Plan | Problem> {
  const line = lineOf(subject, lineId);
  if (!line) return problem(subject.shopper, "NOT_FOUND");
  const offered = await offerOf(ctx, subject, { for: "swap", lineId }, variant);
  if (isProblem(offered)) return offered;
  const { t, money } = subject.words;
  const before = fullTitle(line);
  const title = fullTitle(offered);
  const old = line.variantId;
  const mayGoBack =
    old !== null &&
    (line.productId === offered.productId ||
      subject.swapOptions.some(({ variantId, forSwap }) => forSwap && variantId === old));
  return planEdit(ctx, subject, [{ kind: "VARIANT", lineId, variantId: variant }], {
    title: t("swap.title", { before, title }),
    effect: (_was, will) => {
      const price = will.lines.find(({ id }) => id === lineId)?.price ?? offered.price;
      return [t("swap.effect", { before, title, quantity: line.quantity, price: money(price) })];
    },
    confirmLabel: t("swap.confirm", { title }),
    done: t("swap.done", { before, title }),
    undo: (after) => (mayGoBack && lineOf(after, lineId) ? { kind: "swap", line: lineId, variant: old } : null),
  });
}

export async function addLine(
  ctx: Context,
  subject: Subject,
  { variant, quantity: wanted }: ActionOf["add-line"],
): Promise<Plan | Problem> {
  const offered = await offerOf(ctx, subject, { for: "add" }, variant);
  if (isProblem(offered)) return offered;
  const { t, money } = subject.words;
  const title = fullTitle(offered);
  const known = new Set(subject.row.lines.map(({ id }) => id));
  return planEdit(ctx, subject, [{ kind: "ADD_LINE", variantId: variant, quantity: wanted }], {
    title: t("add-line.title", { title, quantity: wanted }),
    effect: (_before, after) => {
      const price = after.lines.find(({ id, variantId }) => id === null && variantId === variant)?.price;
      return [t("add-line.effect", { title, quantity: wanted, price: money(price ?? offered.price) })];
    },
    confirmLabel: t("add-line.confirm", { title, quantity: wanted }),
    done: t("add-line.done", { title }),
    undo: (after) => {
      const added = after.row.lines.find(({ id }) => !known.has(id));
      return added ? { kind: "remove-line", line: added.id } : null;
    },
  });
}

export async function removeLine(
  ctx: Context,
  subject: Subject,
  { line: lineId }: ActionOf["remove-line"],
): Promise<Plan | Problem> {
  const line = lineOf(subject, lineId);
  if (!line) return problem(subject.shopper, "NOT_FOUND");
  const { t } = subject.words;
  const values = { title: fullTitle(line), quantity: line.quantity };
  const { variantId } = line;
  const mayComeBack =
    variantId !== null && subject.swapOptions.some((option) => option.forAdd && option.variantId === variantId);
  return planEdit(ctx, subject, [{ kind: "REMOVE_LINE", lineId }], {
    title: t("remove-line.title", values),
    effect: () => [t("remove-line.effect", values), ...(mayComeBack ? [] : [t("remove-line.forGood")])],
    confirmLabel: t("remove-line.confirm", values),
    done: t("remove-line.done", values),
    undo: () => (mayComeBack ? { kind: "add-line", variant: variantId, quantity: line.quantity } : null),
  });
}

export async function preferences(
  ctx: Context,
  subject: Subject,
  { line: lineId, values }: ActionOf["preferences"],
): Promise<Plan | Problem> {
  const line = lineOf(subject, lineId);
  if (!line) return problem(subject.shopper, "NOT_FOUND");
  const attributes = withPreferences(subject, line, values);
  if (!attributes) return problem(subject.shopper, "NOT_OFFERED");
  if (JSON.stringify(attributes) === JSON.stringify(attributesOf(line))) {
    return problem(subject.shopper, "NOT_OFFERED", { text: [subject.words.t("edit.asItIs")] });
  }
  const { t, locale } = subject.words;
  const title = fullTitle(line);
  const named = preferencesOf(subject, line).filter(({ key }) => key in values);
  const said = named.map((preference) => {
    const value = values[preference.key]?.trim() ?? "";
    const label = labelOf(preference, locale);
    return value === "" ? t("preferences.cleared", { label }) : t("preference", { label, value });
  });
  const old = Object.fromEntries(named.map(({ key }) => [key, valueOf(line, key)]));
  return planEdit(ctx, subject, [{ kind: "ATTRIBUTES", lineId, attributes }], {
    title: t("preferences.title", { title }),
    effect: () => said,
    confirmLabel: t("preferences.confirm"),
    done: t("preferences.done", { title }),
    undo: (after) => (lineOf(after, lineId) ? { kind: "preferences", line: lineId, values: old } : null),
  });
}

/** The variant as the shop offers it for this purpose now, or why it can't be had. */
export async function offerOf(
  ctx: Context,
  { shopper, row, words }: Subject,
  purpose: VariantPurpose,
  variantId: string,
): Promise<VariantOffer | Problem> {
  const choices = await variantChoices(ctx, shopper.shop, row.id, purpose);
  if (choices.outcome !== "CHOICES") return problem(shopper, choices.outcome);
  const offered = choices.variants.find((choice) => choice.variantId === variantId);
  if (!offered) return problem(shopper, "NOT_OFFERED");
  if (offered.current) return problem(shopper, "NOT_OFFERED", { text: [words.t("edit.asItIs")] });
  return offered.soldOut ? problem(shopper, "SOLD_OUT") : offered;
}
