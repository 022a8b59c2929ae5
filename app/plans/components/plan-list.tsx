import { Badge, BlockStack, Card, InlineStack, Link, Pagination, Text } from "@shopify/polaris";
import { useNavigate } from "@remix-run/react";

import { asSentence } from "~/lib/format";
import { useFormat, useT } from "~/ui/i18n";

import { numericId } from "../plan";
import type { Plan } from "../plan-group";

/** The plans, newest first: what customers can choose and how many products offer it. */
export function PlanList({ plans, after }: { plans: Plan[]; after: string | null }) {
  const t = useT();
  const navigate = useNavigate();
  return (
    <BlockStack gap="400">
      <Card>
        <ul className="pn-list pn-list--lined">
          {plans.map((plan) => (
            <li key={plan.id}>
              <PlanRow plan={plan} />
            </li>
          ))}
        </ul>
      </Card>
      {after ? (
        <InlineStack align="center">
          <Pagination
            hasNext
            nextTooltip={t("common.nextPage")}
            onNext={() => {
              navigate(`/app/plans?after=${encodeURIComponent(after)}`);
            }}
          />
        </InlineStack>
      ) : null}
    </BlockStack>
  );
}

function PlanRow({ plan }: { plan: Plan }) {
  const t = useT();
  const format = useFormat();
  const { discountPercentage, productCount } = plan;
  return (
    <div className="pn-row">
      <div className="pn-text">
        <BlockStack gap="100">
          <Text as="h2" variant="headingSm">
            <Link url={`/app/plans/${numericId(plan.id)}`} removeUnderline>
              {plan.name}
            </Link>
          </Text>
          <Text as="p" tone="subdued">
            {asSentence(
              format.list(
                plan.frequencies.map(({ interval, intervalCount }) => format.interval(interval, intervalCount)),
              ),
            )}
          </Text>
        </BlockStack>
      </div>
      <BlockStack gap="100" inlineAlign="end">
        <Badge tone={discountPercentage ? "success" : undefined}>
          {discountPercentage === null
            ? t("plans.mixedDiscount")
            : discountPercentage === 0
              ? t("plans.noDiscount")
              : t("plans.discountOff", { percentage: format.percentage(discountPercentage) })}
        </Badge>
        <Text as="span" tone={productCount === 0 ? "caution" : "subdued"}>
          {t("plans.products", { count: productCount })}
        </Text>
      </BlockStack>
    </div>
  );
}
