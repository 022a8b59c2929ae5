import { cycleAt, deliveryOptionsOf, discountsOf, type Cycle, type DraftDeliveryOption } from "../../domain";
import { gid, type Contract, type Draft } from "../../world";
import { connect, list } from "../connection";
import { as, type Context, type Fields, type Paging, type Resolver } from "../context";
import { contractFields } from "./contracts";
import { locationAnswer } from "./delivery-methods";
import { linesOf, manualDiscounts } from "./discounts";
import { money } from "./values";

/** A contract's own resolver, for records that hold a contract's terms: the schema gives both the same field. */
const fromContract =
  <T>(name: string, termsOf: (source: T) => Contract): Resolver =>
  (source: T, args: never, context, info) =>
    contractFields["SubscriptionContract"]?.[name]?.(termsOf(source) as never, args, context, info);

const served = <T>(names: string, termsOf: (source: T) => Contract): Fields =>
  Object.fromEntries(names.split(" ").map((name) => [name, fromContract(name, termsOf)]));

const without = <T extends { id: string }>(list: readonly T[], other: readonly { id: string }[]): T[] =>
  list.filter(({ id }) => !other.some((one) => one.id === id));

/** Discounts that are no codes of this draft's own: those are shown as codes until it is committed. */
const manualOf = ({ working, codes }: Draft): ReturnType<typeof manualDiscounts> =>
  manualDiscounts(working, without(discountsOf(working), codes));

const codesOf = (draft: Draft): object[] => draft.codes.map((code) => as("SubscriptionAppliedCodeDiscount", code));

function contractBehind({ contractId }: Draft, { shop }: Context): Contract | null {
  return contractId === null ? null : (shop.contracts[contractId] ?? null);
}

const cycleOf = (draft: Draft, context: Context): Cycle | null => {
  const contract = contractBehind(draft, context);
  return contract && draft.cycleIndex !== null
    ? cycleAt(context.world, context.shop, contract, draft.cycleIndex)
    : null;
};

const cyclesConnection = (cycles: readonly Cycle[], args: Paging): unknown =>
  connect(cycles, args, ({ contractId, cycleIndex }) => `${String(cycleIndex).padStart(6, "0")}/${contractId}`);

/** An edited contract's source: its terms are the contract's with the cycle's laid over (domain/cycle-contracts.ts). */
export interface EditedContract {
  terms: Contract;
  cycle: Cycle;
}

/** RULES.draftsOfferEveryMethod */
function optionAnswer(option: DraftDeliveryOption, working: Contract): Record<string, unknown> {
  const { code, title, price } = option;
  const shared = { code, title, presentmentTitle: title, price: money(price, working) };
  switch (option.kind) {
    case "shipping":
      return { __typename: "SubscriptionShippingOption", ...shared, description: null, phoneRequired: false };
    case "localDelivery": {
      const { description = null, phoneRequired } = option.settings;
      return { __typename: "SubscriptionLocalDeliveryOption", ...shared, description, phoneRequired };
    }
    case "pickup": {
      const { location } = option;
      const { pickupTime } = location;
      const more = { description: null, phoneRequired: false, pickupTime, location: locationAnswer(location) };
      return { __typename: "SubscriptionPickupOption", ...shared, ...more };
    }
  }
}

const SHARED =
  "app appAdminUrl currencyCode customAttributes customer customerPaymentMethod deliveryMethod deliveryPrice lines linesCount lineCount note";

export const draftFields: Record<string, Fields> = {
  SubscriptionDraft: {
    id: (draft: Draft) => gid("SubscriptionDraft", draft.id),
    ...served(
      "billingPolicy deliveryPolicy deliveryPrice currencyCode customAttributes customer customerPaymentMethod deliveryMethod nextBillingDate note status lines",
      (draft: Draft) => draft.working,
    ),
    billingCycle: (draft: Draft, _: object, context: Context) => cycleOf(draft, context),
    originalContract: (draft: Draft, _: object, context: Context) => contractBehind(draft, context),
    concatenatedBillingCycles: (draft: Draft, args: Paging, { world, shop }: Context) =>
      cyclesConnection(
        draft.concatenated.flatMap(({ contractId, cycleIndex }) => {
          const contract = shop.contracts[contractId];
          return contract ? [cycleAt(world, shop, contract, cycleIndex)] : [];
        }),
        args,
      ),
    linesAdded: ({ working, original }: Draft, args: Paging) =>
      list(linesOf(working, without(working.lines, original?.lines ?? [])), args),
    linesRemoved: ({ working, original }: Draft, args: Paging) =>
      list(original ? linesOf(original, without(original.lines, working.lines)) : [], args),
    discounts: (draft: Draft, args: Paging) => list<object>([...manualOf(draft), ...codesOf(draft)], args),
    discountsAdded: (draft: Draft, args: Paging) => {
      const before = draft.original ? discountsOf(draft.original) : [];
      const added = without(without(discountsOf(draft.working), before), draft.codes);
      return list<object>([...manualDiscounts(draft.working, added), ...codesOf(draft)], args);
    },
    discountsRemoved: ({ working, original }: Draft, args: Paging) =>
      list(original ? manualDiscounts(original, without(discountsOf(original), discountsOf(working))) : [], args),
    discountsUpdated: ({ working, original }: Draft, args: Paging) => {
      const before = new Map((original ? discountsOf(original) : []).map((one) => [one.id, JSON.stringify(one)]));
      const updated = discountsOf(working).filter((one) => {
        const was = before.get(one.id);
        return was !== undefined && was !== JSON.stringify(one);
      });
      return list(manualDiscounts(working, updated), args);
    },
    deliveryOptions: (
      draft: Draft,
      { deliveryAddress: address }: { deliveryAddress?: { countryCode?: string | null; zip?: string | null } | null },
      { world, shop }: Context,
    ) => {
      const to = address?.countryCode ? { countryCode: address.countryCode, zip: address.zip ?? null } : null;
      const options = deliveryOptionsOf(world, shop, draft, to);
      if (options === null) return null;
      if (options.length === 0) {
        return {
          __typename: "SubscriptionDeliveryOptionResultFailure",
          message: "No delivery options are available for the address.",
        };
      }
      return {
        __typename: "SubscriptionDeliveryOptionResultSuccess",
        deliveryOptions: options.map((option) => optionAnswer(option, draft.working)),
      };
    },
  },
  SubscriptionBillingCycleEditedContract: {
    ...served(SHARED, ({ terms }: EditedContract) => terms),
    discounts: ({ terms }: EditedContract, args: Paging) => list(manualDiscounts(terms), args),
    orders: ({ terms, cycle }: EditedContract, args: Paging, { shop }: Context) =>
      list(
        Object.values(shop.orders).filter(
          ({ contractIds, cycleIndex }) => contractIds[0] === terms.id && cycleIndex === cycle.cycleIndex,
        ),
        args,
      ),
    createdAt: ({ terms }: EditedContract) => terms.createdAt,
    updatedAt: ({ terms }: EditedContract) => terms.updatedAt,
    billingCycles: ({ cycle, terms }: EditedContract, args: Paging, { world, shop }: Context) => {
      const contract = shop.contracts[terms.id];
      const others = contract?.cycleEdits[String(cycle.cycleIndex)]?.contract?.concatenated ?? [];
      return cyclesConnection(
        [
          cycle,
          ...others.flatMap(({ contractId, cycleIndex }) => {
            const other = shop.contracts[contractId];
            return other ? [cycleAt(world, shop, other, cycleIndex)] : [];
          }),
        ],
        args,
      );
    },
  },
};
