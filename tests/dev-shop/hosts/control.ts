import { randomBytes } from "node:crypto";
import express, { type Request, type Response, type Router } from "express";
import { Temporal } from "temporal-polyfill";
import { z } from "zod";
import {
  completeCheckout,
  createCustomer,
  paymentMethodsOf,
  redactCustomer,
  replacePaymentMethod,
  revokePaymentMethod,
  setCardOutcomes,
  setScopes,
  setStock,
  uninstall,
  updatePaymentMethod,
  updateShop,
} from "../domain";
import { idOf, type Address, type Customer, type GidType, type Shop } from "../world";
import { ClockRefusal, ClockUnrest } from "./clock";
import { storefrontOrigin, type Hosts } from "./context";
import {
  attemptRecord,
  callRecord,
  contractRecord,
  DEFAULT_LIMIT,
  mailRecord,
  MAX_LIMIT,
  orderRecord,
  page,
  webhookRecord,
} from "./control-records";
import { asyncHandler, HttpRefusal } from "./express-tools";
import { installApp } from "./install";

const NOT_YET =
  "NOT_SERVED: this version of the stand-in plays no faults, no acts of other apps and no retries of Shopify's own yet.";

/** The JSON control API: everything a person or a test can make happen. Mounted at `/_control`. */
export function controlRouter(hosts: Hosts): Router {
  const router = express.Router();
  router.use(express.json({ type: () => true, limit: "1mb" }));
  time(router, hosts);
  moments(router, hosts);
  lists(router, hosts);
  customers(router, hosts);
  settings(router, hosts);
  checkout(router, hosts);
  for (const path of ["/faults", "/attempts", "/contracts/:id", "/orders/:id"]) {
    router.post(path, () => {
      throw new HttpRefusal(501, NOT_YET);
    });
  }
  return router;
}

const reply = (router: Router, hosts: Hosts, path: string, act: (request: Request, shop: Shop) => unknown): void => {
  router.post(
    path,
    asyncHandler(async (request, response) => {
      const answer: unknown = await act(request, shopOf(hosts, request));
      hosts.devShop.changed();
      response.json(answer ?? {});
    }),
  );
};

function time(router: Router, hosts: Hosts): void {
  const { clock } = hosts;
  router.get("/state", (request, response) => {
    response.json(state(hosts, shopOf(hosts, request)));
  });
  router.get("/clock", (_request, response) => {
    response.json(clock.status());
  });
  const move = z.strictObject({
    set: z.iso.datetime({ offset: true }).optional(),
    advance: z.string().optional(),
    settle: z.boolean().optional(),
  });
  router.post(
    "/clock",
    asyncHandler(async (request, response) => {
      const body = read(move, request);
      const target = targetOf(clock.now, body);
      try {
        await clock.advance(target, body.settle ?? false);
      } catch (error) {
        if (error instanceof ClockRefusal) throw new HttpRefusal(400, error.message);
        if (error instanceof ClockUnrest) throw new HttpRefusal(504, error.message);
        throw error;
      }
      response.json(state(hosts, shopOf(hosts, request)));
    }),
  );
  router.get("/clock/stream", (request, response) => joinClock(hosts, request, response));
}

function joinClock(hosts: Hosts, request: Request, response: Response): void {
  const { id, process } = request.query;
  if (typeof id !== "string" || typeof process !== "string" || id === "") {
    throw new HttpRefusal(400, "A process joins the clock with ?id=<uuid>&process=web|worker.");
  }
  response.writeHead(200, { "content-type": "application/x-ndjson", "cache-control": "no-store" });
  const leave = hosts.clock.join(id, process, response);
  response.on("close", leave);
}

function targetOf(now: string, body: { set?: string | undefined; advance?: string | undefined }): string {
  if ((body.set === undefined) === (body.advance === undefined)) {
    throw new HttpRefusal(400, 'Send either {"set": an ISO instant} or {"advance": an ISO 8601 duration}.');
  }
  if (body.set !== undefined) return body.set;
  try {
    return Temporal.Instant.from(now)
      .toZonedDateTimeISO("UTC")
      .add(Temporal.Duration.from(body.advance ?? ""))
      .toInstant()
      .toString();
  } catch {
    throw new HttpRefusal(400, `"${body.advance ?? ""}" is not an ISO 8601 duration such as PT1H or P14D.`);
  }
}

const state = (hosts: Hosts, shop: Shop): Record<string, unknown> => ({
  now: hosts.clock.now,
  shop: shop.name,
  shops: Object.keys(hosts.devShop.world.shops),
  counts: {
    contracts: Object.keys(shop.contracts).length,
    attempts: Object.keys(shop.attempts).length,
    orders: Object.keys(shop.orders).length,
    webhooks: shop.webhooks.length,
    calls: shop.calls.length,
  },
});

function moments(router: Router, hosts: Hosts): void {
  const { clock, snapshots } = hosts;
  reply(router, hosts, "/snapshot", async () => ({ id: await clock.exclusively(() => snapshots.keep()) }));
  reply(router, hosts, "/restore", async (request) => {
    const { id } = read(z.object({ id: z.string() }), request);
    await clock.exclusively(() => snapshots.restore(id));
    return { now: clock.now };
  });
  router.post(
    "/reset",
    asyncHandler(async (_request, response) => {
      await clock.exclusively(() => hosts.startOver());
      for (const shop of Object.values(hosts.devShop.world.shops)) await installApp(hosts, shop);
      hosts.devShop.changed();
      response.json({ now: clock.now, shops: Object.keys(hosts.devShop.world.shops) });
    }),
  );
  router.post(
    "/shops",
    asyncHandler(async (request, response) => {
      const wanted = read(z.strictObject({ scenario: z.string(), name: z.string().optional() }), request);
      const shop = await hosts.addShop(wanted.scenario, wanted.name);
      await installApp(hosts, shop);
      response.status(201).json({ shop: shop.name });
    }),
  );
  router.post(
    "/shops/:name/install",
    asyncHandler(async (request, response) => {
      const shop = hosts.devShop.world.shops[request.params["name"] ?? ""];
      if (!shop) throw new HttpRefusal(404, `There is no shop called "${request.params["name"] ?? ""}".`);
      response.json({ shop: shop.name, ...(await installApp(hosts, shop)) });
    }),
  );
}

function lists(router: Router, hosts: Hosts): void {
  const { devShop } = hosts;
  const list = <T extends { id: string }>(
    path: string,
    items: (shop: Shop) => readonly T[],
    record: (shop: Shop, item: T) => unknown,
  ): void => {
    router.get(path, (request, response) => {
      const shop = shopOf(hosts, request);
      const { after, limit } = request.query;
      const size = limit === undefined ? DEFAULT_LIMIT : Number(limit);
      if (!Number.isInteger(size) || size < 1 || size > MAX_LIMIT) {
        throw new HttpRefusal(400, `limit is a whole number from 1 to ${MAX_LIMIT}.`);
      }
      const found = page(items(shop), typeof after === "string" ? after : undefined, size);
      if (!found) throw new HttpRefusal(400, `after=${String(after)} names nothing in this list (any more).`);
      response.json({ items: found.items.map((item) => record(shop, item)), after: found.after });
    });
  };
  list(
    "/contracts",
    (shop) => Object.values(shop.contracts),
    (shop, item) => contractRecord(devShop.world, shop, item),
  );
  list(
    "/attempts",
    (shop) => Object.values(shop.attempts),
    (_shop, item) => attemptRecord(item),
  );
  list(
    "/orders",
    (shop) => Object.values(shop.orders),
    (_shop, item) => orderRecord(item),
  );
  list(
    "/webhooks",
    (shop) => shop.webhooks,
    (_shop, item) => webhookRecord(item),
  );
  list("/calls", (shop) => shop.calls, callRecord);
  list(
    "/mail",
    (shop) => shop.mail,
    (_shop, item) => mailRecord(item),
  );
  // The stand-in plays no fulfilments yet; the list is there so that a reader of all lists need not know.
  list<{ id: string }>(
    "/fulfillments",
    () => [],
    (_shop, item) => item,
  );
}

function customers(router: Router, hosts: Hosts): void {
  const { devShop } = hosts;
  reply(router, hosts, "/customers/:id/card", (request, shop) => {
    const customer = customerOf(shop, request);
    const { outcome } = read(z.strictObject({ outcome: z.union([z.string(), z.array(z.string()).min(1)]) }), request);
    try {
      setCardOutcomes(customer, typeof outcome === "string" ? [outcome] : outcome);
    } catch (error) {
      throw new HttpRefusal(400, error instanceof Error ? error.message : String(error));
    }
    return { cardOutcomes: customer.cardOutcomes };
  });
  reply(router, hosts, "/customers/:id/payment-method", (request, shop) => {
    const customer = customerOf(shop, request);
    const card = z.union([
      z.literal(true),
      z.strictObject({
        brand: z.string().optional(),
        lastDigits: z.string().optional(),
        expiryMonth: z.number().int().optional(),
        expiryYear: z.number().int().optional(),
      }),
    ]);
    const body = read(
      z.strictObject({
        update: card.optional(),
        replace: card.optional(),
        revoke: z.boolean().optional(),
        nativeRetry: z.boolean().optional(),
      }),
      request,
    );
    if (body.nativeRetry) throw new HttpRefusal(501, NOT_YET);
    changePaymentMethod(hosts, shop, customer, body);
    return { paymentMethods: paymentMethodsOf(shop, customer.id).map(({ id, revokedAt }) => ({ id, revokedAt })) };
  });
  router.post("/customers/:id/login", (request, response) => {
    const shop = shopOf(hosts, request);
    const customer = customerOf(shop, request);
    const token = randomBytes(24).toString("base64url");
    shop.storefrontSessions[token] = { customerId: customer.id };
    devShop.changed();
    response.cookie("_dev_shop_customer", token, { httpOnly: true, sameSite: "lax" });
    response.json({ url: `${storefrontOrigin(hosts, shop)}/_login?token=${token}` });
  });
  reply(router, hosts, "/customers/:id/redact", (request, shop) => {
    redactCustomer(devShop.world, shop, customerOf(shop, request));
  });
}

type CardChange =
  true | (Partial<Record<"brand" | "lastDigits", string>> & Partial<Record<"expiryMonth" | "expiryYear", number>>);

function changePaymentMethod(
  { devShop }: Hosts,
  shop: Shop,
  customer: Customer,
  change: { update?: unknown; replace?: unknown; revoke?: boolean | undefined },
): void {
  const method = paymentMethodsOf(shop, customer.id).findLast(({ revokedAt }) => revokedAt === null);
  if (!method) throw new HttpRefusal(409, "The customer has no payment method that is not revoked.");
  const cardOf = (card: unknown): Exclude<CardChange, true> =>
    typeof card === "object" && card !== null ? { ...card } : { lastDigits: "1881" };
  if (change.update !== undefined) updatePaymentMethod(devShop.world, shop, method, cardOf(change.update));
  if (change.replace !== undefined) replacePaymentMethod(devShop.world, shop, method, cardOf(change.replace));
  if (change.revoke === true) revokePaymentMethod(devShop.world, shop, method, "CUSTOMER_REQUESTED");
}

function settings(router: Router, hosts: Hosts): void {
  const { devShop } = hosts;
  reply(router, hosts, "/latency", (request) => {
    const change = read(
      z.strictObject({
        queryMs: z.number().min(0).max(60_000).optional(),
        mutationMs: z.number().min(0).max(60_000).optional(),
        attemptPendingMinutes: z.number().min(0).max(100_000).optional(),
      }),
      request,
    );
    Object.assign(devShop.world.settings, change);
    const { queryMs, mutationMs, attemptPendingMinutes } = devShop.world.settings;
    return { queryMs, mutationMs, attemptPendingMinutes };
  });
  reply(router, hosts, "/stock", (request, shop) => {
    const change = read(z.strictObject({ variantId: anyId, quantity: z.number().int().nullable() }), request);
    const id = plainId("ProductVariant", change.variantId);
    if (!setStock(devShop.world, shop, id, change.quantity)) throw new HttpRefusal(404, `There is no variant ${id}.`);
    return { variantId: id, quantity: change.quantity };
  });
  reply(router, hosts, "/tokens/expire", (_request, shop) => {
    for (const token of shop.tokens) token.expiresAt = 0;
    return { expired: shop.tokens.length };
  });
  reply(router, hosts, "/shop", (request, shop) => changeShop(hosts, request, shop));
}

function changeShop({ devShop }: Hosts, request: Request, shop: Shop): unknown {
  const { world } = devShop;
  const change = read(
    z.strictObject({
      status: z.enum(["active", "frozen", "uninstalled"]).optional(),
      timezone: z.string().optional(),
      plan: z.enum(["standard", "advanced", "plus", "enterprise"]).optional(),
      scopes: z.union([z.string(), z.array(z.string())]).optional(),
    }),
    request,
  );
  if (change.timezone !== undefined) {
    if (!isTimeZone(change.timezone)) throw new HttpRefusal(400, `"${change.timezone}" is not an IANA time zone.`);
    updateShop(world, shop, { timeZone: change.timezone });
  }
  if (change.plan !== undefined) updateShop(world, shop, { plan: change.plan });
  if (change.scopes !== undefined) {
    const scopes = typeof change.scopes === "string" ? change.scopes.split(",") : change.scopes;
    setScopes(
      world,
      shop,
      scopes.map((scope) => scope.trim()).filter((scope) => scope !== ""),
    );
  }
  if (change.status === "uninstalled") {
    if (shop.status !== "uninstalled") uninstall(world, shop);
  } else if (change.status !== undefined) updateShop(world, shop, { status: change.status });
  return {
    shop: shop.name,
    status: shop.status,
    timezone: shop.timeZone,
    plan: shop.plan,
    scopes: shop.grantedScopes ?? [],
  };
}

function checkout(router: Router, hosts: Hosts): void {
  const line = z.strictObject({
    variantId: anyId,
    sellingPlanId: anyId.nullish(),
    quantity: z.number().int().min(1).default(1),
  });
  const body = z.strictObject({
    customer: anyId,
    lines: z.array(line).min(1),
    discountCode: z.string().optional(),
    address: z.record(z.string(), z.string()).optional(),
  });
  reply(router, hosts, "/subscribe", (request, shop) => {
    const wanted = read(body, request);
    const { world } = hosts.devShop;
    const customer = findOrMakeCustomer(hosts, shop, wanted.customer);
    const address = { ...addressFor(shop, customer), ...wanted.address };
    try {
      const { order, contracts } = completeCheckout(world, shop, {
        customerId: customer.id,
        lines: wanted.lines.map(({ variantId, sellingPlanId, quantity }) => ({
          variantId: plainId("ProductVariant", variantId),
          sellingPlanId: sellingPlanId == null ? null : plainId("SellingPlan", sellingPlanId),
          quantity,
        })),
        shippingAddress: address,
        ...(wanted.discountCode === undefined ? {} : { discountCode: wanted.discountCode }),
      });
      return { orderId: order.id, contractIds: contracts.map(({ id }) => id) };
    } catch (error) {
      throw new HttpRefusal(422, error instanceof Error ? error.message : String(error));
    }
  });
}

function findOrMakeCustomer({ devShop }: Hosts, shop: Shop, wanted: string): Customer {
  if (!wanted.includes("@")) {
    const customer = shop.customers[plainId("Customer", wanted)];
    if (!customer) throw new HttpRefusal(404, `There is no customer ${wanted}.`);
    return customer;
  }
  const email = wanted.toLowerCase();
  const known = Object.values(shop.customers).find((customer) => customer.email.toLowerCase() === email);
  if (known) return known;
  const [firstName = "", lastName = ""] = email.split("@")[0]?.split(/[._-]/) ?? [];
  return createCustomer(devShop.world, shop, {
    email,
    firstName: capital(firstName) || "Kari",
    lastName: capital(lastName) || "Nordmann",
  });
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

const addressFor = (shop: Shop, customer: Customer): Address =>
  customer.defaultAddress ?? {
    firstName: customer.firstName,
    lastName: customer.lastName,
    address1: "Storgata 1",
    zip: "0155",
    city: "Oslo",
    countryCode: shop.countryCode,
  };

const anyId = z.union([z.string().min(1), z.number().int()]).transform(String);

/** The numeric id of a global id, or the text itself when it is none. */
const plainId = (type: GidType, value: string): string => idOf(type, value) ?? value;

function customerOf(shop: Shop, request: Request): Customer {
  const id = plainId("Customer", request.params["id"] ?? "");
  const customer = shop.customers[id];
  if (!customer) throw new HttpRefusal(404, `${shop.title} has no customer ${id}.`);
  return customer;
}

/** The shop of `?shop=`; without it the first one. */
export function shopOf(hosts: Hosts, request: Request): Shop {
  const { shops } = hosts.devShop.world;
  const wanted = request.query["shop"];
  const shop = typeof wanted === "string" ? shops[wanted.replace(/\.myshopify\.com$/, "")] : Object.values(shops)[0];
  if (!shop)
    throw new HttpRefusal(404, `There is no shop ${typeof wanted === "string" ? `"${wanted}"` : "at all"} here.`);
  return shop;
}

function read<T extends z.ZodType>(schema: T, request: Request): z.output<T> {
  const parsed = schema.safeParse(request.body ?? {});
  if (!parsed.success) throw new HttpRefusal(400, z.prettifyError(parsed.error));
  return parsed.data;
}

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
