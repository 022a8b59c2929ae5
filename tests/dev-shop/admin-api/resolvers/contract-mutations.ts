import type { GraphQLResolveInfo } from "graphql";

import {
  createAttempt,
  holds,
  moveContract,
  scheduleEditCycle,
  setNextBillingDate,
  skipCycle,
  unskipCycle,
  type AttemptInput,
  type CycleResult,
  type CycleSelector,
  type StatusMove,
  type UserError,
} from "../../domain";
import { domainOf, nextId, type Contract, type PaymentMethod } from "../../world";
import { takeAttempt } from "../bucket";
import { numericId, type Context, type Fields } from "../context";
import { invalidId, notServed } from "../errors";
import { luckOfAttempt } from "../faults";
import { ownContract } from "./queries";
import { userErrors } from "./values";

function contractOr404(context: Context, id: string): Contract {
  const contract = ownContract(context, id);
  if (!contract) throw invalidId(id);
  return contract;
}

const move =
  (name: StatusMove) =>
  (_: unknown, args: { subscriptionContractId: string }, context: Context): Record<string, unknown> => {
    const contract = contractOr404(context, args.subscriptionContractId);
    const result = moveContract(context.world, context.shop, contract, name);
    return { contract: result.contract, userErrors: userErrors(result.userErrors) };
  };

interface CycleTarget {
  billingCycleInput: { contractId: string; selector: CycleSelector };
}

const cycleAnswer = ({ cycle, userErrors: errors }: CycleResult): Record<string, unknown> => ({
  billingCycle: cycle,
  userErrors: userErrors(errors),
});

const refusedAttempt = (error: UserError): Record<string, unknown> => ({
  subscriptionBillingAttempt: null,
  userErrors: userErrors([error]),
});

function mailCardUpdate({ world, shop }: Context, method: PaymentMethod, email: EmailInput): void {
  const customer = shop.customers[method.customerId];
  if (!customer) return;
  const link = `https://${domainOf(shop)}/account/payment-methods/${method.id}/update`;
  const nb = customer.locale.startsWith("nb") || customer.locale.startsWith("no");
  const subject = email.subject ?? (nb ? "Oppdater betalingskortet ditt" : "Update your payment method");
  const text = [
    nb ? `Hei ${customer.firstName},` : `Hi ${customer.firstName},`,
    email.customMessage ??
      email.body ??
      (nb
        ? `${shop.title} trenger et oppdatert betalingskort for abonnementet ditt.`
        : `${shop.title} needs an updated payment method for your subscription.`),
    link,
  ].join("\n\n");
  const html = text
    .split("\n\n")
    .map((paragraph) =>
      paragraph === link
        ? `<p><a href="${link}">${nb ? "Oppdater kortet" : "Update payment method"}</a></p>`
        : `<p>${paragraph.replace(/[&<>]/g, (sign) => `&#${sign.charCodeAt(0)};`)}</p>`,
    );
  shop.mail.push({
    id: nextId(world),
    from: email.from ?? shop.email,
    to: email.to ?? customer.email,
    subject,
    text,
    html: html.join("\n"),
    locale: customer.locale,
    at: world.now,
  });
}

interface EmailInput {
  to?: string | null;
  from?: string | null;
  subject?: string | null;
  body?: string | null;
  customMessage?: string | null;
}

export const contractMutations: Fields = {
  subscriptionContractActivate: move("activate"),
  subscriptionContractPause: move("pause"),
  subscriptionContractCancel: move("cancel"),
  subscriptionContractExpire: move("expire"),
  subscriptionContractFail: move("fail"),
  subscriptionContractSetNextBillingDate: (
    _: unknown,
    args: { contractId: string; date: string },
    context: Context,
  ) => {
    const contract = contractOr404(context, args.contractId);
    const result = setNextBillingDate(context.world, context.shop, contract, args.date);
    return { contract: result.contract, userErrors: userErrors(result.userErrors) };
  },
  subscriptionBillingCycleSkip: (_: unknown, { billingCycleInput: input }: CycleTarget, context: Context) =>
    cycleAnswer(skipCycle(context.world, context.shop, contractOr404(context, input.contractId), input.selector)),
  subscriptionBillingCycleUnskip: (_: unknown, { billingCycleInput: input }: CycleTarget, context: Context) =>
    cycleAnswer(unskipCycle(context.world, context.shop, contractOr404(context, input.contractId), input.selector)),
  subscriptionBillingCycleScheduleEdit: (
    _: unknown,
    {
      billingCycleInput: target,
      input,
    }: CycleTarget & { input: { billingDate?: string | null; skip?: boolean | null } },
    context: Context,
  ) =>
    cycleAnswer(
      scheduleEditCycle(context.world, context.shop, contractOr404(context, target.contractId), target.selector, input),
    ),
  subscriptionBillingAttemptCreate: (
    _: unknown,
    args: {
      subscriptionContractId: string;
      subscriptionBillingAttemptInput: AttemptInput & { paymentProcessingPolicy?: string | null };
    },
    context: Context,
    info: GraphQLResolveInfo,
  ) => {
    const input = args.subscriptionBillingAttemptInput;
    if (input.paymentProcessingPolicy === "SKIP_PAYMENT_AND_CREATE_UNPAID_ORDER") {
      throw notServed("SubscriptionBillingAttemptPaymentProcessingPolicy.SKIP_PAYMENT_AND_CREATE_UNPAID_ORDER");
    }
    const contract = ownContract(context, args.subscriptionContractId);
    if (!contract) {
      return refusedAttempt({
        field: ["subscriptionContractId"],
        message: "Subscription contract does not exist.",
        code: "CONTRACT_NOT_FOUND",
      });
    }
    if (holds(context.world, "attemptsHaveTheirOwnThrottle") && !takeAttempt(context.world, context.shop)) {
      return refusedAttempt({
        field: null,
        message: "Billing attempt rate limit exceeded - try later.",
        code: "THROTTLED",
      });
    }
    const luck = luckOfAttempt(context.world, context.shop, info.operation);
    if (luck?.meets("processingFailed")) {
      const isDone = holds(context.world, "processingFailedMayHaveBeenDone") && luck.from1To(2, "done") === 1;
      if (isDone) createAttempt(context.world, context.shop, contract, input, "app");
      return refusedAttempt({
        field: null,
        message: "Failed to process the billing attempt.",
        code: "PROCESSING_FAILED",
      });
    }
    const result = createAttempt(context.world, context.shop, contract, input, "app");
    return { subscriptionBillingAttempt: result.attempt, userErrors: userErrors(result.userErrors) };
  },
  customerPaymentMethodSendUpdateEmail: (
    _: unknown,
    args: { customerPaymentMethodId: string; email?: EmailInput | null },
    context: Context,
  ) => {
    const method = context.shop.paymentMethods[numericId("CustomerPaymentMethod", args.customerPaymentMethodId)];
    if (!method || method.revokedAt !== null) {
      return {
        customer: null,
        userErrors: [{ field: ["customerPaymentMethodId"], message: "Customer payment method does not exist" }],
      };
    }
    mailCardUpdate(context, method, args.email ?? {});
    return { customer: context.shop.customers[method.customerId] ?? null, userErrors: [] };
  },
};
