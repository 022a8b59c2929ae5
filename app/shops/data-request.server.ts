import type { Context } from "~/context.server";
import type { Job } from "~/jobs/queues";

/** Handler of shops.data-request. */
export async function sendDataRequest(_ctx: Context, _job: Job<"shops.data-request">): Promise<void> {}
