import { BlockStack, Card, Link, Text } from "@shopify/polaris";

import { useT } from "~/ui/i18n";

import { contractUrl } from "../list-filter";
import type { HomeFigures } from "../views";
import { ContractBadges } from "./status-badges";

/** The subscriptions that a person should look at, newest first. */
export function AttentionCard({ attention }: { attention: HomeFigures["attention"] }) {
  const t = useT();
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingSm">
          {t("home.attentionTitle")}
        </Text>
        {attention.contracts.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("home.attentionNone")}
          </Text>
        ) : (
          <>
            <ul className="pn-list pn-list--lined">
              {attention.contracts.map((contract) => (
                <li className="pn-attention" key={contract.id}>
                  <div className="pn-text">
                    <Link url={contractUrl(contract)}>
                      {contract.customerName ??
                        contract.customerEmail ??
                        t("contracts.number", { number: contract.number })}
                    </Link>
                    <Text as="p" tone="subdued" variant="bodySm">
                      {contract.lines.map(({ title }) => title).join(", ")}
                    </Text>
                  </div>
                  <ContractBadges status={contract.status} attention={contract.attention} />
                </li>
              ))}
            </ul>
            <Link url="/app/contracts?status=attention">{t("home.attentionMore")}</Link>
          </>
        )}
      </BlockStack>
    </Card>
  );
}
