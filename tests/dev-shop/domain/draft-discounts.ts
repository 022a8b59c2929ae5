import type { ContractDiscount, Draft, Shop, World } from "../world";
import { codeNamed, discountFrom, rejectionOf } from "./codes";
import type { UserError } from "./cycle-edits";
import type { DiscountInput, FreeShippingInput } from "./draft-inputs";
import { fault, nextUuid } from "./draft-lines";
import { round } from "./money";

/** Discounts of one contract (TOO_MANY_DISCOUNTS is documented, the number is assumed). */
const MAX_DISCOUNTS = 100;

export interface DiscountResult {
  discount: ContractDiscount | null;
  userErrors: UserError[];
}

const refused = (...userErrors: UserError[]): DiscountResult => ({ discount: null, userErrors });

function faultsOf(draft: Draft, input: DiscountInput): UserError[] {
  const { value, recurringCycleLimit, entitledLines } = input;
  const faults: UserError[] = [];
  if (typeof recurringCycleLimit === "number" && recurringCycleLimit <= 0) {
    faults.push(fault("GREATER_THAN", "Recurring cycle limit must be greater than 0", "input", "recurringCycleLimit"));
  }
  const percentage = value?.percentage ?? null;
  const fixed = value?.fixedAmount ?? null;
  if (value && (percentage === null) === (fixed === null)) {
    faults.push(fault("INVALID", "Discount value must be either a percentage or a fixed amount.", "input", "value"));
  }
  if (percentage !== null && (percentage < 0 || percentage > 100)) {
    faults.push(fault("NOT_IN_RANGE", "Value must be between 0 and 100", "input", "value", "percentage"));
  }
  if (fixed && (fixed.amount ?? 0) <= 0) {
    faults.push(fault("GREATER_THAN", "Amount must be greater than 0", "input", "value", "fixedAmount", "amount"));
  }
  const known = new Set(draft.working.lines.map(({ id }) => id));
  if ((entitledLines?.lines?.add ?? []).some((id) => !known.has(id))) {
    faults.push(fault("INVALID", "Subscription line does not exist.", "input", "entitledLines", "lines", "add"));
  }
  return faults;
}

const valueOf = (input: NonNullable<DiscountInput["value"]>, currency: string): ContractDiscount["value"] =>
  typeof input.percentage === "number"
    ? { percentage: input.percentage }
    : {
        amount: round(input.fixedAmount?.amount ?? 0, currency),
        appliesOnEachItem: input.fixedAmount?.appliesOnEachItem ?? false,
      };

const noLines = (): UserError =>
  fault("NO_ENTITLED_LINES", "Discount must have at least one entitled line.", "input", "entitledLines");

function keep(draft: Draft, discount: ContractDiscount): DiscountResult {
  const { working } = draft;
  if ((working.discounts ?? []).length >= MAX_DISCOUNTS) {
    return refused(fault("TOO_MANY_DISCOUNTS", "The contract draft has too many discounts.", "input"));
  }
  working.discounts = [...(working.discounts ?? []), discount];
  return { discount, userErrors: [] };
}

/** subscriptionDraftDiscountAdd. Without entitledLines it applies to all lines. */
export function addDiscount(world: World, shop: Shop, draft: Draft, input: DiscountInput): DiscountResult {
  const faults = faultsOf(draft, input);
  if (!input.value) faults.push(fault("PRESENCE", "Value can't be blank", "input", "value"));
  if (faults.length > 0 || !input.value) return refused(...faults);
  const lineIds = input.entitledLines?.lines?.add ?? [];
  const all = input.entitledLines?.all ?? lineIds.length === 0;
  if (!all && lineIds.length === 0) return refused(noLines());
  return keep(draft, {
    id: nextUuid(world, shop),
    title: input.title ?? null,
    target: "LINE_ITEM",
    value: valueOf(input.value, draft.working.currency),
    recurringCycleLimit: input.recurringCycleLimit ?? null,
    usageCount: 0,
    all,
    lineIds: all ? [] : [...new Set(lineIds)],
  });
}

/** subscriptionDraftFreeShippingDiscountAdd. */
export function addFreeShipping(world: World, shop: Shop, draft: Draft, input: FreeShippingInput): DiscountResult {
  const faults = faultsOf(draft, input);
  if (faults.length > 0) return refused(...faults);
  return keep(draft, {
    id: nextUuid(world, shop),
    title: input.title ?? null,
    target: "SHIPPING_LINE",
    value: { percentage: 100 },
    recurringCycleLimit: input.recurringCycleLimit ?? null,
    usageCount: 0,
    all: true,
    lineIds: [],
  });
}

/** subscriptionDraftDiscountUpdate and …FreeShippingDiscountUpdate: what is not named stays; the use so far counts on. */
export function updateDiscount(
  draft: Draft,
  discountId: string,
  input: DiscountInput,
  target: ContractDiscount["target"],
): DiscountResult {
  const discount = (draft.working.discounts ?? []).find(({ id }) => id === discountId);
  if (discount?.target !== target) return refused(fault("INVALID", "Discount does not exist.", "discountId"));
  const faults = faultsOf(draft, input);
  if (faults.length > 0) return refused(...faults);
  const lines = input.entitledLines?.lines;
  const lineIds = [...new Set([...discount.lineIds, ...(lines?.add ?? [])])].filter(
    (id) => !(lines?.remove ?? []).includes(id),
  );
  const all = input.entitledLines?.all ?? (lines?.add?.length ? false : discount.all);
  if (!all && lineIds.length === 0) return refused(noLines());
  if (input.title !== undefined) discount.title = input.title;
  if (input.recurringCycleLimit !== undefined) discount.recurringCycleLimit = input.recurringCycleLimit;
  if (input.value) discount.value = valueOf(input.value, draft.working.currency);
  discount.all = all;
  discount.lineIds = all ? [] : lineIds;
  return { discount, userErrors: [] };
}

export type RemovedDiscount = ContractDiscount | Draft["codes"][number];

/** subscriptionDraftDiscountRemove: a manual discount or a tried code. */
export function removeDiscount(
  draft: Draft,
  discountId: string,
): { removed: RemovedDiscount | null; userErrors: UserError[] } {
  const { working } = draft;
  const removed =
    draft.codes.find(({ id }) => id === discountId) ?? (working.discounts ?? []).find(({ id }) => id === discountId);
  if (!removed) return { removed: null, userErrors: [fault("INVALID", "Discount does not exist.", "discountId")] };
  working.discounts = (working.discounts ?? []).filter(({ id }) => id !== discountId);
  draft.codes = draft.codes.filter(({ id }) => id !== discountId);
  return { removed, userErrors: [] };
}

/** subscriptionDraftDiscountCodeApply: every code is taken; one that takes nothing off says why (`rejectionReason`). */
export function applyCode(
  world: World,
  shop: Shop,
  draft: Draft,
  redeemCode: string,
): { code: Draft["codes"][number] | null; userErrors: UserError[] } {
  if (redeemCode.trim() === "") {
    return { code: null, userErrors: [fault("BLANK", "Redeem code can't be blank", "redeemCode")] };
  }
  const { working } = draft;
  const rejectionReason = rejectionOf(world, shop, working, redeemCode);
  const code = { id: nextUuid(world, shop), redeemCode, rejectionReason };
  const known = rejectionReason === null ? codeNamed(shop, redeemCode) : null;
  if (known) {
    const { userErrors } = keep(draft, discountFrom(known, working.lines, code.id));
    if (userErrors.length > 0) return { code: null, userErrors };
  }
  draft.codes.push(code);
  return { code, userErrors: [] };
}
