import type { BillerPorts, Rules } from "./biller";
import type { Adoption, OpenCharge } from "./ledger/charge-store";
import type { Booked, GuardDecision, GuardReading, UnreadableGuard } from "./guard";

type LookPorts = Pick<BillerPorts, "store" | "gate" | "now">;

/** What Shopify says of these charges' cycles, once what it shows of our own attempts is written down. */
export async function readCycles(
  { store, gate, now }: LookPorts,
  charges: readonly OpenCharge[],
): Promise<{
  guards: readonly (GuardReading | UnreadableGuard | null)[];
  /** Keys of the ledger that Shopify has attempts for. */
  own: ReadonlySet<string>;
  bookedOf: (contractId: string) => Booked;
}> {
  const guards = await gate.readGuards(charges);
  const seen = guards.flatMap((reading) =>
    reading && "attempts" in reading
      ? [...reading.attempts, ...reading.cycles.flatMap(({ attempts }) => attempts)]
      : [],
  );
  const own = await store.settle(seen, now());
  const booked = await store.booked(
    charges.map(({ contractId }) => contractId),
    seen.map(({ idempotencyKey }) => idempotencyKey),
  );
  const nothing = { keys: new Set<string>(), paidCycles: new Set<number>() };
  return { guards, own, bookedOf: (contractId) => booked.get(contractId) ?? nothing };
}

/** The cycles that somebody else has charged, by what the guard has seen. */
export function adoptionsOf(charge: OpenCharge, decision: GuardDecision): Adoption[] {
  const { contractId, cycleIndex, expectedAmount, currencyCode } = charge;
  const about = { contractId, expectedAmount, currencyCode };
  const others = decision.others.map((other) => ({ ...about, ...other }));
  return decision.kind === "ADOPT" ? [{ ...about, cycleIndex, attempt: decision.attempt }, ...others] : others;
}

/**
 * Books what somebody else has charged of failed and parked charges, and of those given up: nobody need decide about them any more, and the
 * contract's later cycles are free again. What a reading does not bear out waits for the next one.
 * @returns how many charges it looked at
 */
export async function bookChargedElsewhere(
  ports: LookPorts,
  { decideGuard }: Pick<Rules, "decideGuard">,
): Promise<number> {
  const { store, now } = ports;
  const charges = await store.chargedElsewhere();
  if (charges.length === 0) return 0;
  const { guards, bookedOf } = await readCycles(ports, charges);
  const adoptions = charges.flatMap((charge, index) => {
    const decision = decideGuard(charge, guards[index] ?? null, bookedOf(charge.contractId), now());
    return decision.kind === "ADOPT" ? adoptionsOf(charge, decision) : [];
  });
  await store.adopt(adoptions, now());
  return charges.length;
}
