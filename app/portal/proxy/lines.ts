import { html } from "~/lib/html";
import type { Html } from "~/lib/html";

import type { PortalActionKind } from "../actions";
import type { PortalLine, PortalSubscription } from "../views";
import { go } from "./frame";
import type { Frame } from "./frame";
import { picture } from "./list-page";
import { pathTo } from "./place";
import { section } from "./section";

const OF_LINES = ["quantity", "swap", "preferences", "remove-line"] as const satisfies readonly PortalActionKind[];

/** "Fjellbris – 250 g" */
export const nameOf = ({ title, variantTitle }: Pick<PortalLine, "title" | "variantTitle">): string =>
  variantTitle ? `${title} – ${variantTitle}` : title;

/** What comes with every delivery, and what goes with the next one alone. */
export function lines(frame: Frame, subscription: PortalSubscription): Html {
  const { t } = frame;
  const { id, can, oneOffs } = subscription;
  const more = (["add-line", "add-one-off"] as const).filter((kind) => can.includes(kind));
  return section(
    t("section.what"),
    html`<ul class="perennial-lines">
        ${subscription.lines.map((line) => item(frame, subscription, line))}
      </ul>
      ${
        oneOffs.length > 0 &&
        html`<h3>${t("section.once")}</h3>
          <ul class="perennial-lines">
            ${oneOffs.map(
              (each) =>
                html`<li>
                  <div>
                    <p>${t("line.quantity", { title: each.title, quantity: each.quantity })}</p>
                    <p class="perennial-small">${each.priceText}</p>
                    ${
                      each.canRemove &&
                      can.includes("remove-one-off") &&
                      html`<span class="perennial-ways"
                        >${go(frame, pathTo.action(id, "remove-one-off", each.id), t("do.remove-one-off"), { about: each.title })}</span
                      >`
                    }
                  </div>
                </li>`,
            )}
          </ul>`
      }
      ${
        more.length > 0 &&
        html`<div class="perennial-actions">
          ${more.map((kind) => go(frame, pathTo.action(id, kind), t(`do.${kind}`), { look: "button" }))}
        </div>`
      }`,
  );
}

function item(frame: Frame, { id, can, lines: all }: PortalSubscription, line: PortalLine): Html {
  const { t } = frame;
  const title = nameOf(line);
  // The last product goes by leaving alone.
  const kinds = OF_LINES.filter((kind) => can.includes(kind) && (kind !== "remove-line" || all.length > 1));
  return html`<li>
    ${picture(line.imageUrl, 64)}
    <div>
      <p>${t("line.quantity", { title, quantity: line.quantity })}</p>
      <p class="perennial-small">${line.priceText}</p>
      ${line.preferenceTexts.map((text) => html`<p class="perennial-small">${text}</p>`)}
      <span class="perennial-ways">
        ${kinds.map((kind) => go(frame, pathTo.action(id, kind, line.id), t(`do.${kind}`), { about: title }))}
      </span>
    </div>
  </li>`;
}
