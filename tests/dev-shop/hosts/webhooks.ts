import { createHmac, randomUUID } from "node:crypto";
import type { DevShop } from "../dev-shop";
import { planDeliveries } from "../domain";
import { domainOf, type Instant, type OutboxEvent, type Shop, type WebhookDelivery } from "../world";
import { requestApp } from "./app-request";
import { earliest, isAfter } from "./instants";

/** Documented: the whole answer must come within five seconds. */
export const DELIVERY_TIMEOUT_MS = 5000;
/**
 * Documented: eight retries over four hours. Assumed: how they are spread (virtual minutes after the try before).
 */
export const RETRY_MINUTES = [1, 3, 8, 18, 30, 45, 60, 75] as const;
/** Settled deliveries that are kept for people to look at. */
export const MAX_SETTLED = 5000;
/** Deliveries in flight at once: enough to go out of order now and then, as Shopify's do. */
const CONCURRENCY = 8;

const COMPLIANCE = new Set(["customers/data_request", "customers/redact", "shop/redact"]);

interface Pending {
  shop: Shop;
  delivery: WebhookDelivery;
}

/** Base64 HMAC-SHA256 of the raw body (documented: X-Shopify-Hmac-Sha256). */
export const signWebhook = (body: string, secret: string): string =>
  createHmac("sha256", secret).update(body, "utf8").digest("base64");

/** Turns what happened (each shop's outbox) into signed deliveries to the app, with Shopify's retries. */
export class WebhookSender {
  /** Deliveries ever queued, and tries ever ended: `settle` compares two readings to see whether anything happened. */
  activity = 0;
  private pending = new Map<string, Pending>();
  private running: Promise<number> | null = null;

  constructor(private readonly devShop: DevShop) {
    this.reload();
  }

  /** Call it when the world was replaced: what waits is read from the world again. */
  reload(): void {
    this.pending = new Map();
    for (const shop of Object.values(this.devShop.world.shops)) {
      for (const delivery of shop.webhooks) {
        if (delivery.outcome === null) this.pending.set(delivery.id, { shop, delivery });
      }
    }
  }

  /** When the next delivery is to be tried (again), or null. */
  nextTryAt(): Instant | null {
    this.collect();
    return earliest([...this.pending.values()].map(({ delivery }) => delivery.nextTryAt));
  }

  hasDue(): boolean {
    const next = this.nextTryAt();
    return next !== null && !isAfter(next, this.devShop.world.now);
  }

  /** Tries everything due by the world's time, also what is queued meanwhile. Answers how many tries were made. */
  deliverDue(): Promise<number> {
    this.running ??= this.run().finally(() => {
      this.running = null;
    });
    return this.running;
  }

  private async run(): Promise<number> {
    let tries = 0;
    for (;;) {
      this.collect();
      const { now } = this.devShop.world;
      const due = [...this.pending.values()].filter(
        ({ delivery }) => delivery.nextTryAt !== null && !isAfter(delivery.nextTryAt, now),
      );
      if (due.length === 0) return tries;
      tries += due.length;
      const queue = due[Symbol.iterator]();
      await Promise.all(
        Array.from({ length: CONCURRENCY }, async () => {
          for (const item of queue) await this.deliver(item);
        }),
      );
    }
  }

  private collect(): void {
    for (const shop of Object.values(this.devShop.world.shops)) {
      if (shop.outbox.length === 0) continue;
      for (const event of shop.outbox.splice(0)) {
        if (this.isWanted(shop, event.topic)) this.queue(shop, event);
      }
      forgetOldest(shop);
    }
  }

  private queue(shop: Shop, event: OutboxEvent): void {
    const planned = planDeliveries(this.devShop.world, shop, event);
    const first = randomUUID();
    const delivery = (change: Partial<WebhookDelivery>): WebhookDelivery => ({
      id: first,
      eventId: event.eventId,
      topic: event.topic,
      payload: event.payload,
      triggeredAt: event.at,
      tries: 0,
      outcome: null,
      status: null,
      nextTryAt: null,
      ...change,
    });
    const deliveries =
      planned.length === 0
        ? [delivery({ outcome: "dropped" })]
        : planned.map(({ at, copy }) =>
            delivery({ nextTryAt: at, ...(copy ? { id: randomUUID(), copyOf: first } : {}) }),
          );
    for (const one of deliveries) {
      shop.webhooks.push(one);
      if (one.outcome === null) this.pending.set(one.id, { shop, delivery: one });
      this.activity += 1;
    }
  }

  /** Only topics of the TOML, only while the app is installed; compliance topics and the uninstall itself always. */
  private isWanted(shop: Shop, topic: string): boolean {
    if (!this.subscription(topic)) return false;
    if (COMPLIANCE.has(topic) || topic === "app/uninstalled") return true;
    return shop.grantedScopes !== null && shop.status !== "uninstalled";
  }

  private subscription(topic: string): { uri: string; name?: string } | undefined {
    return this.devShop.config.app.webhookTopics.find((entry) => entry.topic === topic);
  }

  private async deliver({ shop, delivery }: Pending): Promise<void> {
    const { world } = this.devShop;
    const subscription = this.subscription(delivery.topic);
    delivery.tries += 1;
    delivery.status = subscription ? await this.send(shop, delivery, subscription) : null;
    this.activity += 1;
    const delivered = delivery.status !== null && delivery.status >= 200 && delivery.status < 300;
    const wait = RETRY_MINUTES[delivery.tries - 1];
    if (delivered || wait === undefined || !this.isWanted(shop, delivery.topic)) {
      delivery.outcome = delivered ? "delivered" : "failed";
      delivery.nextTryAt = null;
      this.pending.delete(delivery.id);
    } else {
      delivery.nextTryAt = new Date(Date.parse(world.now) + wait * 60_000).toISOString();
    }
  }

  private async send(
    shop: Shop,
    delivery: WebhookDelivery,
    subscription: { uri: string; name?: string },
  ): Promise<number | null> {
    const { config } = this.devShop;
    const body = JSON.stringify(delivery.payload);
    const { pathname, search } = new URL(subscription.uri, config.appOrigin);
    try {
      const answer = await requestApp(config, {
        method: "POST",
        path: pathname + search,
        timeoutMs: DELIVERY_TIMEOUT_MS,
        body,
        headers: {
          "content-type": "application/json",
          accept: "*/*",
          "user-agent": "Shopify-Captain-Hook",
          "x-shopify-topic": delivery.topic,
          "x-shopify-hmac-sha256": signWebhook(body, config.apiSecret),
          "x-shopify-shop-domain": domainOf(shop),
          "x-shopify-api-version": config.app.webhookApiVersion,
          "x-shopify-webhook-id": delivery.copyOf ?? delivery.id,
          "x-shopify-event-id": delivery.eventId,
          "x-shopify-triggered-at": delivery.triggeredAt,
          ...(subscription.name === undefined ? {} : { "x-shopify-name": subscription.name }),
        },
      });
      return answer.status;
    } catch {
      return null;
    }
  }
}

function forgetOldest(shop: Shop): void {
  if (shop.webhooks.length <= MAX_SETTLED) return;
  let surplus = shop.webhooks.filter((delivery) => delivery.outcome !== null).length - MAX_SETTLED;
  if (surplus <= 0) return;
  shop.webhooks = shop.webhooks.filter((delivery) => {
    if (delivery.outcome === null || surplus === 0) return true;
    surplus -= 1;
    return false;
  });
}
