import { batchSize, LARGEST_BATCH, THROTTLED_WAIT_MS } from "./answer";
import type { SendAnswer } from "./answer";
import type { BillerPorts, Rules } from "./biller";
import type { Intent, Sent } from "./ledger/charge-store";

/**
 * A charge is another worker's after this long: far longer than a call to Shopify may take (45 seconds with 25
 * attempts) and than a round has work for (20 seconds of the shop's rate); short enough that a process which dies
 * several times in a row costs a renewal no hour.
 */
const LEASE_MS = 5 * 60_000;
/**
 * Nothing leaves for Shopify in the lease's last minute: what is on its way, and clocks that differ, have come to their end
 * before another worker looks. Whoever sleeps between the ledger's leave and the call would otherwise send what others have
 * long dealt with, and be charged again once Shopify has forgotten the key.
 */
const SAFE_END_MS = 60_000;
/** A cycle that Shopify does not let be put back is tried again after this long. */
export const NOT_PUT_BACK_WAIT_MS = 10 * 60_000;
/**
 * Calls with attempts that are under way at once: a Plus shop's rate needs 30 of 25 attempts at 300 ms each, and as many
 * again to use up what the bucket has gathered while a round came to its end and the next one was looked at.
 */
const MAX_IN_FLIGHT = 60;

/** Until when a charge that is taken at this moment is the taker's alone. */
export const lease = (at: Date): Date => new Date(at.getTime() + LEASE_MS);

/** What came of a batch. */
interface Taken {
  asked: number;
  accepted: number;
  throttled: boolean;
}

type SenderPorts = Pick<BillerPorts, "store" | "gate" | "stock" | "pace" | "now">;

/** Sends guarded intents in batches: a first one alone, then a few, then many at once, until something goes wrong. */
export function createSender(
  { store, gate, stock, pace, now }: SenderPorts,
  { decideAnswer }: Pick<Rules, "decideAnswer">,
): (intents: readonly Intent[]) => Promise<void> {
  let batchesSent = 0;
  /** Attempts whose answers are still to come: the shop's pace counts them only then. */
  let onTheWay = 0;

  async function send(intents: readonly Intent[]): Promise<void> {
    const queue = [...intents];
    while (queue.length > 0) {
      const size = batchSize(batchesSent);
      const isTrial = size < LARGEST_BATCH;
      const lanes = isTrial ? 1 : Math.min(MAX_IN_FLIGHT, Math.ceil(queue.length / size));
      const results = await Promise.allSettled(Array.from({ length: lanes }, () => sendFrom(queue, isTrial)));
      const broken = results.find((result) => result.status === "rejected");
      const stopped = results.some((result) => result.status === "fulfilled" && result.value === "STOP");
      if (broken || stopped) await putBack(queue.splice(0));
      if (broken) throw broken.reason;
    }
  }

  /** @param isTrial one batch only: when it went well, the next ones go side by side */
  async function sendFrom(queue: Intent[], isTrial: boolean): Promise<"GO_ON" | "STOP"> {
    do {
      const size = Math.min(batchSize(batchesSent), pace.allowance(now()) - onTheWay);
      if (size <= 0) return "STOP";
      const taken = queue.splice(0, size);
      if (taken.length === 0) return "GO_ON";
      const { asked, accepted, throttled } = await sendCounted(taken);
      if (asked === 0) continue;
      batchesSent = accepted === asked ? batchesSent + 1 : 0;
      if (throttled) return "STOP";
    } while (!isTrial && batchSize(batchesSent) === LARGEST_BATCH);
    return "GO_ON";
  }

  async function sendCounted(taken: readonly Intent[]): Promise<Taken> {
    onTheWay += taken.length;
    let answered: Taken;
    try {
      const batch = await store.sending(taken, now(), lease(now()));
      if (batch.length === 0) return { asked: 0, accepted: 0, throttled: false };
      answered = await sendBatch(batch);
    } finally {
      onTheWay -= taken.length;
    }
    await pace.sent(answered, now());
    return answered;
  }

  async function sendBatch(batch: readonly Intent[]): Promise<Taken> {
    let answers: SendAnswer[];
    try {
      const until = Math.min(...batch.map(({ leaseUntil }) => leaseUntil.getTime())) - SAFE_END_MS;
      answers = await gate.sendAttempts(batch, () => now().getTime() >= until);
    } catch (error) {
      // Shopify takes no calls at all: what was claimed goes back to waiting before the run stops.
      await putBack(batch);
      throw error;
    }
    const results = batch.map((charge, index): Sent => {
      const answer: SendAnswer = answers[index] ?? { kind: "NO_ANSWER" };
      return { charge, decision: decideAnswer(answer, charge.claimedAt, now()) };
    });
    for (const [index, { decision }] of results.entries()) {
      const intent = batch[index];
      const isTakenBack = decision.kind === "WITHDRAW" || decision.kind === "RELEASE";
      if (!intent?.cycleEdited || !isTakenBack || (await stock.undo(intent))) continue;
      // While the cycle can't be put back the charge is kept, and looked at by itself.
      const nextActionAt = new Date(now().getTime() + NOT_PUT_BACK_WAIT_MS);
      results[index] = { charge: intent, decision: { kind: "UNKNOWN", nextActionAt } };
    }
    await store.sent(results, now());
    const accepted = answers.filter(({ kind }) => kind === "ACCEPTED").length;
    const throttled = answers.some((answer) => answer.kind === "REFUSED" && answer.code === "THROTTLED");
    return { asked: batch.length, accepted, throttled };
  }

  async function putBack(batch: readonly Intent[]): Promise<void> {
    if (batch.length === 0) return;
    const nextActionAt = new Date(now().getTime() + THROTTLED_WAIT_MS);
    await store.sent(
      batch.map((charge) => ({ charge, decision: { kind: "AGAIN", nextActionAt } })),
      now(),
    );
  }

  return send;
}
