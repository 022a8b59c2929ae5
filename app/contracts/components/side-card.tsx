import { BlockStack, Card, Text } from "@shopify/polaris";
import type { ReactNode } from "react";

/** One of the small cards beside a subscription. */
export function SideCard({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card>
      <BlockStack gap="200">
        <Text as="h2" variant="headingSm">
          {title}
        </Text>
        <div className="pn-text">
          <BlockStack gap="100">{children}</BlockStack>
        </div>
      </BlockStack>
    </Card>
  );
}
