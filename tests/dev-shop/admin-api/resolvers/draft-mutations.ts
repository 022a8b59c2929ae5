import {
  addDiscount,
  addFreeShipping,
  addLine,
  applyCode,
  commitCycleDraft,
  commitDraft,
  committedFault,
  concatenate,
  contractOfCycle,
  cycleAt,
  deleteCycleEdit,
  deleteCycleEdits,
  openContractDraft,
  openCycleDraft,
  openNewDraft,
  removeDiscount,
  removeLine,
  updateDiscount,
  updateDraft,
  updateLine,
  type CycleSelector,
  type CyclesResult,
  type DiscountInput,
  type DraftInput,
  type FreeShippingInput,
  type LineInput,
  type LineUpdateInput,
  type NewContractInput,
  type UserError,
} from "../../domain";
import type { Contract, ContractDiscount, ContractLine, Draft } from "../../world";
import { as, numericId, type Context, type Fields } from "../context";
import { invalidId } from "../errors";
import { linesOf, manualDiscounts } from "./discounts";
import type { EditedContract } from "./drafts";
import { ownContract, ownDraft } from "./queries";
import { userErrors } from "./values";

function contractOr404(context: Context, id: string): Contract {
  const contract = ownContract(context, id);
  if (!contract) throw invalidId(id);
  return contract;
}

function draftOr404(context: Context, id: string): Draft {
  const draft = ownDraft(context, id);
  if (!draft) throw invalidId(id);
  return draft;
}

type Payload = Record<string, unknown>;

/** Does something to an open draft; a committed one answers COMMITTED to everything. */
function toDraft(
  context: Context,
  draftId: string,
  act: (draft: Draft) => { fields: Payload; userErrors: readonly UserError[] },
): Payload {
  const draft = draftOr404(context, draftId);
  const result = draft.committed ? { fields: {}, userErrors: [committedFault()] } : act(draft);
  const failed = result.userErrors.length > 0;
  return { draft: failed ? null : draft, ...result.fields, userErrors: userErrors(result.userErrors) };
}

const opened = ({ draft, userErrors: errors }: { draft: Draft | null; userErrors: UserError[] }): Payload => ({
  draft,
  userErrors: userErrors(errors),
});

const lineOf = (draft: Draft, line: ContractLine | null): ContractLine | null =>
  line === null ? null : (linesOf(draft.working, [line])[0] ?? null);

const discountOf = (draft: Draft, discount: ContractDiscount | null): ContractDiscount | null =>
  discount === null ? null : (manualDiscounts(draft.working, [discount])[0] ?? null);

/** A discount's id names its kind; its UUID is unique whatever the kind. */
const discountId = (id: string): string =>
  /^gid:\/\/shopify\/SubscriptionAppliedCodeDiscount\//.test(id)
    ? numericId("SubscriptionAppliedCodeDiscount", id)
    : numericId("SubscriptionManualDiscount", id);

/** Ids of an input as the domain has them; decimals as text however they were written. */
function lineInput<T extends LineUpdateInput>(input: T): T {
  return {
    ...input,
    ...(input.productVariantId ? { productVariantId: numericId("ProductVariant", input.productVariantId) } : {}),
    ...(input.sellingPlanId ? { sellingPlanId: numericId("SellingPlan", input.sellingPlanId) } : {}),
    ...(input.currentPrice === null || input.currentPrice === undefined
      ? {}
      : { currentPrice: String(input.currentPrice) }),
  };
}

function draftInput(input: DraftInput): DraftInput {
  const { deliveryMethod: method } = input;
  const pickup = method?.pickup?.pickupOption;
  return {
    ...input,
    ...(input.paymentMethodId ? { paymentMethodId: numericId("CustomerPaymentMethod", input.paymentMethodId) } : {}),
    ...(input.deliveryPrice === null || input.deliveryPrice === undefined
      ? {}
      : { deliveryPrice: String(input.deliveryPrice) }),
    ...(pickup
      ? {
          deliveryMethod: {
            ...method,
            pickup: { pickupOption: { ...pickup, locationId: numericId("Location", pickup.locationId) } },
          },
        }
      : {}),
  };
}

function discountInput(input: DiscountInput): DiscountInput {
  const lines = input.entitledLines?.lines;
  if (!input.entitledLines || !lines) return input;
  const numbers = (ids: string[] | null | undefined): string[] | null =>
    ids?.map((id) => numericId("SubscriptionLine", id)) ?? null;
  return {
    ...input,
    entitledLines: { ...input.entitledLines, lines: { add: numbers(lines.add), remove: numbers(lines.remove) } },
  };
}

interface CycleTarget {
  contractId: string;
  selector: CycleSelector;
}

const cyclesAnswer = ({ cycles, userErrors: errors }: CyclesResult): Payload => ({
  billingCycles: cycles,
  userErrors: userErrors(errors),
});

function editedContract(context: Context, contract: Contract, cycleIndex: number): EditedContract {
  return {
    terms: contractOfCycle(contract, cycleIndex),
    cycle: cycleAt(context.world, context.shop, contract, cycleIndex),
  };
}

interface AtomicInput extends NewContractInput {
  lines: { line: LineInput; discounts?: DiscountInput[] | null }[];
  discountCodes?: string[] | null;
}

const newContract = (input: NewContractInput): NewContractInput => ({
  ...input,
  customerId: numericId("Customer", input.customerId),
  contract: draftInput(input.contract),
});

function createAtOnce(context: Context, input: AtomicInput): { contract: Contract | null; userErrors: UserError[] } {
  const { world, shop, app } = context;
  const { draft, userErrors: errors } = openNewDraft(world, shop, app.clientId, newContract(input));
  if (!draft) return { contract: null, userErrors: errors };
  const faults: UserError[] = [];
  for (const { line: given, discounts } of input.lines) {
    const { line, userErrors: wrong } = addLine(world, shop, draft, lineInput(given));
    faults.push(...wrong);
    if (!line) continue;
    for (const discount of discounts ?? []) {
      const entitledLines = { lines: { add: [line.id] } };
      faults.push(...addDiscount(world, shop, draft, { ...discount, entitledLines }).userErrors);
    }
  }
  for (const code of input.discountCodes ?? []) faults.push(...applyCode(world, shop, draft, code).userErrors);
  return faults.length > 0 ? { contract: null, userErrors: faults } : commitDraft(world, shop, draft);
}

/** Payloads of the mutations that work on a draft: what a refused one has nothing to say about is null. */
const PAYLOADS = {
  SubscriptionDraftDiscountAddPayload: "draft discountAdded userErrors",
  SubscriptionDraftDiscountCodeApplyPayload: "draft appliedDiscount userErrors",
  SubscriptionDraftDiscountRemovePayload: "draft discountRemoved userErrors",
  SubscriptionDraftDiscountUpdatePayload: "draft discountUpdated userErrors",
  SubscriptionDraftFreeShippingDiscountAddPayload: "draft discountAdded userErrors",
  SubscriptionDraftFreeShippingDiscountUpdatePayload: "draft discountUpdated userErrors",
  SubscriptionDraftLineAddPayload: "draft lineAdded userErrors",
  SubscriptionDraftLineRemovePayload: "draft lineRemoved discountsUpdated userErrors",
  SubscriptionDraftLineUpdatePayload: "draft lineUpdated userErrors",
  SubscriptionDraftUpdatePayload: "draft userErrors",
};

export const draftPayloads: Record<string, Fields> = Object.fromEntries(
  Object.entries(PAYLOADS).map(([type, names]) => [
    type,
    Object.fromEntries(
      names.split(" ").map((name) => [name, (source: object) => (Reflect.get(source, name) as unknown) ?? null]),
    ),
  ]),
);

export const draftMutations: Fields = {
  subscriptionContractUpdate: (_: unknown, { contractId }: { contractId: string }, context: Context) =>
    opened(openContractDraft(context.world, context.shop, contractOr404(context, contractId))),
  subscriptionContractCreate: (_: unknown, { input }: { input: NewContractInput }, context: Context) =>
    opened(openNewDraft(context.world, context.shop, context.app.clientId, newContract(input))),
  subscriptionContractAtomicCreate: (_: unknown, { input }: { input: AtomicInput }, context: Context) => {
    const { contract, userErrors: errors } = createAtOnce(context, input);
    return { contract, userErrors: userErrors(errors) };
  },
  subscriptionContractProductChange: (
    _: unknown,
    args: { subscriptionContractId: string; lineId: string; input: LineUpdateInput },
    context: Context,
  ) => {
    const { world, shop } = context;
    const contract = contractOr404(context, args.subscriptionContractId);
    const failed = (errors: readonly UserError[]): Payload => ({
      contract: null,
      lineUpdated: null,
      userErrors: userErrors(errors),
    });
    const { draft, userErrors: notOpened } = openContractDraft(world, shop, contract);
    if (!draft) return failed(notOpened);
    const lineId = numericId("SubscriptionLine", args.lineId);
    const { userErrors: wrong } = updateLine(world, shop, draft, lineId, lineInput(args.input));
    if (wrong.length > 0) return failed(wrong);
    const { contract: changed, userErrors: refused } = commitDraft(world, shop, draft);
    if (!changed) return failed(refused);
    return { contract: changed, lineUpdated: linesOf(changed).find(({ id }) => id === lineId), userErrors: [] };
  },
  subscriptionBillingCycleContractEdit: (
    _: unknown,
    { billingCycleInput: input }: { billingCycleInput: CycleTarget },
    context: Context,
  ) => opened(openCycleDraft(context.world, context.shop, contractOr404(context, input.contractId), input.selector)),
  subscriptionBillingCycleContractDraftConcatenate: (
    _: unknown,
    args: { draftId: string; concatenatedBillingCycleContracts: CycleTarget[] },
    context: Context,
  ) =>
    toDraft(context, args.draftId, (draft) => {
      const inputs = args.concatenatedBillingCycleContracts.map(({ contractId, selector }) => ({
        contractId: contractOr404(context, contractId).id,
        selector,
      }));
      return { fields: {}, userErrors: concatenate(context.world, context.shop, draft, inputs).userErrors };
    }),
  subscriptionBillingCycleContractDraftCommit: (_: unknown, { draftId }: { draftId: string }, context: Context) => {
    const draft = draftOr404(context, draftId);
    const { contract, userErrors: errors } = commitCycleDraft(context.world, context.shop, draft);
    return {
      contract: contract && draft.cycleIndex !== null ? editedContract(context, contract, draft.cycleIndex) : null,
      userErrors: userErrors(errors),
    };
  },
  subscriptionBillingCycleEditDelete: (
    _: unknown,
    { billingCycleInput: input }: { billingCycleInput: CycleTarget },
    context: Context,
  ) =>
    cyclesAnswer(
      deleteCycleEdit(context.world, context.shop, contractOr404(context, input.contractId), input.selector),
    ),
  subscriptionBillingCycleEditsDelete: (_: unknown, { contractId }: { contractId: string }, context: Context) =>
    cyclesAnswer(deleteCycleEdits(context.world, context.shop, contractOr404(context, contractId))),
  subscriptionDraftCommit: (_: unknown, { draftId }: { draftId: string }, context: Context) => {
    const result = commitDraft(context.world, context.shop, draftOr404(context, draftId));
    return { contract: result.contract, userErrors: userErrors(result.userErrors) };
  },
  subscriptionDraftUpdate: (_: unknown, args: { draftId: string; input: DraftInput }, context: Context) =>
    toDraft(context, args.draftId, (draft) => ({
      fields: {},
      userErrors: updateDraft(context.world, context.shop, draft, draftInput(args.input)).userErrors,
    })),
  subscriptionDraftLineAdd: (_: unknown, args: { draftId: string; input: LineInput }, context: Context) =>
    toDraft(context, args.draftId, (draft) => {
      const result = addLine(context.world, context.shop, draft, lineInput(args.input));
      return { fields: { lineAdded: lineOf(draft, result.line) }, userErrors: result.userErrors };
    }),
  subscriptionDraftLineUpdate: (
    _: unknown,
    args: { draftId: string; lineId: string; input: LineUpdateInput },
    context: Context,
  ) =>
    toDraft(context, args.draftId, (draft) => {
      const lineId = numericId("SubscriptionLine", args.lineId);
      const result = updateLine(context.world, context.shop, draft, lineId, lineInput(args.input));
      return { fields: { lineUpdated: lineOf(draft, result.line) }, userErrors: result.userErrors };
    }),
  subscriptionDraftLineRemove: (_: unknown, args: { draftId: string; lineId: string }, context: Context) =>
    toDraft(context, args.draftId, (draft) => {
      const result = removeLine(draft, numericId("SubscriptionLine", args.lineId));
      const touched = (draft.working.discounts ?? []).filter(({ id }) => result.discountIds.includes(id));
      return {
        fields: {
          lineRemoved: lineOf(draft, result.line),
          discountsUpdated: result.line ? manualDiscounts(draft.working, touched) : null,
        },
        userErrors: result.userErrors,
      };
    }),
  subscriptionDraftDiscountAdd: (_: unknown, args: { draftId: string; input: DiscountInput }, context: Context) =>
    toDraft(context, args.draftId, (draft) => {
      const result = addDiscount(context.world, context.shop, draft, discountInput(args.input));
      return { fields: { discountAdded: discountOf(draft, result.discount) }, userErrors: result.userErrors };
    }),
  subscriptionDraftFreeShippingDiscountAdd: (
    _: unknown,
    args: { draftId: string; input: FreeShippingInput },
    context: Context,
  ) =>
    toDraft(context, args.draftId, (draft) => {
      const result = addFreeShipping(context.world, context.shop, draft, args.input);
      return { fields: { discountAdded: discountOf(draft, result.discount) }, userErrors: result.userErrors };
    }),
  subscriptionDraftDiscountUpdate: updateOf("LINE_ITEM"),
  subscriptionDraftFreeShippingDiscountUpdate: updateOf("SHIPPING_LINE"),
  subscriptionDraftDiscountRemove: (_: unknown, args: { draftId: string; discountId: string }, context: Context) =>
    toDraft(context, args.draftId, (draft) => {
      const { removed, userErrors: errors } = removeDiscount(draft, discountId(args.discountId));
      const known =
        removed && "redeemCode" in removed
          ? as("SubscriptionAppliedCodeDiscount", removed)
          : discountOf(draft, removed);
      return { fields: { discountRemoved: known }, userErrors: errors };
    }),
  subscriptionDraftDiscountCodeApply: (_: unknown, args: { draftId: string; redeemCode: string }, context: Context) =>
    toDraft(context, args.draftId, (draft) => {
      const { code, userErrors: errors } = applyCode(context.world, context.shop, draft, args.redeemCode);
      return { fields: { appliedDiscount: code }, userErrors: errors };
    }),
};

function updateOf(target: ContractDiscount["target"]) {
  return (_: unknown, args: { draftId: string; discountId: string; input: DiscountInput }, context: Context): Payload =>
    toDraft(context, args.draftId, (draft) => {
      const result = updateDiscount(draft, discountId(args.discountId), discountInput(args.input), target);
      return { fields: { discountUpdated: discountOf(draft, result.discount) }, userErrors: result.userErrors };
    });
}
