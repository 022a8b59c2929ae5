import express, { type Request, type Response, type Router } from "express";
import { Temporal } from "temporal-polyfill";
import { z } from "zod";
import type { Shop } from "../world";
import { ClockRefusal, ClockUnrest } from "./clock";
import type { Hosts } from "./context";
import { acts } from "./control-acts";
import { checkout, customers } from "./control-customers";
import { faults } from "./control-faults";
import { holds } from "./control-hold";
import { read, reply, shopOf } from "./control-input";
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
import { settings } from "./control-settings";
import { asyncHandler, HttpRefusal } from "./express-tools";
import { installApp } from "./install";

/** A scenario with more takes minutes to play its months. */
const MAX_SUBSCRIBERS = 20_000;

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
  faults(router, hosts);
  holds(router, hosts);
  acts(router, hosts);
  router.post("*", (request) => {
    throw new HttpRefusal(404, `There is no call POST ${request.path}.`);
  });
  return router;
}

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
      const wanted = read(
        z.strictObject({
          scenario: z.string(),
          name: z.string().optional(),
          subscribers: z.number().int().min(0).max(MAX_SUBSCRIBERS).optional(),
        }),
        request,
      );
      const { scenario, ...given } = wanted;
      const shop = await hosts.addShop(scenario, given);
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
