import type { Context } from "~/context.server";
import type { Job } from "~/jobs/queues";

/** Handler of notifications.subscription-created. */
export async function subscriptionCreated(
  _ctx: Context,
  _job: Job<"notifications.subscription-created">,
): Promise<void> {}
