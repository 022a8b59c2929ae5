import { z } from "zod";

const shop = z.object({ shopId: z.uuid() });

/** Every queue and the shape of its jobs. Rooms put jobs here; only worker.server.ts knows which room handles them. */
export const queues = {
  /** Reads again from Shopify what webhooks have marked. */
  "webhooks.reread": shop,
  /** Rebuilds the shop's mirror from Shopify: after the install, and on demand. */
  "contracts.reconcile": shop,
  /** Looks which shops have something due; put by the schedule, every minute. */
  "billing.tick": z.object({}),
  /** Carries out what has waited for a renewal, finishes moves that were left on the way, ends pauses. */
  "contracts.attend": shop,
  /** Charges what is due in the shop, and follows up what is pending or unknown. */
  "billing.run": shop,
  /** Reckons anew when coming cycles are charged, after a change of billing hour, window or time zone. */
  "billing.reschedule": shop,
  /** Takes off a cycle what was changed on it for a charge that is over. */
  "billing.clear-up": z.object({ shopId: z.uuid(), contractId: z.uuid(), cycleIndex: z.number().int() }),
  /** Compares the shop's mirror and ledger with all that Shopify has, once a night, by bulk query. */
  "billing.sweep": shop,
  /** Sends the e-mail that confirms a new subscription. */
  "notifications.subscription-created": z.object({ shopId: z.uuid(), contractId: z.uuid() }),
  /** Sends the e-mail that an event of the billing engine is worth, if any. */
  "notifications.billing": z.object({ shopId: z.uuid(), eventId: z.uuid() }),
  /** Mails a shopper the link to the portal that was asked for; without a customer there is nothing to do. */
  "notifications.portal-link": z.object({ shopId: z.uuid(), customerId: z.string().nullable(), locale: z.string() }),
  /** Sends the receipt of a cancellation. */
  "notifications.cancelled": z.object({ shopId: z.uuid(), eventId: z.uuid() }),
  /** Keeps what was agreed to at the checkout. */
  "portal.consent": z.object({ shopId: z.uuid(), contractId: z.uuid() }),
  /** Sends the receipt of what was declared on a public page, and tells the shop's owner. */
  "portal.case": z.object({ shopId: z.uuid(), caseId: z.uuid() }),
  /** Tells whoever declared it what became of it. */
  "portal.case-settled": z.object({ shopId: z.uuid(), caseId: z.uuid() }),
  /** Counts a leaving whose contract has ended. */
  "portal.left": z.object({ shopId: z.uuid(), contractId: z.uuid() }),
  /** Tells a shopper that what had waited for a renewal could not be done. */
  "portal.change-not-made": z.object({ shopId: z.uuid(), eventId: z.uuid() }),
  /** Answers customers/data_request: collects what we keep and mails it to the shop's owner. */
  "shops.data-request": z.object({ shopId: z.uuid(), customerId: z.string() }),
} as const satisfies Record<string, z.ZodType>;

export type QueueName = keyof typeof queues;
export type Job<Name extends QueueName> = z.infer<(typeof queues)[Name]>;
