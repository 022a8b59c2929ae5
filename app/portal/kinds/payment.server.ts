import { retryNow } from "~/billing/actions.server";
import type { Context } from "~/context.server";
import { sendCardLink } from "~/notifications/card-link.server";
import { AdminApiError } from "~/shopify/admin-api.server";

import type { Problem } from "../actions";
import { failingOf } from "../alert";
import type { Plan } from "../plan";
import { problem } from "../problem";
import type { Subject } from "../subject";
import { money as moneyOf } from "~/money/money";
import { notNow } from "./running.server";
import { refused } from "./schedule.server";

/** A second mail within this time would only make the first one's link look wrong. */
const MAIL_EVERY_MS = 10 * 60_000;

/** Whether the secure mail went out just now, asked for here or because a payment failed. */
const wasJustSent = async (ctx: Context, { row }: Subject): Promise<boolean> =>
  (await ctx.db.historyEvent.count({
    where: {
      contractId: row.id,
      type: "notification.sent",
      at: { gt: new Date(ctx.clock.now().getTime() - MAIL_EVERY_MS) },
      data: { path: ["notification"], equals: "card-link" },
    },
  })) > 0;

/** Shopify sends its own secure mail; the card never passes through us. */
export function paymentMethod(ctx: Context, subject: Subject): Plan {
  const { shopper, words, row } = subject;
  const { t } = words;
  const shop = shopper.shop.name;
  const email = row.customer?.email ?? null;
  const failing = failingOf(subject);
  return {
    title: t("payment-method.title"),
    effect: [
      email ? t("payment-method.effect", { shop, email }) : t("payment-method.effectNoEmail", { shop }),
      t("payment-method.all", { label: row.paymentMethodLabel ?? t("payment-method.yours") }),
      ...(failing ? [t("payment-method.thenRetried")] : []),
    ],
    confirmLabel: t("payment-method.confirm"),
    consent: null,
    async carryOut() {
      if (await wasJustSent(ctx, subject)) {
        return problem(shopper, "TOO_MANY", { text: [t("payment-method.justSent")] });
      }
      try {
        const isSent = await sendCardLink(ctx, shopper.shop, row, `portal ${ctx.ids.next()}`);
        if (!isSent) return problem(shopper, "NO_PAYMENT_METHOD");
      } catch (error) {
        if (!(error instanceof AdminApiError)) throw error;
        return problem(shopper, "SHOPIFY_UNAVAILABLE");
      }
      return {
        title: t("payment-method.done"),
        text: [email ? t("payment-method.doneText", { email }) : t("payment-method.effectNoEmail", { shop })],
        queued: false,
        undo: null,
      };
    },
  };
}

/** A failed payment is tried again at once. */
export function retryPayment(ctx: Context, subject: Subject): Plan | Problem {
  const { shopper, words, row } = subject;
  const failing = failingOf(subject);
  if (!failing) return problem(shopper, "NOT_OFFERED");
  const { charge } = failing;
  const { t, date, money } = words;
  const amount = money(moneyOf(charge.expectedAmount, charge.currencyCode));
  const label = row.paymentMethodLabel ?? t("payment-method.yours");
  return {
    title: t("retry-payment.title"),
    effect: [t("retry-payment.effect", { date: date(charge.cycle.expectedAt), amount, label })],
    confirmLabel: t("retry-payment.confirm"),
    consent: null,
    async carryOut() {
      const result = await retryNow(ctx, shopper.shop, charge.id, "shopper");
      if (result.outcome === "NOT_NOW") return notNow(subject, result.why);
      if (result.outcome !== "DONE") return refused(subject, result);
      return { title: t("retry-payment.done"), text: [t("retry-payment.doneText")], queued: false, undo: null };
    },
  };
}
