import { BlockStack, Link, Text } from "@shopify/polaris";

import { useFormat, useT } from "~/ui/i18n";
import type { Format } from "~/ui/i18n";
import { customerUrl, orderUrl } from "~/ui/shopify-links";

import type { AddressView, ContractView } from "../views";
import { SideCard } from "./side-card";

/** Who, how it is paid, where it goes and where it came from: beside the subscription itself. */
export function SideCards({ contract }: { contract: ContractView }) {
  const t = useT();
  const format = useFormat();
  const { customer, paymentMethodLabel, shippingAddress, originOrder } = contract;
  const { pickup, localDelivery, deliveryMethodTitle } = contract;
  const goesTo = pickup ?? shippingAddress;
  return (
    <BlockStack gap="400">
      <SideCard title={t("contracts.customerTitle")}>
        {customer ? (
          <>
            {customer.name ? <Text as="p">{customer.name}</Text> : null}
            {customer.email ? <Text as="p">{customer.email}</Text> : null}
            <Link url={customerUrl(customer.shopifyId)} target="_top">
              {t("contracts.customerOpen")}
            </Link>
          </>
        ) : (
          <Text as="p" tone="subdued">
            {t("contracts.noCustomer")}
          </Text>
        )}
      </SideCard>
      <SideCard title={t("contracts.paymentTitle")}>
        <Text as="p">{paymentMethodLabel ?? t("contracts.paymentNone")}</Text>
      </SideCard>
      <SideCard title={t(pickup ? "contracts.pickupTitle" : "contracts.addressTitle")}>
        {goesTo ? (
          addressLines(goesTo, format).map((line) => (
            <Text as="p" key={line}>
              {line}
            </Text>
          ))
        ) : (
          <Text as="p" tone="subdued">
            {t("contracts.addressNone")}
          </Text>
        )}
        {deliveryMethodTitle && deliveryMethodTitle !== pickup?.name ? (
          <Text as="p" tone="subdued">
            {deliveryMethodTitle}
          </Text>
        ) : null}
        {localDelivery?.phone ? (
          <Text as="p">{t("contracts.localDeliveryPhone", { phone: localDelivery.phone })}</Text>
        ) : null}
        {localDelivery?.instructions ? <Text as="p">{localDelivery.instructions}</Text> : null}
      </SideCard>
      <SideCard title={t("contracts.detailsTitle")}>
        <Text as="p">{t("contracts.number", { number: contract.number })}</Text>
        <Text as="p">{t("contracts.started", { date: format.date(contract.createdAt) })}</Text>
        {originOrder ? (
          <Text as="p">
            {t("contracts.originOrder")}:{" "}
            <Link url={orderUrl(originOrder.id)} target="_top">
              {originOrder.name ?? originOrder.id.slice(originOrder.id.lastIndexOf("/") + 1)}
            </Link>
          </Text>
        ) : null}
      </SideCard>
    </BlockStack>
  );
}

const addressLines = ({ name, lines, countryCode }: AddressView, format: Format): string[] => [
  ...(name ? [name] : []),
  ...lines,
  ...(countryCode ? [format.country(countryCode)] : []),
];
