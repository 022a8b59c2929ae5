import { BlockStack, Button, Card, Checkbox, InlineStack, Text } from "@shopify/polaris";
import { XIcon } from "@shopify/polaris-icons";

import { pickVariants } from "~/ui/app-bridge";
import { useT } from "~/ui/i18n";

import { MOST_SWAP_OPTIONS } from "../../settings";
import { changed, without } from "./fields";
import type { FieldsProps } from "./fields";

const USES = ["forSwap", "forAdd", "forOneOff"] as const;

/** Products that shoppers may change to or add, chosen in Shopify's own picker. */
export function SwapCard({ form, onChange }: FieldsProps) {
  const t = useT();
  const { swap } = form;
  const pick = async () => {
    const picked = await pickVariants([], MOST_SWAP_OPTIONS - swap.length);
    if (!picked) return;
    const fresh = picked.filter(({ id }) => swap.every(({ variantId }) => variantId !== id));
    onChange({
      swap: [
        ...swap,
        ...fresh.map(({ id, title }) => ({ variantId: id, title, forSwap: true, forAdd: true, forOneOff: true })),
      ],
    });
  };
  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("portalSettings.swapTitle")}
        </Text>
        <Text as="p" tone="subdued">
          {t("portalSettings.swapHelp")}
        </Text>
        {swap.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("portalSettings.swapNone")}
          </Text>
        ) : (
          <ul className="pn-list pn-list--lined">
            {swap.map((option, index) => (
              <li key={option.variantId}>
                <div className="pn-row">
                  <div className="pn-text">{option.title}</div>
                  <Button
                    icon={XIcon}
                    variant="tertiary"
                    accessibilityLabel={t("portalSettings.swapRemove", { product: option.title })}
                    onClick={() => {
                      onChange({ swap: without(swap, index) });
                    }}
                  />
                </div>
                <div role="group" aria-label={t("portalSettings.swapFor", { product: option.title })}>
                  <InlineStack gap="400">
                    {USES.map((use) => (
                      <Checkbox
                        key={use}
                        label={t(`portalSettings.${use}`)}
                        checked={option[use]}
                        onChange={(on) => {
                          onChange({ swap: changed(swap, index, { [use]: on }) });
                        }}
                      />
                    ))}
                  </InlineStack>
                </div>
              </li>
            ))}
          </ul>
        )}
        {swap.length < MOST_SWAP_OPTIONS ? (
          <div>
            <Button onClick={() => void pick()}>{t("portalSettings.swapAdd")}</Button>
          </div>
        ) : null}
      </BlockStack>
    </Card>
  );
}
