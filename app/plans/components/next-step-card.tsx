import { BlockStack, Button, Card, Text } from "@shopify/polaris";
import { useEffect, useState } from "react";

import { isWidgetPlaced } from "~/ui/app-bridge";
import { useFrame, useT } from "~/ui/i18n";
import { themeEditorUrl } from "~/ui/shopify-links";

import type { NextStep } from "../next-step";
import { numericId } from "../plan";

/** The one thing to do next. */
export function NextStepCard({ step }: { step: NextStep }) {
  const t = useT();
  const { shop, apiKey } = useFrame();
  const placed = useWidgetPlaced(step.step === "PLACE_WIDGET");
  switch (step.step) {
    case "LOOK_AT_PAYMENTS":
      return (
        <Step
          title={t("home.paymentsTitle", { count: step.count })}
          text={t("home.payments")}
          button={t("home.paymentsButton")}
          url="/app/contracts?status=attention"
        />
      );
    case "OFFER_MORE":
      return (
        <Step
          title={t("home.moreTitle")}
          text={t("home.more", { plan: step.plan.name, count: step.plan.productCount })}
          button={t("home.moreButton")}
          url={`/app/plans/${numericId(step.plan.id)}`}
        />
      );
    case "CREATE_PLAN":
      return (
        <Step
          title={t("home.createTitle")}
          text={t("home.create")}
          button={t("home.createButton")}
          url="/app/plans/new"
        />
      );
    case "ATTACH_PRODUCTS":
      return (
        <Step
          title={t("home.attachTitle", { plan: step.plan.name })}
          text={t("home.attach")}
          button={t("home.attachButton")}
          url={`/app/plans/${numericId(step.plan.id)}`}
        />
      );
    case "PLACE_WIDGET":
      return placed ? (
        <Step title={t("home.readyTitle")} text={t("home.ready")} button={t("home.readyButton")} url="/app/plans" />
      ) : (
        <Step
          title={t("home.widgetTitle")}
          text={t("home.widget")}
          button={t("home.widgetButton")}
          url={themeEditorUrl(shop.domain, apiKey)}
          outside
        />
      );
  }
}

function useWidgetPlaced(asked: boolean): boolean | null {
  const [placed, setPlaced] = useState<boolean | null>(null);
  useEffect(() => {
    if (!asked) return;
    let left = false;
    void isWidgetPlaced().then((answer) => {
      if (!left) setPlaced(answer);
    });
    return () => {
      left = true;
    };
  }, [asked]);
  return placed;
}

interface StepProps {
  title: string;
  text: string;
  button: string;
  url: string;
  /** Leads out of our frame. */
  outside?: boolean;
}

function Step({ title, text, button, url, outside = false }: StepProps) {
  const t = useT();
  return (
    <Card>
      <BlockStack gap="300" inlineAlign="start">
        <Text as="p" tone="subdued" variant="bodySm">
          {t("home.stepTitle")}
        </Text>
        <Text as="h2" variant="headingMd">
          {title}
        </Text>
        <Text as="p">{text}</Text>
        <Button variant="primary" url={url} {...(outside ? { target: "_top" } : {})}>
          {button}
        </Button>
      </BlockStack>
    </Card>
  );
}
