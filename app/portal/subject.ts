import type { ContractDiscount } from "~/money/next-amount";
import type { OneOffView } from "~/contracts/one-offs";
import type { ContractView } from "~/contracts/views";
import type { BillingCycle, Prisma } from "~/generated/prisma/client";

import type { LinePreferenceView, PortalSettingsView, SwapOptionView } from "./settings";
import type { Shopper } from "./shopper";
import type { PortalWords } from "./words";

export type SubjectRow = Prisma.SubscriptionContractGetPayload<{
  include: {
    customer: true;
    lines: true;
    charges: { include: { attempts: true; cycle: { select: { expectedAt: true } } } };
    queuedEdits: true;
  };
}>;

/** One subscription as its shopper meets it, with everything that decides what may be done. */
export interface Subject {
  shopper: Shopper;
  words: PortalWords;
  now: Date;
  settings: PortalSettingsView;
  preferences: LinePreferenceView[];
  /** What the shop lets shoppers swap to and add. */
  swapOptions: SwapOptionView[];
  row: SubjectRow;
  discounts: ContractDiscount[];
  /** What goes with the next delivery alone; `charging`: it is on the one that is being charged. */
  oneOffs: (OneOffView & { charging: boolean })[];
  view: ContractView;
  /** That have not passed, earliest first. */
  cycles: BillingCycle[];
  /** Another one whenever what a shopper decides upon has changed. */
  state: string;
}
