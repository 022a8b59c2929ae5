import type { MemoryCycle } from "~/billing/ledger/charge-store.memory";
import type { SimulatedAttempt, SimulatedContract } from "~/simulation/simulated-contract";

import type { Say } from "./watch";
import { DAY_MS } from "./world";
import type { World } from "./world";

/** A date that was moved may be unknown for this long: an outage of four days, and the nightly sweep after it. */
const MOVE_UNKNOWN_MS = 6 * DAY_MS;
const STEPS_BETWEEN = 16;

/** I17: dates come from the contract alone, ascend, and nothing is charged before its moment, whenever a run looks. */
export class DatesWatch {
  private readonly contracts: readonly SimulatedContract[];
  private next = 0;
  private steps = 0;

  constructor(
    private readonly world: World,
    private readonly say: Say,
    private readonly slackMs: number,
  ) {
    this.contracts = [...world.shopify.contracts.values()];
  }

  /** One contract every few steps: what is wrong stays so, and looking at all of it takes its time. */
  step(): void {
    this.steps += 1;
    if (this.steps % STEPS_BETWEEN !== 0) return;
    this.next = (this.next + 1) % this.contracts.length;
    const contract = this.contracts[this.next];
    const row = contract && this.world.shop.mirror.get(contract.id);
    if (!contract || !row) return;
    let before: MemoryCycle | undefined;
    for (const cycle of row.cycles) {
      if (before && before.expectedAt >= cycle.expectedAt) this.wrong(contract, cycle, "is not after the one before");
      if (!this.isOnCalendar(contract, cycle)) this.wrong(contract, cycle, "is neither the calendar's nor a moved one");
      before = cycle;
    }
  }

  private isOnCalendar(contract: SimulatedContract, { cycleIndex, expectedAt }: MemoryCycle): boolean {
    const at = expectedAt.getTime();
    if (contract.cycle(cycleIndex).expectedAt === at) return true;
    return contract.states.some(({ moved }) => moved.get(cycleIndex) === at);
  }

  private wrong({ id }: SimulatedContract, { cycleIndex, expectedAt }: MemoryCycle, what: string): void {
    this.say("I17 due dates don't depend on the run", id, `cycle ${cycleIndex}: ${expectedAt.toISOString()} ${what}`);
  }

  created({ contractId, cycleIndex, createdAt, key }: SimulatedAttempt): void {
    const { shop, shopify } = this.world;
    const contract = shopify.contract(contractId);
    const row = shop.mirror.get(contractId);
    if (!row || cycleIndex === null) return;
    const { states } = contract;
    const known = states.filter((_, place) => (states[place + 1]?.at ?? Infinity) > createdAt - MOVE_UNKNOWN_MS);
    const dueAt = Math.min(...known.map((state) => shop.dueAt(row.contractId, contract.expectedAt(cycleIndex, state))));
    if (createdAt >= dueAt - this.slackMs) return;
    this.say(
      "I17 due dates don't depend on the run",
      contractId,
      `${key} was made ${Math.round((dueAt - createdAt) / 60_000)} minutes before its moment`,
    );
  }
}
