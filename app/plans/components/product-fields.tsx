import { BlockStack, Button, Card, InlineError, InlineStack, Text, Thumbnail } from "@shopify/polaris";
import { ImageIcon, XIcon } from "@shopify/polaris-icons";

import { pickProducts } from "~/ui/app-bridge";
import { useT } from "~/ui/i18n";

import { MAX_PRODUCTS } from "../plan";
import type { PlanProblem } from "../plan";
import { problemAt } from "./plan-form-state";
import type { FormProduct } from "./plan-form-state";
import { useProblemText } from "./use-problem-text";

interface ProductFieldsProps {
  products: FormProduct[];
  problems: PlanProblem[];
  onChange: (products: FormProduct[]) => void;
}

/** The products that offer the plan, chosen in Shopify's own picker. */
export function ProductFields({ products, problems, onChange }: ProductFieldsProps) {
  const t = useT();
  const problemText = useProblemText();
  const problem = problemAt(problems, "products");
  const pick = async () => {
    const picked = await pickProducts(
      products.map(({ id }) => id),
      MAX_PRODUCTS,
    );
    if (picked) onChange(picked);
  };

  return (
    <Card>
      <BlockStack gap="300">
        <Text as="h2" variant="headingMd">
          {t("plans.productsTitle")}
        </Text>
        {products.length === 0 ? (
          <Text as="p" tone="subdued">
            {t("plans.productsNone")}
          </Text>
        ) : (
          <ul className="pn-list">
            {products.map((product) => (
              <li className="pn-row" key={product.id}>
                <InlineStack gap="300" blockAlign="center" wrap={false}>
                  <Thumbnail source={product.imageUrl ?? ImageIcon} alt="" size="small" />
                  <div className="pn-text">{product.title}</div>
                </InlineStack>
                <Button
                  icon={XIcon}
                  variant="tertiary"
                  accessibilityLabel={t("plans.productRemove", { product: product.title })}
                  onClick={() => {
                    onChange(products.filter(({ id }) => id !== product.id));
                  }}
                />
              </li>
            ))}
          </ul>
        )}
        {problem ? <InlineError message={problemText(problem) ?? ""} fieldID="products" /> : null}
        <div>
          <Button onClick={() => void pick()}>
            {products.length === 0 ? t("plans.productsSelect") : t("plans.productsChange")}
          </Button>
        </div>
      </BlockStack>
    </Card>
  );
}
