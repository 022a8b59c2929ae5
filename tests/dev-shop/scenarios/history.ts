import { Temporal } from "temporal-polyfill";
import {
  cancelContract,
  completeCheckout,
  createAttempt,
  createCustomer,
  cycleAt,
  pauseContract,
  runDueEvents,
  setCardOutcomes,
  skipCycle,
} from "../domain";
import type { Contract, Instant, Shop, World } from "../world";
import type { Person } from "./people";

/** What became of a subscriber after the first order. */
export type Fate =
  | { kind: "steady" }
  /** The cycle that would have been charged `before` cycles ago was skipped. */
  | { kind: "skipped"; cycle: number }
  | { kind: "paused" | "cancelled"; at: Instant }
  /** The card is refused from this moment on. */
  | { kind: "declined"; from: Instant };

export interface Subscriber {
  person: Person;
  subscribedAt: Instant;
  variantId: string;
  sellingPlanId: string;
  quantity: number;
  fate: Fate;
}

interface Event {
  at: number;
  run: () => void;
}

/** Parcels leave within three days; older orders have been sent. */
const FULFILLED_AFTER_MS = 3 * 24 * 3600 * 1000;

const epoch = (instant: Instant): number => Date.parse(instant);
const iso = (milliseconds: number): Instant => new Date(milliseconds).toISOString();

/** Events by time; those of the same moment in the order they came. */
class Agenda {
  private readonly events: Event[] = [];

  add(at: number, run: () => void): void {
    let low = 0;
    let high = this.events.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      // Latest first, so that the next event is taken off the end.
      if ((this.events[middle]?.at ?? 0) > at) low = middle + 1;
      else high = middle;
    }
    this.events.splice(low, 0, { at, run });
  }

  take(): Event | undefined {
    return this.events.pop();
  }
}

/**
 * Lives through the subscribers' past: they check out and are billed at their cycles' expected dates, in the order of
 * time, by the stand-in's own rules. Nothing of it is left to be sent: no webhooks, no mail. `world.now` ends where it was.
 */
export function liveThrough(world: World, shop: Shop, subscribers: readonly Subscriber[]): void {
  const until = epoch(world.now);
  const pendingMs = world.settings.attemptPendingMinutes * 60_000;
  const agenda = new Agenda();

  const billFrom = (contract: Contract, index: number): void => {
    const expected = epoch(cycleAt(world, shop, contract, index).billingAttemptExpectedDate);
    // What could not be settled before the present is left for the app to bill.
    if (expected + pendingMs > until) return;
    agenda.add(expected, () => {
      if (contract.status === "CANCELLED") return;
      if (contract.status === "ACTIVE" && !cycleAt(world, shop, contract, index).skipped) {
        const input = { idempotencyKey: `earlier-${contract.id}-${index}`, billingCycleSelector: { index } };
        const { userErrors } = createAttempt(world, shop, contract, input, "app");
        if (userErrors[0]) throw new Error(`The past can't be billed: ${userErrors[0].message}`);
        agenda.add(expected + pendingMs, () => runDueEvents(world));
      }
      billFrom(contract, index + 1);
    });
  };

  const live = (subscriber: Subscriber): void => {
    const { person, fate } = subscriber;
    const customer = createCustomer(world, shop, {
      email: person.email,
      firstName: person.firstName,
      lastName: person.lastName,
      ...(person.address.phone ? { phone: person.address.phone } : {}),
      defaultAddress: person.address,
    });
    const { contracts } = completeCheckout(world, shop, {
      customerId: customer.id,
      lines: [
        { variantId: subscriber.variantId, quantity: subscriber.quantity, sellingPlanId: subscriber.sellingPlanId },
      ],
      shippingAddress: person.address,
    });
    const contract = contracts[0];
    if (!contract) throw new Error("The checkout made no contract.");
    billFrom(contract, 1);
    if (fate.kind === "skipped") {
      const { userErrors } = skipCycle(world, shop, contract, { index: fate.cycle });
      if (userErrors[0]) throw new Error(`The past can't be skipped: ${userErrors[0].message}`);
    }
    if (fate.kind === "paused") agenda.add(epoch(fate.at), () => void pauseContract(world, shop, contract));
    if (fate.kind === "cancelled") agenda.add(epoch(fate.at), () => void cancelContract(world, shop, contract));
    if (fate.kind === "declined") {
      agenda.add(epoch(fate.from), () => setCardOutcomes(customer, ["INSUFFICIENT_FUNDS"]));
    }
  };

  for (const subscriber of subscribers) agenda.add(epoch(subscriber.subscribedAt), () => live(subscriber));
  const present = world.now;
  for (let event = agenda.take(); event; event = agenda.take()) {
    world.now = iso(event.at);
    event.run();
  }
  world.now = present;
  for (const order of Object.values(shop.orders)) {
    if (epoch(order.createdAt) < until - FULFILLED_AFTER_MS) order.fulfillmentStatus = "FULFILLED";
  }
  shop.outbox = [];
  shop.webhooks = [];
  shop.mail = [];
}

/** A time of day in the shop's zone, so many days before the present. */
export function daysAgo(world: World, shop: Shop, days: number, hour: number, minute: number): Instant {
  return Temporal.Instant.from(world.now)
    .toZonedDateTimeISO(shop.timeZone)
    .subtract({ days })
    .with({ hour, minute, second: 0, millisecond: 0, microsecond: 0, nanosecond: 0 })
    .toInstant()
    .toString({ fractionalSecondDigits: 3 });
}
