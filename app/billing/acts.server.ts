import type { Context } from "~/context.server";
import { cancelContract, pauseContract, resumeContract } from "~/contracts/status.server";
import type { StatusOutcome } from "~/contracts/status.server";
import type { Shop } from "~/generated/prisma/client";

import type { ActResult, ContractActs } from "./biller";

/** What dunning does with a contract, by the same use cases as people. */
export const contractActs = (ctx: Context, shop: Shop): ContractActs => ({
  pause: async (contractId) => resultOf(await pauseContract(ctx, shop, contractId, "perennial")),
  resume: async (contractId) => resultOf(await resumeContract(ctx, shop, contractId, "perennial")),
  cancel: async (contractId) => resultOf(await cancelContract(ctx, shop, contractId, "perennial")),
});

function resultOf({ outcome }: StatusOutcome): ActResult {
  switch (outcome) {
    case "PAUSED":
    case "RESUMED":
    case "CANCELLED":
      return "DONE";
    case "ALREADY_ENDED":
    case "NOT_FOUND":
      return "ENDED";
    case "RENEWAL_RUNNING":
    case "SHOPIFY_UNAVAILABLE":
    case "REFUSED":
      return "LATER";
  }
}
