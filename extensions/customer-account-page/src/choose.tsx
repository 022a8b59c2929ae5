import { useEffect, useState } from "preact/hooks";

import { type PortalAction, type Problem } from "../../../app/portal/actions";
import type { Choice, Choices, PortalSubscription, VariantChoice } from "../../../app/portal/views";
import { isProblem, loadChoices } from "../../customer-account-shared/api";
import { t } from "../../customer-account-shared/text";
import { AddressForm } from "./address";
import { choiceIn, valueIn } from "./event-values";
import { ProblemBanner } from "./loading";
import { Methods } from "./methods";
import type { Chosen, TypedAddress, TypedMethod } from "./use-steps";

/** As many as anybody means; the server refuses more. */
const LARGEST_QUANTITY = 99;

export const chooseHeading = (chosen: Chosen): string =>
  "cycle" in chosen ? t("choose.move", { date: chosen.cycle.dateText }) : t(`choose.${chosen.kind}`);

interface Props {
  view: PortalSubscription;
  chosen: Chosen;
  typed?: TypedAddress | TypedMethod | undefined;
  onChosen: (action: PortalAction) => void;
}

/** What has to be chosen for an action. What it does is shown next, so nothing is reckoned here. */
export function Choose({ view, chosen, typed, onChosen }: Props) {
  switch (chosen.kind) {
    case "move":
      return <Move chosen={chosen} onChosen={onChosen} />;
    case "pause":
      return <Pause onChosen={onChosen} />;
    case "quantity":
      return <Quantity chosen={chosen} onChosen={onChosen} />;
    case "discount-code":
      return <Code onChosen={onChosen} />;
    case "frequency":
    case "swap":
    case "preferences":
    case "add-line":
    case "add-one-off":
    case "address":
    case "delivery-method":
      return <Listed view={view} chosen={chosen} typed={typed} onChosen={onChosen} />;
  }
}

const Next = () => (
  <s-button type="submit" variant="primary">
    {t("next")}
  </s-button>
);

function Move({ chosen, onChosen }: { chosen: Extract<Chosen, { kind: "move" }>; onChosen: Props["onChosen"] }) {
  const { cycle } = chosen;
  const [day, setDay] = useState(cycle.day);
  const { from, to } = cycle.movable ?? { from: cycle.day, to: cycle.day };
  return (
    <s-form onSubmit={() => onChosen({ kind: "move", cycle: cycle.cycleIndex, day })}>
      <s-stack gap="base">
        <s-date-field
          label={t("field.day")}
          value={day}
          allow={`${from}--${to}`}
          required
          onChange={(event) => setDay(valueIn(event))}
        />
        <Next />
      </s-stack>
    </s-form>
  );
}

type Until = "day" | "open";

function Pause({ onChosen }: Pick<Props, "onChosen">) {
  const [until, setUntil] = useState<Until>("day");
  const [day, setDay] = useState("");
  return (
    <s-form onSubmit={() => onChosen({ kind: "pause", until: until === "day" ? day : null })}>
      <s-stack gap="base">
        <s-choice-list
          label={t("field.howLong")}
          values={[until]}
          onChange={(event) => setUntil(choiceIn(event) === "open" ? "open" : "day")}
        >
          <s-choice value="day">{t("field.untilDay")}</s-choice>
          <s-choice value="open">{t("field.untilResumed")}</s-choice>
        </s-choice-list>
        {until === "day" && (
          <s-date-field
            label={t("field.pausedUntil")}
            value={day}
            required
            onChange={(event) => setDay(valueIn(event))}
          />
        )}
        <Next />
      </s-stack>
    </s-form>
  );
}

const wholeNumber = (value: string | undefined): number =>
  Math.min(LARGEST_QUANTITY, Math.max(1, Math.round(Number(value)) || 1));

const QuantityField = ({ value, onChange }: { value: number; onChange: (value: number) => void }) => (
  <s-number-field
    label={t("field.quantity")}
    min={1}
    max={LARGEST_QUANTITY}
    step={1}
    value={String(value)}
    required
    onChange={(event) => onChange(wholeNumber(valueIn(event)))}
  />
);

function Quantity({ chosen, onChosen }: { chosen: Extract<Chosen, { line: unknown }>; onChosen: Props["onChosen"] }) {
  const { line } = chosen;
  const [quantity, setQuantity] = useState(line.quantity);
  return (
    <s-form onSubmit={() => onChosen({ kind: "quantity", line: line.id, quantity })}>
      <s-stack gap="base">
        <s-text>{line.title}</s-text>
        <QuantityField value={quantity} onChange={setQuantity} />
        <Next />
      </s-stack>
    </s-form>
  );
}

function Code({ onChosen }: Pick<Props, "onChosen">) {
  const [code, setCode] = useState("");
  return (
    <s-form onSubmit={() => code.trim() !== "" && onChosen({ kind: "discount-code", code: code.trim() })}>
      <s-stack gap="base">
        <s-text-field
          label={t("field.code")}
          value={code}
          maxLength={255}
          required
          onChange={(event) => setCode(valueIn(event))}
        />
        <Next />
      </s-stack>
    </s-form>
  );
}

/** What the shop offers comes from the server, when the form is opened. */
function Listed({ view, chosen, typed, onChosen }: Props) {
  const line = "line" in chosen ? chosen.line : null;
  const [loaded, setLoaded] = useState<Choices | Problem | null>(null);
  const lineId = line?.id;
  const typedAddress = typed && "address" in typed ? typed : undefined;
  const country = typedAddress?.address.countryCode;
  useEffect(() => {
    const about = { ...(lineId ? { line: lineId } : {}), ...(country ? { country } : {}) };
    void loadChoices(view.id, chosen.kind, about).then(setLoaded);
  }, [view.id, chosen.kind, lineId, country]);
  if (loaded === null) {
    return (
      <s-stack accessibilityRole="status">
        <s-spinner accessibilityLabel={t("loading")} />
      </s-stack>
    );
  }
  if (isProblem(loaded)) return <ProblemBanner problem={loaded} />;
  switch (loaded.kind) {
    case "frequency":
      return (
        <One
          label={t("field.frequency")}
          choices={loaded.plans}
          onChosen={(sellingPlan) => onChosen({ kind: "frequency", sellingPlan })}
        />
      );
    case "delivery-method":
      return (
        <Methods methods={loaded.methods} typed={typed && "method" in typed ? typed : undefined} onChosen={onChosen} />
      );
    case "swap":
      return (
        <One
          label={t("field.product")}
          choices={loaded.variants}
          onChosen={(variant) => line && onChosen({ kind: "swap", line: line.id, variant })}
        />
      );
    case "add-line":
    case "add-one-off":
      return (
        <One
          label={t("field.product")}
          choices={loaded.variants}
          countable
          onChosen={(variant, quantity) => onChosen({ kind: loaded.kind, variant, quantity })}
        />
      );
    case "preferences":
      return line && <Preferences line={line.id} preferences={loaded.preferences} onChosen={onChosen} />;
    case "address":
      return (
        <AddressForm
          view={view}
          countries={loaded.countries}
          region={loaded.region}
          typed={typedAddress}
          onChosen={onChosen}
        />
      );
    case "none":
      return <s-paragraph>{t("nothingToChoose")}</s-paragraph>;
  }
}

function One(props: {
  label: string;
  choices: readonly (Choice | VariantChoice)[];
  countable?: boolean;
  onChosen: (value: string, quantity: number) => void;
}) {
  const { label, choices, countable = false, onChosen } = props;
  const [value, setValue] = useState(choices.find(({ current }) => current)?.value ?? "");
  const [quantity, setQuantity] = useState(1);
  if (choices.length === 0) return <s-paragraph>{t("nothingToChoose")}</s-paragraph>;
  return (
    <s-form onSubmit={() => value !== "" && onChosen(value, quantity)}>
      <s-stack gap="base">
        <s-choice-list
          label={label}
          values={value === "" ? [] : [value]}
          onChange={(event) => setValue(choiceIn(event))}
        >
          {choices.map((choice) => (
            <s-choice key={choice.value} value={choice.value} disabled={"soldOut" in choice && choice.soldOut}>
              {choice.label}
              {choice.detail !== null && <s-text slot="details">{choice.detail}</s-text>}
            </s-choice>
          ))}
        </s-choice-list>
        {countable && <QuantityField value={quantity} onChange={setQuantity} />}
        <Next />
      </s-stack>
    </s-form>
  );
}

function Preferences(props: {
  line: string;
  preferences: Extract<Choices, { kind: "preferences" }>["preferences"];
  onChosen: Props["onChosen"];
}) {
  const { line, preferences, onChosen } = props;
  const [values, setValues] = useState<Record<string, string>>(() =>
    Object.fromEntries(preferences.map(({ key, value }) => [key, value])),
  );
  const keep = (key: string, value: string | undefined) => setValues((before) => ({ ...before, [key]: value ?? "" }));
  return (
    <s-form onSubmit={() => onChosen({ kind: "preferences", line, values })}>
      <s-stack gap="base">
        {preferences.map(({ key, label, options, maxLength }) =>
          options.length > 0 ? (
            <s-select key={key} label={label} value={values[key] ?? ""} onChange={(event) => keep(key, valueIn(event))}>
              <s-option value="">{t("field.noPreference")}</s-option>
              {options.map((option) => (
                <s-option key={option} value={option}>
                  {option}
                </s-option>
              ))}
            </s-select>
          ) : (
            <s-text-field
              key={key}
              label={label}
              value={values[key] ?? ""}
              maxLength={maxLength}
              onChange={(event) => keep(key, valueIn(event))}
            />
          ),
        )}
        <Next />
      </s-stack>
    </s-form>
  );
}
