import { notServed } from "../errors";
import type { Fields } from "../context";

/** Resolvers for fields that the source carries under their own names. A source without the key is NOT_SERVED, never null. */
export function own(type: string, ...names: string[]): Fields {
  return Object.fromEntries(
    names.map((name) => [
      name,
      (source: object) => {
        if (!Object.hasOwn(source, name)) throw notServed(`${type}.${name}`);
        return Reflect.get(source, name) as unknown;
      },
    ]),
  );
}

/** Types whose objects are made for the answer, each with the fields that they carry. */
const MADE: Record<string, string> = {
  AccessScope: "handle description",
  Attribute: "key value",
  BillingAttemptUserError: "field message code",
  Count: "count precision",
  CustomerEmailAddress: "emailAddress validFormat marketingState",
  CustomerPaymentMethodSendUpdateEmailPayload: "customer userErrors",
  CustomerPhoneNumber: "phoneNumber",
  Domain: "id host url sslEnabled localization",
  DomainLocalization: "alternateLocales country defaultLocale",
  Image: "altText url height width id",
  InventoryItem: "id tracked sku requiresShipping",
  LineItemSellingPlan: "name sellingPlanId",
  MediaImage: "id alt image preview mediaContentType status",
  MediaPreviewImage: "image status",
  MoneyBag: "shopMoney presentmentMoney",
  MoneyV2: "amount currencyCode",
  OrderApp: "id name",
  PageInfo: "hasNextPage hasPreviousPage startCursor endCursor",
  ProductJoinSellingPlanGroupsPayload: "product userErrors",
  ProductLeaveSellingPlanGroupsPayload: "product userErrors",
  ProductOption: "id name position values",
  ProductPriceRangeV2: "minVariantPrice maxVariantPrice",
  ProductVariantJoinSellingPlanGroupsPayload: "productVariant userErrors",
  ProductVariantLeaveSellingPlanGroupsPayload: "productVariant userErrors",
  SelectedOption: "name value",
  SellingPlanAnchor: "type day month cutoffDay",
  SellingPlanFixedPricingPolicy: "adjustmentType adjustmentValue createdAt",
  SellingPlanGroupAddProductVariantsPayload: "sellingPlanGroup userErrors",
  SellingPlanGroupAddProductsPayload: "sellingPlanGroup userErrors",
  SellingPlanGroupCreatePayload: "sellingPlanGroup userErrors",
  SellingPlanGroupDeletePayload: "deletedSellingPlanGroupId userErrors",
  SellingPlanGroupRemoveProductVariantsPayload: "removedProductVariantIds userErrors",
  SellingPlanGroupRemoveProductsPayload: "removedProductIds userErrors",
  SellingPlanGroupUpdatePayload: "sellingPlanGroup deletedSellingPlanIds userErrors",
  SellingPlanGroupUserError: "field message code",
  SellingPlanInventoryPolicy: "reserve",
  SellingPlanPricingPolicyPercentageValue: "percentage",
  SellingPlanRecurringBillingPolicy: "interval intervalCount anchors minCycles maxCycles createdAt",
  SellingPlanRecurringDeliveryPolicy: "interval intervalCount anchors cutoff intent preAnchorBehavior createdAt",
  SellingPlanRecurringPricingPolicy: "adjustmentType adjustmentValue afterCycle createdAt",
  ShippingLine: "id title code originalPriceSet discountedPriceSet currentDiscountedPriceSet",
  ShopAddress:
    "id address1 address2 city company country countryCode countryCodeV2 phone province provinceCode zip formatted",
  ShopPlan: "publicDisplayName displayName partnerDevelopment shopifyPlus",
  SubscriptionBillingAttemptActionRequiredState: "action",
  SubscriptionBillingAttemptCreatePayload: "subscriptionBillingAttempt userErrors",
  SubscriptionBillingAttemptFailedState: "error",
  SubscriptionBillingAttemptGeneralError: "code",
  SubscriptionBillingAttemptPaymentChallenge: "nextActionUrl status",
  SubscriptionBillingAttemptPaymentError: "code",
  SubscriptionBillingAttemptPendingState: "processing",
  SubscriptionBillingAttemptSuccessState: "order",
  SubscriptionBillingAttemptUnexpectedError: "message",
  SubscriptionBillingCycleScheduleEditPayload: "billingCycle userErrors",
  SubscriptionBillingCycleSkipPayload: "billingCycle userErrors",
  SubscriptionBillingCycleSkipUserError: "field message code",
  SubscriptionBillingCycleUnskipPayload: "billingCycle userErrors",
  SubscriptionBillingCycleUnskipUserError: "field message code",
  SubscriptionBillingCycleUserError: "field message code",
  SubscriptionBillingPolicy: "interval intervalCount anchors minCycles maxCycles",
  SubscriptionContractActivatePayload: "contract userErrors",
  SubscriptionContractCancelPayload: "contract userErrors",
  SubscriptionContractExpirePayload: "contract userErrors",
  SubscriptionContractFailPayload: "contract userErrors",
  SubscriptionContractPausePayload: "contract userErrors",
  SubscriptionContractSetNextBillingDatePayload: "contract userErrors",
  SubscriptionContractStatusUpdateUserError: "field message code",
  SubscriptionContractUserError: "field message code",
  SubscriptionCyclePriceAdjustment: "adjustmentType adjustmentValue afterCycle computedPrice",
  SubscriptionDeliveryMethodShipping: "address shippingOption",
  SubscriptionDeliveryMethodShippingOption: "code title presentmentTitle description",
  SubscriptionDeliveryPolicy: "interval intervalCount anchors",
  SubscriptionPricingPolicy: "basePrice cycleDiscounts",
  TaxLine: "title rate ratePercentage priceSet",
  UserError: "field message",
};

export const madeTypes: Record<string, Fields> = Object.fromEntries(
  Object.entries(MADE).map(([type, names]) => [type, own(type, ...names.split(" "))]),
);
