import { z } from "zod";

import type { ActionOutcome } from "./actions.server";

/** What the merchant's pages ask the engine for, as their forms send it. */
export const billingAct = z.discriminatedUnion("act", [
  z.object({ act: z.literal("retry"), chargeId: z.uuid() }),
  z.object({ act: z.literal("resolve"), chargeId: z.uuid(), how: z.enum(["CHARGE", "SKIP", "MARK_PAID"]) }),
  z.object({ act: z.literal("orderNow"), contractId: z.uuid() }),
  // `probe`: only to look whether what stopped billing is over.
  z.object({ act: z.literal("release"), probe: z.literal("1").optional() }),
]);

export type BillingAct = z.infer<typeof billingAct>;

/** Names what was asked for, so that the page can say that it is done. */
export const doneOf = (asked: BillingAct) => {
  if (asked.act === "resolve") return asked.how;
  return asked.act === "release" && asked.probe ? "probe" : asked.act;
};

export type BillingAnswer = ActionOutcome & { done: ReturnType<typeof doneOf> };
