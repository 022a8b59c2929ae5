import type { CardAnswer, Cards } from "./cards";
import { chanceOf } from "./random";
import type { SimulatedAttempt, SimulatedContract } from "./simulated-contract";

const DAY_MS = 86_400_000;

/** Of declined payments so many are for want of money, so many for a bank's passing no, and the rest never come right. */
const NO_MONEY_SHARE = 0.45;
const PASSING_SHARE = 0.4;
/** Money comes within so many days; a bank's no passes after so many on average. */
const MONEY_DAYS = 15;
const PASSING_DAYS = 3;

/**
 * Cards as a forecast takes them: each answers as it did last time, and a share of further charges is declined for a
 * while. Which ones, why and for how long depends on the seed, the contract and the cycle alone, so that two runs with
 * different settings meet the same cards.
 */
export class ForecastCards implements Cards {
  /** @param lastFailures Shopify's code by contract, of those whose last charge failed */
  constructor(
    private readonly seed: number,
    private readonly declineShare: number,
    private readonly lastFailures: ReadonlyMap<string, string>,
  ) {}

  answer(contract: SimulatedContract, attempt: SimulatedAttempt, now: number): CardAnswer {
    const last = this.lastFailures.get(contract.id);
    if (last !== undefined) return { kind: "FAILED", code: last };
    const charge = `${contract.id} ${attempt.cycleIndex ?? 0}`;
    if (chanceOf(this.seed, charge) >= this.declineShare) return { kind: "SUCCESS" };
    const first = contract.attempts.find(({ cycleIndex }) => cycleIndex === attempt.cycleIndex) ?? attempt;
    const sinceDays = (now - first.createdAt) / DAY_MS;
    return this.troubleOf(charge, sinceDays);
  }

  private troubleOf(charge: string, sinceDays: number): CardAnswer {
    const why = chanceOf(this.seed, `why ${charge}`);
    const luck = chanceOf(this.seed, `until ${charge}`);
    if (why < NO_MONEY_SHARE) {
      return sinceDays > 0 && sinceDays >= luck * MONEY_DAYS
        ? { kind: "SUCCESS" }
        : { kind: "FAILED", code: "INSUFFICIENT_FUNDS" };
    }
    if (why < NO_MONEY_SHARE + PASSING_SHARE) {
      const isOver = sinceDays > 0 && sinceDays >= -Math.log(1 - luck) * PASSING_DAYS;
      return isOver ? { kind: "SUCCESS" } : { kind: "FAILED", code: "DO_NOT_HONOR" };
    }
    return { kind: "FAILED", code: "EXPIRED_PAYMENT_METHOD" };
  }
}
