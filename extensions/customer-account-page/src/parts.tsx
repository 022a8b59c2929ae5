import type { PortalActionKind } from "../../../app/portal/actions";
import type { PortalCycle, PortalLine, PortalSubscription } from "../../../app/portal/views";
import { t } from "../../customer-account-shared/text";
import { Opens } from "./dialog";
import type { Steps } from "./use-steps";

/** The parts of a subscription's page. What may not be done now is not shown. */
export interface Part {
  view: PortalSubscription;
  steps: Steps;
  may: (kind: PortalActionKind) => boolean;
}

const Row = "inline" as const;

export function Upcoming({ view, steps, may }: Part) {
  if (view.upcoming.length === 0 && !may("order-now")) return null;
  return (
    <s-section heading={t("upcoming")}>
      <s-stack gap="base" accessibilityRole="unordered-list">
        {view.upcoming.map((cycle) => (
          <Delivered key={cycle.cycleIndex} cycle={cycle} steps={steps} />
        ))}
      </s-stack>
      {may("order-now") && <Opens label={t("orderNow")} onOpen={() => void steps.show({ kind: "order-now" })} />}
    </s-section>
  );
}

function Delivered({ cycle, steps }: { cycle: PortalCycle; steps: Steps }) {
  const { cycleIndex, dateText } = cycle;
  return (
    <s-stack direction={Row} gap="small-200" justifyContent="space-between" accessibilityRole="list-item">
      <s-stack>
        <s-text type="strong">{dateText}</s-text>
        <s-text color="subdued">{cycle.stateText}</s-text>
      </s-stack>
      <s-stack direction={Row} gap="small-200">
        {cycle.canSkip && (
          <Opens
            label={t("skip")}
            about={dateText}
            onOpen={() => void steps.show({ kind: "skip", cycle: cycleIndex })}
          />
        )}
        {cycle.canUnskip && (
          <Opens
            label={t("unskip")}
            about={dateText}
            onOpen={() => void steps.show({ kind: "unskip", cycle: cycleIndex })}
          />
        )}
        {cycle.movable && (
          <Opens label={t("move")} about={dateText} onOpen={() => steps.choose({ kind: "move", cycle })} />
        )}
      </s-stack>
    </s-stack>
  );
}

export function Contents(part: Part) {
  const { view, steps, may } = part;
  return (
    <s-section heading={t("contents")}>
      <s-stack gap="large">
        {view.lines.map((line) => (
          <Line key={line.id} line={line} part={part} />
        ))}
        {view.oneOffs.map(({ id, title, quantity, priceText, canRemove }) => (
          <s-stack key={id} direction={Row} gap="small-200" justifyContent="space-between">
            <s-stack>
              <s-text type="strong">
                {quantity} × {title}
              </s-text>
              <s-text color="subdued">{`${priceText} · ${t("onceOnly")}`}</s-text>
            </s-stack>
            {canRemove && (
              <Opens
                label={t("remove")}
                about={title}
                onOpen={() => void steps.show({ kind: "remove-one-off", oneOff: id })}
              />
            )}
          </s-stack>
        ))}
      </s-stack>
      <s-stack direction={Row} gap="small-200">
        {may("add-one-off") && <Opens label={t("addOneOff")} onOpen={() => steps.choose({ kind: "add-one-off" })} />}
        {may("add-line") && <Opens label={t("addLine")} onOpen={() => steps.choose({ kind: "add-line" })} />}
      </s-stack>
    </s-section>
  );
}

function Line({ line, part: { view, steps, may } }: { line: PortalLine; part: Part }) {
  const { title } = line;
  return (
    <s-stack gap="small-200">
      <s-stack direction={Row} gap="base" alignItems="start">
        {line.imageUrl && <s-product-thumbnail src={line.imageUrl} alt="" />}
        <s-stack>
          <s-text type="strong">
            {line.quantity} × {title}
          </s-text>
          {line.variantTitle && <s-text>{line.variantTitle}</s-text>}
          <s-text color="subdued">{line.priceText}</s-text>
          {line.preferenceTexts.map((text) => (
            <s-text key={text} color="subdued">
              {text}
            </s-text>
          ))}
        </s-stack>
      </s-stack>
      <s-stack direction={Row} gap="small-200">
        {may("quantity") && (
          <Opens label={t("quantity")} about={title} onOpen={() => steps.choose({ kind: "quantity", line })} />
        )}
        {may("swap") && <Opens label={t("swap")} about={title} onOpen={() => steps.choose({ kind: "swap", line })} />}
        {may("preferences") && (
          <Opens label={t("preferences")} about={title} onOpen={() => steps.choose({ kind: "preferences", line })} />
        )}
        {may("remove-line") && view.lines.length > 1 && (
          <Opens
            label={t("remove")}
            about={title}
            onOpen={() => void steps.show({ kind: "remove-line", line: line.id })}
          />
        )}
      </s-stack>
    </s-stack>
  );
}

export function Schedule({ view, steps, may }: Part) {
  return (
    <s-section heading={t("schedule")}>
      <s-text>{view.frequencyText}</s-text>
      <s-stack direction={Row} gap="small-200">
        {may("frequency") && <Opens label={t("frequency")} onOpen={() => steps.choose({ kind: "frequency" })} />}
        {may("pause") && <Opens label={t("pause")} onOpen={() => steps.choose({ kind: "pause" })} />}
        {may("resume") && (
          <Opens label={t("resume")} variant="primary" onOpen={() => void steps.show({ kind: "resume" })} />
        )}
        {may("restart") && (
          <Opens
            label={t("restart")}
            variant="primary"
            onOpen={() => void steps.show({ kind: "restart", consent: true })}
          />
        )}
      </s-stack>
    </s-section>
  );
}

export function Delivery({ view, steps, may }: Part) {
  const { address, pickup, deliveryMethodText, deliveryPriceText } = view;
  const lines = pickup?.lines ?? address?.lines ?? [];
  return (
    <s-section heading={t("delivery")}>
      {pickup && <s-text type="strong">{t("pickup")}</s-text>}
      {lines.length > 0 && (
        <s-text type="address">
          {lines.map((line) => (
            <s-paragraph key={line}>{line}</s-paragraph>
          ))}
        </s-text>
      )}
      <s-text>{[deliveryMethodText, deliveryPriceText].filter(Boolean).join(" · ")}</s-text>
      <s-stack direction={Row} gap="small-200">
        {may("address") && <Opens label={t("changeAddress")} onOpen={() => steps.choose({ kind: "address" })} />}
        {may("delivery-method") && (
          <Opens label={t("changeDelivery")} onOpen={() => steps.choose({ kind: "delivery-method" })} />
        )}
      </s-stack>
    </s-section>
  );
}

export function Payment({ view, steps, may }: Part) {
  return (
    <s-section heading={t("payment")}>
      <s-text>{view.paymentMethodText ?? t("noPaymentMethod")}</s-text>
      {view.discounts.map(({ id, text, canRemove }) => (
        <s-stack key={id} direction={Row} gap="small-200" justifyContent="space-between">
          <s-text>{text}</s-text>
          {canRemove && (
            <Opens
              label={t("remove")}
              about={text}
              onOpen={() => void steps.show({ kind: "remove-discount", discount: id })}
            />
          )}
        </s-stack>
      ))}
      <s-stack direction={Row} gap="small-200">
        {may("payment-method") && (
          <Opens label={t("changePayment")} onOpen={() => void steps.show({ kind: "payment-method" })} />
        )}
        {may("discount-code") && <Opens label={t("code")} onOpen={() => steps.choose({ kind: "discount-code" })} />}
      </s-stack>
    </s-section>
  );
}

export function Orders({ view }: Part) {
  if (view.orders.length === 0) return null;
  return (
    <s-section heading={t("orders")}>
      <s-stack gap="small-200" accessibilityRole="unordered-list">
        {view.orders.map(({ name, dateText, totalText, url }) => (
          <s-stack key={name} direction={Row} gap="base" accessibilityRole="list-item">
            {url === null ? <s-text>{name}</s-text> : <s-link href={url}>{name}</s-link>}
            <s-text>{dateText}</s-text>
            <s-text>{totalText}</s-text>
          </s-stack>
        ))}
      </s-stack>
    </s-section>
  );
}

/** As easy to find as everything else. */
export function Leaving({ steps, may }: Part) {
  if (!may("cancel")) return null;
  return (
    <s-section heading={t("leaving")}>
      <Opens label={t("cancel")} onOpen={() => void steps.leave()} />
    </s-section>
  );
}
