import type { EventData, EventType, HistoryLine } from "~/history/events";

/** What the history tells about an event that an e-mail may be sent for. Pure. */

export type EventOf<Type extends EventType> = Extract<HistoryLine, { type: Type }>;

/** Events that start an e-mail to the shopper. */
export type ShopperEvent = EventOf<
  | "charge.failed"
  | "charge.action-required"
  | "charge.action-reminder"
  | "charge.given-up"
  | "charge.paid"
  | "dunning.ended"
  | "cycle.waiting"
  | "cycle.adjusted"
>;

export interface Trail {
  /** Something has happened since that makes the e-mail wrong: it is too late for it. */
  overtaken: boolean;
  /** An e-mail about this very event was sent already. */
  sent: boolean;
  /** The shopper has had an e-mail about trouble with this cycle's payment. */
  told: boolean;
  /** The shopper has given a new card since they last had such an e-mail. */
  newCard: boolean;
  /** The shopper has been asked for a new card for this cycle, and has not given one since. */
  cardAsked: boolean;
  /** The shopper has been told that this cycle waits for stock. */
  waitTold: boolean;
  /** The shopper has been told the very same changes of this cycle: they are made anew at each try. */
  changesTold: boolean;
}

type Overtaking = { cycle: readonly EventType[]; contract: readonly EventType[] };

/** What becomes of a charge that is not paid at once. */
const COURSE_OF_CHARGE: readonly EventType[] = [
  "charge.failed",
  "charge.paid",
  "charge.action-required",
  "charge.action-reminder",
  "charge.given-up",
  "charge.parked",
  "dunning.ended",
  "cycle.skipped",
];

/** Later events, of the same cycle or of the contract, after which an e-mail about the event would be wrong. */
const OVERTAKEN_BY: Readonly<Record<ShopperEvent["type"], Overtaking>> = {
  "charge.failed": { cycle: [...COURSE_OF_CHARGE, "charge.released"], contract: ["payment-method.changed"] },
  "charge.action-required": { cycle: COURSE_OF_CHARGE, contract: [] },
  "charge.action-reminder": { cycle: COURSE_OF_CHARGE, contract: [] },
  "charge.given-up": { cycle: ["charge.paid", "cycle.unskipped"], contract: [] },
  "charge.paid": { cycle: [], contract: [] },
  "dunning.ended": {
    cycle: ["charge.paid", "charge.released", "charge.failed", "charge.action-required", "cycle.unskipped"],
    contract: ["contract.resumed", "payment-method.changed"],
  },
  "cycle.waiting": {
    cycle: [
      "charge.paid",
      "charge.failed",
      "charge.action-required",
      "charge.given-up",
      "cycle.adjusted",
      "cycle.skipped",
      "dunning.ended",
    ],
    contract: [],
  },
  "cycle.adjusted": { cycle: ["cycle.adjusted", "charge.given-up", "cycle.skipped", "dunning.ended"], contract: [] },
};

/** Whether an event may be worth an e-mail to the shopper. */
export const isShopperEvent = (line: HistoryLine): line is ShopperEvent => Object.hasOwn(OVERTAKEN_BY, line.type);

const TROUBLE: readonly EventType[] = [
  "charge.failed",
  "charge.action-required",
  "charge.action-reminder",
  "dunning.ended",
];

const isOfCycle = (line: HistoryLine, cycleIndex: number): boolean =>
  "cycleIndex" in line.data && line.data.cycleIndex === cycleIndex;

const isSame = (one: EventData["cycle.adjusted"], other: EventData["cycle.adjusted"]): boolean =>
  one.lines.length === other.lines.length &&
  one.lines.every(({ title, change, to }) =>
    other.lines.some((line) => line.title === title && line.change === change && line.to === to),
  );

/**
 * @param history the contract's newest lines, newest first (history.server.ts, `historyOf`); an event that has dropped
 * out of them is long overtaken
 */
export function trailOf(history: readonly HistoryLine[], event: ShopperEvent): Trail {
  const position = history.findIndex(({ id }) => id === event.id);
  const later = history.slice(0, Math.max(0, position));
  const earlier = position < 0 ? [] : history.slice(position + 1);
  const { cycleIndex } = event.data;

  const mails = history.filter((line) => line.type === "notification.sent");
  const mailed = new Set(mails.map(({ data }) => data.about));
  const cardMails = new Set(
    mails.filter(({ data }) => data.notification === "card-needed").map(({ data }) => data.about),
  );
  const ofCycle = earlier.filter((line) => isOfCycle(line, cycleIndex));
  const lastTold = earlier.findIndex(
    (line) => isOfCycle(line, cycleIndex) && TROUBLE.includes(line.type) && mailed.has(line.id),
  );
  const newCard = lastTold >= 0 && earlier.slice(0, lastTold).some(({ type }) => type === "payment-method.changed");
  const overtaking = OVERTAKEN_BY[event.type];

  return {
    overtaken:
      position < 0 ||
      later.some(
        (line) =>
          overtaking.contract.includes(line.type) ||
          (overtaking.cycle.includes(line.type) && isOfCycle(line, cycleIndex)),
      ),
    sent: mails.some(({ data }) => data.about === event.id && data.notification !== "card-link"),
    told: lastTold >= 0,
    newCard,
    cardAsked: !newCard && ofCycle.some(({ id }) => cardMails.has(id)),
    changesTold:
      event.type === "cycle.adjusted" &&
      ofCycle.some((line) => line.type === "cycle.adjusted" && mailed.has(line.id) && isSame(line.data, event.data)),
    waitTold: ofCycle.some(({ id, type }) => type === "cycle.waiting" && mailed.has(id)),
  };
}
