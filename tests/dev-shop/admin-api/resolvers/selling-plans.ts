import { summaryOf } from "../../domain";
import { gid, type SellingPlan, type SellingPlanGroup, type Shop } from "../../world";
import { connect, list } from "../connection";
import { numericId, type Context, type Fields, type Paging } from "../context";
import { adjustmentValue, anchors, count } from "./values";
import { variantsOf } from "./products";

const variants = (shop: Shop, group: SellingPlanGroup, productId: string | null): Shop["variants"][string][] =>
  group.variantIds
    .flatMap((id) => shop.variants[id] ?? [])
    .filter((variant) => productId === null || variant.productId === productId);

export const sellingPlanFields: Record<string, Fields> = {
  SellingPlanGroup: {
    id: (group: SellingPlanGroup) => gid("SellingPlanGroup", group.id),
    name: (group: SellingPlanGroup) => group.name,
    merchantCode: (group: SellingPlanGroup) => group.merchantCode,
    appId: (group: SellingPlanGroup) => group.appReference ?? null,
    description: (group: SellingPlanGroup) => group.description,
    position: (group: SellingPlanGroup) => group.position,
    options: (group: SellingPlanGroup) => group.options,
    createdAt: (group: SellingPlanGroup) => group.createdAt,
    summary: (group: SellingPlanGroup, _: object, { shop }: Context) => summaryOf(shop, group),
    sellingPlans: (group: SellingPlanGroup, args: Paging, { shop }: Context) =>
      list(
        group.sellingPlanIds.flatMap((id) => shop.sellingPlans[id] ?? []),
        args,
      ),
    products: (group: SellingPlanGroup, args: Paging, { shop }: Context) =>
      connect(
        group.productIds.flatMap((id) => shop.products[id] ?? []),
        args,
        ({ id }) => id,
      ),
    productsCount: (group: SellingPlanGroup) => count(group.productIds.length),
    productVariants: (group: SellingPlanGroup, args: Paging & { productId?: string | null }, { shop }: Context) =>
      connect(
        variants(shop, group, args.productId ? numericId("Product", args.productId) : null),
        args,
        ({ id }) => id,
      ),
    productVariantsCount: (group: SellingPlanGroup, args: { productId?: string | null }, { shop }: Context) =>
      count(variants(shop, group, args.productId ? numericId("Product", args.productId) : null).length),
    appliesToProduct: (group: SellingPlanGroup, { productId }: { productId: string }) =>
      group.productIds.includes(numericId("Product", productId)),
    appliesToProductVariant: (group: SellingPlanGroup, { productVariantId }: { productVariantId: string }) =>
      group.variantIds.includes(numericId("ProductVariant", productVariantId)),
    appliesToProductVariants: (group: SellingPlanGroup, { productId }: { productId: string }, { shop }: Context) => {
      const product = shop.products[numericId("Product", productId)];
      return product ? variantsOf(shop, product).some(({ id }) => group.variantIds.includes(id)) : false;
    },
  },
  SellingPlan: {
    id: (plan: SellingPlan) => gid("SellingPlan", plan.id),
    name: (plan: SellingPlan) => plan.name,
    description: (plan: SellingPlan) => plan.description,
    category: (plan: SellingPlan) => plan.category,
    options: (plan: SellingPlan) => plan.options,
    position: (plan: SellingPlan) => plan.position,
    createdAt: (plan: SellingPlan) => plan.createdAt,
    billingPolicy: ({ billingPolicy: policy, createdAt }: SellingPlan) => ({
      __typename: "SellingPlanRecurringBillingPolicy",
      interval: policy.interval,
      intervalCount: policy.intervalCount,
      anchors: anchors(policy.anchors),
      minCycles: policy.minCycles,
      maxCycles: policy.maxCycles,
      createdAt,
    }),
    deliveryPolicy: ({ deliveryPolicy: policy, createdAt }: SellingPlan) => ({
      __typename: "SellingPlanRecurringDeliveryPolicy",
      interval: policy.interval,
      intervalCount: policy.intervalCount,
      anchors: anchors(policy.anchors),
      cutoff: policy.cutoff,
      intent: policy.intent,
      preAnchorBehavior: policy.preAnchorBehavior,
      createdAt,
    }),
    pricingPolicies: (plan: SellingPlan, _: object, { shop }: Context) =>
      plan.pricingPolicies.map((policy) => ({
        __typename: policy.kind === "FIXED" ? "SellingPlanFixedPricingPolicy" : "SellingPlanRecurringPricingPolicy",
        adjustmentType: policy.adjustmentType,
        adjustmentValue: adjustmentValue(policy, shop),
        createdAt: plan.createdAt,
        ...(policy.kind === "FIXED" ? {} : { afterCycle: policy.afterCycle ?? null }),
      })),
    inventoryPolicy: (plan: SellingPlan) => ({ reserve: plan.inventoryReserve }),
  },
};
