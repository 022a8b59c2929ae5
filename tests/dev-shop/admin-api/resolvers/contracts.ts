import { attemptsOf, contractOfCycle, kindOfError, ordersOf, type Cycle } from "../../domain";
import { adjustedPrice } from "../../domain/money";
import { gid, type Attempt, type Contract, type ContractLine } from "../../world";
import { connect, list } from "../connection";
import { seesOrder, type Context, type Fields, type Paging } from "../context";
import { deliveryMethodAnswer } from "./delivery-methods";
import { allocationsOf, discountedPrice, linesOf, manualDiscounts, ownerOf } from "./discounts";
import { adjustmentValue, anchors, count, image, money } from "./values";

const byCreation = (attempts: readonly Attempt[], args: Paging): unknown =>
  connect(
    attempts,
    args,
    ({ id }) => id,
    ({ createdAt }) => createdAt,
  );

function orderOf(context: Context, orderId: string | null): unknown {
  const order = orderId === null ? undefined : context.shop.orders[orderId];
  return order && seesOrder(context, order) ? order : null;
}

export function appAdminUrl({ shop, app }: Context, contractId: string): string | null {
  if (app.subscriptionLinkPattern === null) return null;
  const path = app.subscriptionLinkPattern.replace("{contract_id}", contractId);
  return `https://admin.shopify.com/store/${shop.name}/apps/${app.handle}${path.startsWith("/") ? "" : "/"}${path}`;
}

function pricingPolicy(line: ContractLine, context: Context): unknown {
  if (line.pricingPolicies.length === 0) return null;
  const owner = ownerOf(line, context);
  return {
    basePrice: money(line.basePrice, owner),
    cycleDiscounts: line.pricingPolicies.map((policy) => ({
      adjustmentType: policy.adjustmentType,
      adjustmentValue: adjustmentValue(policy, owner),
      afterCycle: policy.afterCycle ?? 0,
      computedPrice: money(adjustedPrice(line.basePrice, policy, owner.currency), owner),
    })),
  };
}

function errorOf(attempt: Attempt): Record<string, unknown> {
  const code = attempt.errorCode ?? "UNEXPECTED_ERROR";
  switch (kindOfError(code)) {
    case "payment":
      return { __typename: "SubscriptionBillingAttemptPaymentError", code };
    case "inventory":
      return { __typename: "SubscriptionBillingAttemptInventoryError", code, attempt };
    case "general":
      return { __typename: "SubscriptionBillingAttemptGeneralError", code };
    default:
      return { __typename: "SubscriptionBillingAttemptUnexpectedError", message: attempt.errorMessage ?? code };
  }
}

function stateOf(attempt: Attempt, context: Context): Record<string, unknown> {
  switch (attempt.state) {
    case "Pending":
      return { __typename: "SubscriptionBillingAttemptPendingState", processing: true };
    case "ActionRequired":
      return {
        __typename: "SubscriptionBillingAttemptActionRequiredState",
        action: {
          __typename: "SubscriptionBillingAttemptPaymentChallenge",
          nextActionUrl: attempt.nextActionUrl,
          status: attempt.challengeOpenedAt === undefined ? "OFF_SESSION_REJECTED" : "ON_SESSION_CHALLENGED",
        },
      };
    case "Failed":
      return { __typename: "SubscriptionBillingAttemptFailedState", error: errorOf(attempt) };
    case "Success":
      return {
        __typename: "SubscriptionBillingAttemptSuccessState",
        order: orderOf(context, attempt.orderId),
      };
  }
}

export const contractFields: Record<string, Fields> = {
  SubscriptionContract: {
    id: (contract: Contract) => gid("SubscriptionContract", contract.id),
    app: (_: Contract, __: object, context: Context) => context,
    appAdminUrl: (contract: Contract, _: object, context: Context) => appAdminUrl(context, contract.id),
    status: (contract: Contract) => contract.status,
    createdAt: (contract: Contract) => contract.createdAt,
    updatedAt: (contract: Contract) => contract.updatedAt,
    nextBillingDate: (contract: Contract) => contract.nextBillingDate,
    currencyCode: (contract: Contract) => contract.currency,
    revisionId: (contract: Contract) => contract.revisionId,
    lastPaymentStatus: (contract: Contract) => contract.lastPaymentStatus,
    lastBillingAttemptErrorType: (contract: Contract) => contract.lastBillingAttemptErrorType,
    note: (contract: Contract) => contract.note,
    customAttributes: (contract: Contract) => contract.customAttributes ?? [],
    billingPolicy: ({ billingPolicy: policy }: Contract) => ({
      interval: policy.interval,
      intervalCount: policy.intervalCount,
      anchors: anchors(policy.anchors),
      minCycles: policy.minCycles,
      maxCycles: policy.maxCycles,
    }),
    deliveryPolicy: ({ deliveryPolicy: policy }: Contract) => ({
      interval: policy.interval,
      intervalCount: policy.intervalCount,
      anchors: anchors(policy.anchors),
    }),
    deliveryPrice: (contract: Contract) => money(contract.deliveryPrice, contract),
    deliveryMethod: (contract: Contract, _: object, { shop }: Context) => deliveryMethodAnswer(contract, shop),
    customer: (contract: Contract, _: object, { shop }: Context) => shop.customers[contract.customerId] ?? null,
    customerPaymentMethod: (
      contract: Contract,
      { showRevoked }: { showRevoked?: boolean | null },
      { shop }: Context,
    ) => {
      const method = contract.paymentMethodId === null ? undefined : shop.paymentMethods[contract.paymentMethodId];
      return method && (showRevoked || method.revokedAt === null) ? method : null;
    },
    originOrder: (contract: Contract, _: object, context: Context) => orderOf(context, contract.originOrderId),
    lines: (contract: Contract, args: Paging) => list(linesOf(contract), args),
    linesCount: (contract: Contract) => count(contract.lines.length),
    lineCount: (contract: Contract) => contract.lines.length,
    discounts: (contract: Contract, args: Paging) => list(manualDiscounts(contract), args),
    billingAttempts: (contract: Contract, args: Paging, { shop }: Context) =>
      byCreation(attemptsOf(shop, contract.id), args),
    orders: (contract: Contract, args: Paging, context: Context) =>
      connect(
        ordersOf(context.shop, contract.id).filter((order) => seesOrder(context, order)),
        args,
        ({ id }) => id,
      ),
  },
  SubscriptionLine: {
    id: (line: ContractLine) => gid("SubscriptionLine", line.id),
    title: (line: ContractLine) => line.title,
    variantTitle: (line: ContractLine) => line.variantTitle,
    sku: (line: ContractLine) => line.sku,
    quantity: (line: ContractLine) => line.quantity,
    currentPrice: (line: ContractLine, _: object, context: Context) => money(line.currentPrice, ownerOf(line, context)),
    lineDiscountedPrice: (line: ContractLine, _: object, context: Context) => discountedPrice(line, context),
    productId: (line: ContractLine) => gid("Product", line.productId),
    variantId: (line: ContractLine) => gid("ProductVariant", line.variantId),
    sellingPlanId: (line: ContractLine) =>
      line.sellingPlanId === null ? null : gid("SellingPlan", line.sellingPlanId),
    sellingPlanName: (line: ContractLine) => line.sellingPlanName,
    pricingPolicy: (line: ContractLine, _: object, context: Context) => pricingPolicy(line, context),
    requiresShipping: (line: ContractLine) => line.requiresShipping,
    taxable: (line: ContractLine) => line.taxable,
    customAttributes: (line: ContractLine) => line.customAttributes ?? [],
    discountAllocations: (line: ContractLine, _: object, context: Context) => allocationsOf(line, context),
    concatenatedOriginContract: (line: ContractLine, _: object, { shop }: Context) =>
      line.concatenatedFrom === undefined ? null : (shop.contracts[line.concatenatedFrom] ?? null),
    variantImage: (line: ContractLine, _: object, { shop }: Context) => image(shop.products[line.productId]?.image),
  },
  SubscriptionBillingCycle: {
    cycleIndex: (cycle: Cycle) => cycle.cycleIndex,
    cycleStartAt: (cycle: Cycle) => cycle.cycleStartAt,
    cycleEndAt: (cycle: Cycle) => cycle.cycleEndAt,
    billingAttemptExpectedDate: (cycle: Cycle) => cycle.billingAttemptExpectedDate,
    status: (cycle: Cycle) => cycle.status,
    skipped: (cycle: Cycle) => cycle.skipped,
    edited: (cycle: Cycle) => cycle.edited,
    editedContract: (cycle: Cycle, _: object, { shop }: Context) => {
      const contract = shop.contracts[cycle.contractId];
      return contract?.cycleEdits[String(cycle.cycleIndex)]?.contract
        ? { terms: contractOfCycle(contract, cycle.cycleIndex), cycle }
        : null;
    },
    sourceContract: (cycle: Cycle, _: object, { shop }: Context) => shop.contracts[cycle.contractId],
    billingAttempts: (cycle: Cycle, args: Paging, { shop }: Context) =>
      byCreation(
        attemptsOf(shop, cycle.contractId).filter(
          ({ cycleIndex, unlistedInCycle }) => cycleIndex === cycle.cycleIndex && !unlistedInCycle,
        ),
        args,
      ),
  },
  SubscriptionBillingAttempt: {
    id: (attempt: Attempt) => gid("SubscriptionBillingAttempt", attempt.id),
    idempotencyKey: (attempt: Attempt) => attempt.idempotencyKey,
    originTime: (attempt: Attempt) => attempt.originTime,
    createdAt: (attempt: Attempt) => attempt.createdAt,
    completedAt: (attempt: Attempt) => attempt.completedAt,
    state: (attempt: Attempt, _: object, context: Context) => stateOf(attempt, context),
    ready: (attempt: Attempt) => attempt.state !== "Pending",
    errorCode: (attempt: Attempt) => attempt.errorCode,
    errorMessage: (attempt: Attempt) => attempt.errorMessage,
    nextActionUrl: (attempt: Attempt) => attempt.nextActionUrl,
    order: (attempt: Attempt, _: object, context: Context) => orderOf(context, attempt.orderId),
    paymentGroupId: () => null,
    paymentSessionId: () => null,
    respectInventoryPolicy: (attempt: Attempt) => !attempt.allowOverselling,
    subscriptionContract: (attempt: Attempt, _: object, { shop }: Context) => shop.contracts[attempt.contractId],
  },
  SubscriptionBillingAttemptInventoryError: {
    code: ({ code }: { code: string }) => code,
    insufficientStockProductVariants: ({ attempt }: { attempt: Attempt }, args: Paging, { shop }: Context) =>
      list(
        (attempt.shortVariantIds ?? []).flatMap((id) => shop.variants[id] ?? []),
        args,
      ),
  },
};
