import { useState } from "preact/hooks";

import type { PortalAction } from "../../../app/portal/actions";
import type { MethodChoice } from "../../../app/portal/views";
import { t } from "../../customer-account-shared/text";
import { choiceIn, valueIn } from "./event-values";
import { ProblemBanner } from "./loading";
import type { TypedMethod } from "./use-steps";

/** Ways of delivery; the one that the shop drives itself asks for a phone number. */
export function Methods(props: {
  methods: readonly MethodChoice[];
  typed: TypedMethod | undefined;
  onChosen: (action: PortalAction) => void;
}) {
  const { methods, typed, onChosen } = props;
  const [code, setCode] = useState(typed?.method.code ?? methods.find(({ current }) => current)?.value ?? "");
  const [phone, setPhone] = useState<string | null>(typed?.method.phone ?? null);
  if (methods.length === 0) return <s-paragraph>{t("nothingToChoose")}</s-paragraph>;
  const asked = methods.find(({ value }) => value === code)?.phone ?? null;
  const number = phone ?? asked?.value ?? "";
  const error = typed?.problem.fields?.phone;
  const send = () =>
    code !== "" && onChosen({ kind: "delivery-method", code, ...(asked && number !== "" ? { phone: number } : {}) });
  return (
    <s-form onSubmit={send}>
      <s-stack gap="base">
        {typed && <ProblemBanner problem={typed.problem} />}
        <s-choice-list
          label={t("field.deliveryMethod")}
          values={code === "" ? [] : [code]}
          onChange={(event) => setCode(choiceIn(event))}
        >
          {methods.map(({ value, label, detail }) => (
            <s-choice key={value} value={value}>
              {label}
              {detail !== null && <s-text slot="details">{detail}</s-text>}
            </s-choice>
          ))}
        </s-choice-list>
        {asked && (
          <s-text-field
            label={`${t("field.phone")} (${t("field.phoneHint")})`}
            value={number}
            maxLength={30}
            required={asked.required}
            autocomplete={"tel" as "on"}
            {...(error ? { error } : {})}
            onChange={(event) => setPhone(valueIn(event))}
          />
        )}
        <s-button type="submit" variant="primary">
          {t("next")}
        </s-button>
      </s-stack>
    </s-form>
  );
}
