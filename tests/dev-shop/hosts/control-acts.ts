import type { Router } from "express";
import { z } from "zod";
import {
  answerChallenge,
  changeFromOutside,
  chargeFromOutside,
  deleteOrder,
  openChallenge,
  refundOrder,
  setHighRisk,
  type UserError,
} from "../domain";
import type { Shop } from "../world";
import type { Hosts } from "./context";
import { anyId, plainId, read, reply } from "./control-input";
import { attemptRecord, contractRecord, orderRecord } from "./control-records";
import { HttpRefusal } from "./express-tools";

const decimal = z.string().regex(/^\d+(\.\d+)?$/, "Money is a decimal string such as 199.00.");

/** What another app, the merchant or the bank does behind the app's back. */
export function acts(router: Router, hosts: Hosts): void {
  attempts(router, hosts);
  contracts(router, hosts);
  orders(router, hosts);
}

function attempts(router: Router, hosts: Hosts): void {
  const { devShop } = hosts;
  const charge = z.strictObject({
    contractId: anyId,
    cycleIndex: z.number().int().min(1).optional(),
    bulk: z.boolean().optional(),
  });
  reply(router, hosts, "/attempts", (request, shop) => {
    const { contractId, cycleIndex, bulk } = read(charge, request);
    const contract = found(shop.contracts, plainId("SubscriptionContract", contractId), "contract", shop);
    const { attempt, userErrors } = chargeFromOutside(devShop.world, shop, contract, { cycleIndex, bulk });
    if (!attempt) throw refusal(userErrors);
    return attemptRecord(attempt);
  });
  const challenge = z.strictObject({ challenge: z.enum(["opened", "approved", "refused"]) });
  reply(router, hosts, "/attempts/:id", (request, shop) => {
    const id = plainId("SubscriptionBillingAttempt", request.params["id"] ?? "");
    const attempt = found(shop.attempts, id, "attempt", shop);
    const answer = read(challenge, request).challenge;
    const waits =
      openChallenge(devShop.world, shop, attempt) &&
      (answer === "opened" || answerChallenge(devShop.world, shop, attempt, answer === "approved"));
    if (!waits) throw new HttpRefusal(409, `Attempt ${id} does not wait for the customer: it is ${attempt.state}.`);
    return attemptRecord(attempt);
  });
}

function contracts(router: Router, hosts: Hosts): void {
  const body = z.strictObject({
    status: z.enum(["ACTIVE", "PAUSED", "CANCELLED", "EXPIRED", "FAILED"]).optional(),
    lines: z
      .array(
        z.strictObject({
          id: z.string().min(1),
          price: decimal.optional(),
          quantity: z.number().int().min(1).optional(),
        }),
      )
      .optional(),
    deliveryPrice: decimal.optional(),
    nextExpectedDate: z.iso.datetime({ offset: true }).optional(),
    skip: z.number().int().min(1).optional(),
  });
  reply(router, hosts, "/contracts/:id", (request, shop) => {
    const { world } = hosts.devShop;
    const id = plainId("SubscriptionContract", request.params["id"] ?? "");
    const contract = found(shop.contracts, id, "contract", shop);
    const errors = changeFromOutside(world, shop, contract, read(body, request));
    if (errors.length > 0) throw refusal(errors);
    return contractRecord(world, shop, contract);
  });
}

function orders(router: Router, hosts: Hosts): void {
  const body = z.strictObject({
    refund: z.literal(true).optional(),
    delete: z.literal(true).optional(),
    highRisk: z.boolean().optional(),
  });
  reply(router, hosts, "/orders/:id", (request, shop) => {
    const order = found(shop.orders, plainId("Order", request.params["id"] ?? ""), "order", shop);
    const act = read(body, request);
    if (act.refund) refundOrder(order);
    if (act.highRisk !== undefined) setHighRisk(order, act.highRisk);
    if (act.delete) deleteOrder(shop, order);
    return {
      ...orderRecord(order),
      financialStatus: order.financialStatus,
      highRisk: order.highRisk ?? false,
      deleted: act.delete ?? false,
    };
  });
}

function found<T>(records: Record<string, T>, id: string, what: string, shop: Shop): T {
  const record = records[id];
  if (!record) throw new HttpRefusal(404, `${shop.title} has no ${what} ${id}.`);
  return record;
}

/** What Shopify would answer as user errors. */
const refusal = (errors: readonly UserError[]): HttpRefusal =>
  new HttpRefusal(422, errors.map(({ code, message }) => (code ? `${code}: ${message}` : message)).join(" "));
