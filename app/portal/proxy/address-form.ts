import { html } from "~/lib/html";
import type { Html } from "~/lib/html";

import type { AddressInput } from "../actions";
import type { Choices } from "../views";
import { PROVINCES_OF } from "./action-input";
import type { AddressField } from "./action-input";
import { input, select } from "./fields";
import type { InputOptions } from "./fields";
import { said } from "./form-facts";
import type { FormFacts } from "./form-facts";
import type { Frame } from "./frame";

/** What is typed into the address is no longer than what Shopify keeps. */
const LONGEST = { firstName: 100, lastName: 100, company: 100, address1: 200, address2: 200, zip: 20, city: 100 };

/** An address as it is written in the country that is chosen; for another one the form comes back, with what was typed. */
export function addressFields(
  frame: Frame,
  facts: FormFacts,
  { countries, region }: Extract<Choices, { kind: "address" }>,
): Html {
  const { t } = frame;
  const now: Partial<AddressInput> = facts.subscription.address?.input ?? {};
  const text = (name: Exclude<AddressField, "countryCode">, autocomplete: string, options: InputOptions = {}) => {
    const longest = name in LONGEST ? LONGEST[name as keyof typeof LONGEST] : undefined;
    return input(
      { name, label: t(`form.address.${name}`), ...said(frame, facts, name, now[name]) },
      { autocomplete, ...(longest ? { maxLength: longest } : {}), ...options },
    );
  };
  return html`<div class="perennial-pair">
      ${text("firstName", "given-name")} ${text("lastName", "family-name", { required: true })}
    </div>
    ${text("company", "organization")} ${text("address1", "address-line1", { required: true })}
    ${text("address2", "address-line2")}
    <div class="perennial-pair">
      ${text("zip", "postal-code", { short: true })} ${text("city", "address-level2", { required: true })}
    </div>
    ${provinceField(frame, facts, region)}
    ${select(
      {
        name: "countryCode",
        label: t("form.address.country"),
        hint: t("form.address.countryHint"),
        ...said(frame, facts, "countryCode"),
        value: region.country,
      },
      countries.map(({ value, label }) => ({ value, label })),
      { autocomplete: "country" },
    )}
    ${text("phone", "tel", { type: "tel", maxLength: 30 })}`;
}

/** Not required by the browser: another country may be chosen, which has none of these. */
function provinceField(
  frame: Frame,
  facts: FormFacts,
  { country, provinces }: Extract<Choices, { kind: "address" }>["region"],
): Html | null {
  if (provinces.length === 0) return null;
  const { t } = frame;
  const current = provinces.find((choice) => choice.current)?.value;
  const typed = facts.typed?.[PROVINCES_OF] === country ? facts.typed.provinceCode : undefined;
  return html`<input type="hidden" name="${PROVINCES_OF}" value="${country}" /> ${select(
      {
        name: "provinceCode",
        label: t("form.address.provinceCode"),
        ...said(frame, facts, "provinceCode"),
        value: typed ?? current ?? "",
      },
      [{ value: "", label: t("form.address.noProvince") }, ...provinces.map(({ value, label }) => ({ value, label }))],
      { autocomplete: "address-level1" },
    )}`;
}
