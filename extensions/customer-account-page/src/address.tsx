import { useEffect, useState } from "preact/hooks";

import type { AddressInput, PortalAction } from "../../../app/portal/actions";
import type { Choice, PortalSubscription, RegionChoices } from "../../../app/portal/views";
import { isProblem, loadChoices } from "../../customer-account-shared/api";
import { t } from "../../customer-account-shared/text";
import { valueIn } from "./event-values";
import { ProblemBanner } from "./loading";
import type { TypedAddress } from "./use-steps";

type Field = Exclude<keyof AddressInput, "countryCode" | "provinceCode">;

const FIELDS: readonly { field: Field; required: boolean; longest: number; autocomplete: string }[] = [
  { field: "firstName", required: false, longest: 100, autocomplete: "given-name" },
  { field: "lastName", required: true, longest: 100, autocomplete: "family-name" },
  { field: "company", required: false, longest: 100, autocomplete: "organization" },
  { field: "address1", required: true, longest: 200, autocomplete: "address-line1" },
  { field: "address2", required: false, longest: 200, autocomplete: "address-line2" },
  { field: "zip", required: false, longest: 20, autocomplete: "postal-code" },
  { field: "city", required: true, longest: 100, autocomplete: "address-level2" },
  { field: "phone", required: false, longest: 30, autocomplete: "tel" },
];

const EMPTY: AddressInput = { firstName: "", lastName: "", address1: "", zip: "", city: "", countryCode: "" };

export function AddressForm(props: {
  view: PortalSubscription;
  countries: readonly Choice[];
  /** Of the country that the form begins with. */
  region: RegionChoices;
  typed: TypedAddress | undefined;
  onChosen: (action: PortalAction) => void;
}) {
  const { view, countries, region: first, typed, onChosen } = props;
  const [address, setAddress] = useState<AddressInput>({
    ...EMPTY,
    ...(typed?.address ?? view.address?.input),
    countryCode: first.country,
  });
  const region = useRegion(view.id, first, address.countryCode);
  const errors = typed?.problem.fields ?? {};
  const keep = (field: keyof AddressInput, value: string | undefined) =>
    setAddress((before) => ({ ...before, [field]: value ?? "" }));
  // Another country may have a province of the same code.
  const move = (countryCode: string | undefined) =>
    setAddress((before) => ({ ...before, provinceCode: "", countryCode: countryCode ?? "" }));
  return (
    <s-form onSubmit={() => onChosen({ kind: "address", address: withoutEmpty(address) })}>
      <s-stack gap="base">
        {typed && <ProblemBanner problem={typed.problem} />}
        <s-select
          label={t("address.country")}
          value={address.countryCode}
          required
          onChange={(event) => move(valueIn(event))}
        >
          {countries.map(({ value, label }) => (
            <s-option key={value} value={value}>
              {label}
            </s-option>
          ))}
        </s-select>
        {FIELDS.map(({ field, required, longest, autocomplete }) => (
          <s-text-field
            key={field}
            label={t(`address.${field}`)}
            value={address[field] ?? ""}
            maxLength={longest}
            required={field === "zip" ? region.zipRequired : required}
            autocomplete={autocomplete as "on"}
            {...(errors[field] ? { error: errors[field] } : {})}
            onChange={(event) => keep(field, valueIn(event))}
          />
        ))}
        {region.provinces.length > 0 && (
          <s-select
            label={t("address.provinceCode")}
            value={address.provinceCode ?? ""}
            required={region.provinceRequired}
            {...(errors.provinceCode ? { error: errors.provinceCode } : {})}
            onChange={(event) => keep("provinceCode", valueIn(event))}
          >
            <s-option value="">{t("address.noProvince")}</s-option>
            {region.provinces.map(({ value, label }) => (
              <s-option key={value} value={value}>
                {label}
              </s-option>
            ))}
          </s-select>
        )}
        <s-button type="submit" variant="primary">
          {t("next")}
        </s-button>
      </s-stack>
    </s-form>
  );
}

/** What an address in the chosen country needs; the server tells, so that no list of the world's provinces travels. */
function useRegion(id: string, first: RegionChoices, country: string): RegionChoices {
  const [known, setKnown] = useState<Readonly<Record<string, RegionChoices>>>({ [first.country]: first });
  const isKnown = country in known;
  useEffect(() => {
    if (isKnown) return;
    void loadChoices(id, "address", { country }).then((loaded) => {
      // Without an answer the server says what is missing when the form is sent.
      if (isProblem(loaded) || loaded.kind !== "address") return;
      const { region } = loaded;
      setKnown((before) => ({ ...before, [region.country]: region }));
    });
  }, [id, country, isKnown]);
  return known[country] ?? { country, zipRequired: false, provinceRequired: false, provinces: [] };
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
