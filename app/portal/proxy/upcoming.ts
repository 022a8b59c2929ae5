import { html } from "~/lib/html";
import type { Html } from "~/lib/html";

import type { PortalCycle, PortalSubscription } from "../views";
import { go } from "./frame";
import type { Frame } from "./frame";
import { pathTo } from "./place";
import { section } from "./section";

/** The next six, each with what may be done about it. */
export function upcoming(frame: Frame, subscription: PortalSubscription): Html | false {
  const { t } = frame;
  return (
    subscription.upcoming.length > 0 &&
    section(
      t("section.upcoming"),
      html`<p class="perennial-small">${t("section.upcomingNote")}</p>
        <ul class="perennial-cycles">
          ${byDate(subscription.upcoming).map((cycle) => item(frame, subscription, cycle))}
        </ul>`,
    )
  );
}

/** A delivery that was moved may come after the next one. */
const byDate = (cycles: readonly PortalCycle[]): PortalCycle[] =>
  cycles.toSorted((one, other) => one.at.localeCompare(other.at));

function item(frame: Frame, { id, can }: PortalSubscription, cycle: PortalCycle): Html {
  const { t } = frame;
  const way = (kind: "skip" | "unskip" | "move") =>
    can.includes(kind) &&
    go(frame, pathTo.action(id, kind, cycle.cycleIndex), t(`do.${kind}`), { about: cycle.dateText });
  return html`<li>
    <span class="perennial-cycle"
      ><time datetime="${cycle.at}">${cycle.dateText}</time
      ><span class="perennial-small">${cycle.stateText}</span></span
    >
    <span class="perennial-ways">
      ${cycle.canSkip && way("skip")} ${cycle.canUnskip && way("unskip")} ${cycle.movable && way("move")}
    </span>
  </li>`;
}
