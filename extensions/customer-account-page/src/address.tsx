import { useState } from "preact/hooks";

import type { AddressInput, PortalAction } from "../../../app/portal/actions";
import type { Choice } from "../../../app/portal/views";
import { t } from "../../customer-account-shared/text";
import { valueIn } from "./event-values";

type Field = Exclude<keyof AddressInput, "countryCode">;

const FIELDS: readonly { field: Field; required: boolean; longest: number; autocomplete: string }[] = [
  { field: "firstName", required: false, longest: 100, autocomplete: "given-name" },
  { field: "lastName", required: true, longest: 100, autocomplete: "family-name" },
  { field: "company", required: false, longest: 100, autocomplete: "organization" },
  { field: "address1", required: true, longest: 200, autocomplete: "address-line1" },
  { field: "address2", required: false, longest: 200, autocomplete: "address-line2" },
  { field: "zip", required: true, longest: 20, autocomplete: "postal-code" },
  { field: "city", required: true, longest: 100, autocomplete: "address-level2" },
  { field: "provinceCode", required: false, longest: 10, autocomplete: "address-level1" },
  { field: "phone", required: false, longest: 30, autocomplete: "tel" },
];

const EMPTY: AddressInput = { firstName: "", lastName: "", address1: "", zip: "", city: "", countryCode: "" };

export function AddressForm(props: {
  countries: readonly Choice[];
  input: AddressInput | null;
  onChosen: (action: PortalAction) => void;
}) {
  const { countries, input, onChosen } = props;
  const [address, setAddress] = useState<AddressInput>({
    ...EMPTY,
    countryCode: countries.find(({ current }) => current)?.value ?? countries[0]?.value ?? "",
    ...input,
  });
  const keep = (field: keyof AddressInput, value: string | undefined) =>
    setAddress((before) => ({ ...before, [field]: value ?? "" }));
  return (
    <s-form onSubmit={() => onChosen({ kind: "address", address: withoutEmpty(address) })}>
      <s-stack gap="base">
        {FIELDS.filter(({ field }) => field !== "provinceCode" || input?.provinceCode).map(
          ({ field, required, longest, autocomplete }) => (
            <s-text-field
              key={field}
              label={t(`address.${field}`)}
              value={address[field] ?? ""}
              maxLength={longest}
              required={required}
              autocomplete={autocomplete as "on"}
              onChange={(event) => keep(field, valueIn(event))}
            />
          ),
        )}
        <s-select
          label={t("address.country")}
          value={address.countryCode}
          required
          onChange={(event) => keep("countryCode", valueIn(event))}
        >
          {countries.map(({ value, label }) => (
            <s-option key={value} value={value}>
              {label}
            </s-option>
          ))}
        </s-select>
        <s-button type="submit" variant="primary">
          {t("next")}
        </s-button>
      </s-stack>
    </s-form>
  );
}

/** What may be missing is left out when it is empty. */
function withoutEmpty({ company, address2, provinceCode, phone, ...rest }: AddressInput): AddressInput {
  return {
    ...rest,
    ...(company ? { company } : {}),
    ...(address2 ? { address2 } : {}),
    ...(provinceCode ? { provinceCode } : {}),
    ...(phone ? { phone } : {}),
  };
}
