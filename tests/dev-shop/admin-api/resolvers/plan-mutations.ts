import {
  addToGroup,
  createGroup,
  deleteGroup,
  holds,
  removeFromGroup,
  updateGroup,
  type GroupResult,
  type SellingPlanGroupInput,
  type SellingPlanInput,
} from "../../domain";
import { gid, idOf, type GidType, type SellingPlanGroup } from "../../world";
import { numericId, type Context, type Fields } from "../context";
import { invalidId, notServed } from "../errors";
import { userErrors } from "./values";

const NO_GROUP = { field: ["id"], message: "Selling plan group does not exist.", code: "GROUP_DOES_NOT_EXIST" };

/** The group that a mutation means (RULES.appsChangeTheirOwnGroupsOnly). */
function ownGroup({ world, shop, app }: Context, id: string): SellingPlanGroup | null {
  const group = shop.sellingPlanGroups[numericId("SellingPlanGroup", id)];
  if (!group) return null;
  return group.appId === app.clientId || !holds(world, "appsChangeTheirOwnGroupsOnly") ? group : null;
}

const ids = (type: GidType, list: string[] | null | undefined): string[] =>
  (list ?? []).map((id) => numericId(type, id));

/** One-time and pre-order plans (fixed policies) are a business of other apps; only their refusal would be played. */
function refuseFixed(plans: readonly SellingPlanInput[]): void {
  for (const { billingPolicy, deliveryPolicy } of plans) {
    if (billingPolicy?.fixed && deliveryPolicy?.fixed) throw notServed("SellingPlanBillingPolicyInput.fixed");
  }
}

function groupInput(input: SellingPlanGroupInput): SellingPlanGroupInput {
  refuseFixed([...(input.sellingPlansToCreate ?? []), ...(input.sellingPlansToUpdate ?? [])]);
  return {
    ...input,
    sellingPlansToUpdate: input.sellingPlansToUpdate?.map((plan) => ({
      ...plan,
      // An id of nothing is a user error of its plan, not of the request.
      ...(plan.id ? { id: idOf("SellingPlan", plan.id) ?? plan.id } : {}),
    })),
    sellingPlansToDelete: input.sellingPlansToDelete?.map((id) => idOf("SellingPlan", id) ?? id),
  };
}

const answer = (result: GroupResult): Record<string, unknown> => ({
  sellingPlanGroup: result.group,
  deletedSellingPlanIds: result.group ? result.deletedPlanIds.map((id) => gid("SellingPlan", id)) : null,
  userErrors: userErrors(result.userErrors),
});

const absent = (key: string): Record<string, unknown> => ({ [key]: null, userErrors: userErrors([NO_GROUP]) });

/** Join and leave are the same acts seen from the product or the variant. */
function joinOrLeave(kind: "product" | "variant", join: boolean) {
  return (_: unknown, args: { id: string; sellingPlanGroupIds: string[] }, context: Context) => {
    const { world, shop } = context;
    const [type, key] =
      kind === "product" ? (["Product", "product"] as const) : (["ProductVariant", "productVariant"] as const);
    const id = numericId(type, args.id);
    const record = kind === "product" ? shop.products[id] : shop.variants[id];
    if (!record) throw invalidId(args.id);
    const groups = args.sellingPlanGroupIds.map((groupId) => ownGroup(context, groupId));
    if (groups.includes(null)) {
      return { [key]: null, userErrors: userErrors([{ ...NO_GROUP, field: ["sellingPlanGroupIds"] }]) };
    }
    const resources = kind === "product" ? { productIds: [id] } : { productVariantIds: [id] };
    const errors = groups.flatMap((group) => {
      if (!group) return [];
      if (join) return addToGroup(world, shop, group, resources).userErrors;
      removeFromGroup(world, shop, group, resources);
      return [];
    });
    return { [key]: record, userErrors: userErrors(errors) };
  };
}

export const planMutations: Fields = {
  sellingPlanGroupCreate: (
    _: unknown,
    args: {
      input: SellingPlanGroupInput;
      resources?: { productIds?: string[] | null; productVariantIds?: string[] | null } | null;
    },
    { world, shop, app }: Context,
  ) =>
    answer(
      createGroup(world, shop, app.clientId, groupInput(args.input), {
        productIds: ids("Product", args.resources?.productIds),
        productVariantIds: ids("ProductVariant", args.resources?.productVariantIds),
      }),
    ),
  sellingPlanGroupUpdate: (_: unknown, args: { id: string; input: SellingPlanGroupInput }, context: Context) => {
    const group = ownGroup(context, args.id);
    if (!group) return { ...absent("sellingPlanGroup"), deletedSellingPlanIds: null };
    return answer(updateGroup(context.world, context.shop, group, groupInput(args.input)));
  },
  sellingPlanGroupDelete: (_: unknown, { id }: { id: string }, context: Context) => {
    const group = ownGroup(context, id);
    if (!group) return absent("deletedSellingPlanGroupId");
    deleteGroup(context.world, context.shop, group);
    return { deletedSellingPlanGroupId: id, userErrors: [] };
  },
  sellingPlanGroupAddProducts: (_: unknown, args: { id: string; productIds: string[] }, context: Context) => {
    const group = ownGroup(context, args.id);
    if (!group) return absent("sellingPlanGroup");
    return answer(addToGroup(context.world, context.shop, group, { productIds: ids("Product", args.productIds) }));
  },
  sellingPlanGroupAddProductVariants: (
    _: unknown,
    args: { id: string; productVariantIds: string[] },
    context: Context,
  ) => {
    const group = ownGroup(context, args.id);
    if (!group) return absent("sellingPlanGroup");
    const productVariantIds = ids("ProductVariant", args.productVariantIds);
    return answer(addToGroup(context.world, context.shop, group, { productVariantIds }));
  },
  sellingPlanGroupRemoveProducts: (_: unknown, args: { id: string; productIds: string[] }, context: Context) => {
    const group = ownGroup(context, args.id);
    if (!group) return absent("removedProductIds");
    const removed = removeFromGroup(context.world, context.shop, group, {
      productIds: ids("Product", args.productIds),
    });
    return { removedProductIds: removed.productIds.map((id) => gid("Product", id)), userErrors: [] };
  },
  sellingPlanGroupRemoveProductVariants: (
    _: unknown,
    args: { id: string; productVariantIds: string[] },
    context: Context,
  ) => {
    const group = ownGroup(context, args.id);
    if (!group) return absent("removedProductVariantIds");
    const removed = removeFromGroup(context.world, context.shop, group, {
      productVariantIds: ids("ProductVariant", args.productVariantIds),
    });
    return {
      removedProductVariantIds: removed.productVariantIds.map((id) => gid("ProductVariant", id)),
      userErrors: [],
    };
  },
  productJoinSellingPlanGroups: joinOrLeave("product", true),
  productLeaveSellingPlanGroups: joinOrLeave("product", false),
  productVariantJoinSellingPlanGroups: joinOrLeave("variant", true),
  productVariantLeaveSellingPlanGroups: joinOrLeave("variant", false),
};
