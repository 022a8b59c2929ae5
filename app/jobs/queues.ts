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
  /** Charges what is due in the shop, and follows up what is pending or unknown. */
  "billing.run": shop,
  /** Reckons anew when coming cycles are charged, after a change of billing hour, window or time zone. */
  "billing.reschedule": shop,
  /** Compares the shop's mirror and ledger with all that Shopify has, once a night, by bulk query. */
  "billing.sweep": shop,
  /** Sends the e-mail that confirms a new subscription. */
  "notifications.subscription-created": z.object({ shopId: z.uuid(), contractId: z.uuid() }),
  /** Sends the e-mail that an event of the billing engine is worth, if any. */
  "notifications.billing": z.object({ shopId: z.uuid(), eventId: z.uuid() }),
  /** Answers customers/data_request: collects what we keep and mails it to the shop's owner. */
  "shops.data-request": z.object({ shopId: z.uuid(), customerId: z.string() }),
} as const satisfies Record<string, z.ZodType>;

export type QueueName = keyof typeof queues;
export type Job<Name extends QueueName> = z.infer<(typeof queues)[Name]>;
