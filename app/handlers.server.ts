import { clearUpCycle } from "~/billing/clear-up.server";
import { rescheduleCycles } from "~/billing/settings/reschedule.server";
import { tick, runBilling } from "~/billing/run.server";
import { sweep } from "~/billing/sweep/sweep.server";
import type { Context } from "~/context.server";
import { attendContracts } from "~/contracts/attend.server";
import { reconcile } from "~/billing/reconcile.server";
import { rereadMarked } from "~/webhooks/reread.server";
import type { Job, QueueName } from "~/jobs/queues";
import { billingNotification } from "~/notifications/billing.server";
import { mailPortalLink } from "~/notifications/portal-link.server";
import { mailCancelled } from "~/notifications/cancelled.server";
import { subscriptionCreated } from "~/notifications/subscription-created.server";
import { mailCase, mailCaseSettled } from "~/portal/case-mails.server";
import { noteLeft } from "~/portal/cancelling.server";
import { mailChangeNotMade } from "~/portal/change-not-made.server";
import { keepCheckoutConsent } from "~/portal/checkout-consent.server";
import { markSaved } from "~/portal/saves.server";
import { sendDataRequest } from "~/shops/compliance.server";

/** Which room handles which queue: the only place that knows. */
export const handlers: { [Name in QueueName]: (ctx: Context, job: Job<Name>) => Promise<unknown> } = {
  "webhooks.reread": (ctx, { shopId }) => rereadMarked(ctx, shopId),
  "contracts.reconcile": (ctx, { shopId }) => reconcile(ctx, shopId),
  "contracts.attend": (ctx, { shopId }) => attendContracts(ctx, shopId),
  "billing.tick": (ctx) => tick(ctx),
  "billing.run": (ctx, { shopId }) => runBilling(ctx, shopId),
  "billing.clear-up": clearUpCycle,
  "billing.sweep": async (ctx, { shopId }) => {
    await sweep(ctx, shopId);
    // Once a night is often enough for what is looked at after 30 days.
    await markSaved(ctx, shopId);
  },
  "billing.reschedule": (ctx, { shopId }) => rescheduleCycles(ctx, shopId),
  "notifications.subscription-created": subscriptionCreated,
  "notifications.billing": billingNotification,
  "notifications.portal-link": mailPortalLink,
  "notifications.cancelled": mailCancelled,
  "portal.consent": keepCheckoutConsent,
  "portal.case": mailCase,
  "portal.case-settled": mailCaseSettled,
  "portal.left": noteLeft,
  "portal.change-not-made": mailChangeNotMade,
  "shops.data-request": sendDataRequest,
};
