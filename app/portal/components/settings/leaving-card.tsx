import { BlockStack, Button, Card, FormLayout, Select, Text, TextField } from "@shopify/polaris";

import { asSentence } from "~/lib/format";
import { useFrame, useT } from "~/ui/i18n";

import { MOST_OWN_REASONS, OFFERS, USUAL_REASONS } from "../../leaving";
import { newOffer } from "../../portal-form";
import type { OfferForm } from "../../portal-form";
import { changed, useProblemText, without } from "./fields";
import type { FieldsProps } from "./fields";

/** What happens when somebody cancels: reasons, and the offers that fit them. */
export function LeavingCard(props: FieldsProps) {
  const t = useT();
  return (
    <Card>
      <BlockStack gap="500">
        <BlockStack gap="200">
          <Text as="h2" variant="headingMd">
            {t("portalSettings.leavingTitle")}
          </Text>
          <Text as="p" tone="subdued">
            {t("portalSettings.leavingHelp")}
          </Text>
        </BlockStack>
        <Offers {...props} />
        <Reasons {...props} />
      </BlockStack>
    </Card>
  );
}

function Offers({ form, problems, onChange }: FieldsProps) {
  const t = useT();
  const { locale } = useFrame();
  const { offers, reasons, swap } = form;
  const reasonOptions = [
    ...USUAL_REASONS.map((value) => ({ value, label: asSentence(t(`leaving.reason_${value}`)) })),
    ...reasons.map(({ key, ...texts }) => ({ value: key, label: texts[locale] || key })),
  ];
  const variants = swap
    .filter(({ forSwap }) => forSwap)
    .map(({ variantId, title }) => ({ value: variantId, label: title }));
  return (
    <BlockStack gap="300">
      <Text as="h3" variant="headingSm">
        {t("portalSettings.offersTitle")}
      </Text>
      {offers.length === 0 ? (
        <Text as="p" tone="subdued">
          {t("portalSettings.offersNone")}
        </Text>
      ) : (
        <ul className="pn-list pn-list--lined">
          {offers.map((offer, index) => (
            <li key={index}>
              <FormLayout>
                <FormLayout.Group>
                  <Select
                    label={t("portalSettings.offerReason")}
                    options={reasonOptions}
                    value={offer.reason}
                    onChange={(reason) => {
                      onChange({ offers: changed(offers, index, { reason }) });
                    }}
                  />
                  <Select
                    label={t("portalSettings.offerKind")}
                    options={OFFERS.map((value) => ({ value, label: asSentence(t(`leaving.offer_${value}`)) }))}
                    value={offer.offer}
                    onChange={(value) => {
                      const kind = OFFERS.find((each) => each === value);
                      if (kind) onChange({ offers: changed(offers, index, { offer: kind }) });
                    }}
                  />
                  <Details
                    offer={offer}
                    index={index}
                    problems={problems}
                    variants={variants}
                    onChange={(changes) => {
                      onChange({ offers: changed(offers, index, changes) });
                    }}
                  />
                </FormLayout.Group>
                <Button
                  variant="tertiary"
                  tone="critical"
                  onClick={() => {
                    onChange({ offers: without(offers, index) });
                  }}
                >
                  {t("portalSettings.offerRemove")}
                </Button>
              </FormLayout>
            </li>
          ))}
        </ul>
      )}
      <div>
        <Button
          onClick={() => {
            onChange({ offers: [...offers, newOffer()] });
          }}
        >
          {t("portalSettings.offerAdd")}
        </Button>
      </div>
    </BlockStack>
  );
}

interface DetailsProps {
  offer: OfferForm;
  index: number;
  problems: FieldsProps["problems"];
  variants: { value: string; label: string }[];
  onChange: (changes: Partial<OfferForm>) => void;
}

/** What belongs to this kind of offer alone. */
function Details({ offer, index, problems, variants, onChange }: DetailsProps) {
  const t = useT();
  const problemText = useProblemText(problems);
  const number = (name: "months" | "percent" | "orders", label: string) => (
    <TextField
      label={label}
      inputMode="numeric"
      autoComplete="off"
      value={offer[name]}
      error={problemText(`offers.${index}.${name}`)}
      onChange={(value) => {
        onChange({ [name]: value });
      }}
    />
  );
  switch (offer.offer) {
    case "PAUSE":
      return number("months", t("portalSettings.offerMonths"));
    case "DISCOUNT":
      return (
        <>
          {number("percent", t("portalSettings.offerPercent"))}
          {number("orders", t("portalSettings.offerOrders"))}
        </>
      );
    case "SWAP":
      return (
        <Select
          label={t("portalSettings.offerVariant")}
          placeholder={variants.length === 0 ? t("portalSettings.offerVariantNone") : t("portalSettings.swapAdd")}
          options={variants}
          value={offer.variantId}
          error={problemText(`offers.${index}.variantId`)}
          onChange={(variantId) => {
            onChange({ variantId });
          }}
        />
      );
    default:
      return null;
  }
}

/** A key that no reason has had: figures of one that is gone are not taken over. */
const freshKey = (): string => `own-${crypto.randomUUID()}`;

function Reasons({ form, problems, onChange }: FieldsProps) {
  const t = useT();
  const problemText = useProblemText(problems);
  const { reasons, offers } = form;
  return (
    <BlockStack gap="300">
      <Text as="h3" variant="headingSm">
        {t("portalSettings.reasonsTitle")}
      </Text>
      <Text as="p" tone="subdued">
        {t("portalSettings.reasonsHelp")}
      </Text>
      {reasons.map(({ key, en, nb }, index) => (
        <FormLayout key={key}>
          <FormLayout.Group>
            <TextField
              label={t("portalSettings.reasonEn")}
              autoComplete="off"
              value={en}
              error={problemText(`reasons.${index}.en`)}
              onChange={(value) => {
                onChange({ reasons: changed(reasons, index, { en: value }) });
              }}
            />
            <TextField
              label={t("portalSettings.reasonNb")}
              autoComplete="off"
              value={nb}
              error={problemText(`reasons.${index}.nb`)}
              onChange={(value) => {
                onChange({ reasons: changed(reasons, index, { nb: value }) });
              }}
            />
          </FormLayout.Group>
          <Button
            variant="tertiary"
            tone="critical"
            onClick={() => {
              // Offers for a reason that nobody can give any more go with it.
              onChange({ reasons: without(reasons, index), offers: offers.filter(({ reason }) => reason !== key) });
            }}
          >
            {t("portalSettings.reasonRemove", { name: en || nb || String(index + 1) })}
          </Button>
        </FormLayout>
      ))}
      {reasons.length < MOST_OWN_REASONS ? (
        <div>
          <Button
            onClick={() => {
              onChange({ reasons: [...reasons, { key: freshKey(), en: "", nb: "" }] });
            }}
          >
            {t("portalSettings.reasonAdd")}
          </Button>
        </div>
      ) : null}
    </BlockStack>
  );
}
