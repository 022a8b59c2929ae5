import path from "node:path";

import { freePort } from "../dev-shop/demo/ports";
import { startDemo } from "../dev-shop/demo/start-demo";

const root = path.resolve(import.meta.dirname, "../..");
const START = "2026-12-01T11:00:00Z";

/** Of a minute each. */
const IMPORT_TRIES = 10;

interface Call {
  operation: string;
  actualCost: number;
  at: string;
}

interface Page<Item> {
  items: Item[];
  after: string | null;
}

export interface Renewals {
  contracts: number;
  renewals: number;
  /** Real seconds that 31 virtual days took, with web, worker and stand-in as processes. */
  seconds: number;
  points: number;
  calls: number;
  byOperation: Record<string, { calls: number; points: number }>;
}

/** A month of a shop with this many subscribers, in the running demo: what its renewals cost at Shopify, and how long. */
export async function monthOf(subscribers: number): Promise<Renewals> {
  const ports = { app: await freePort(), devShop: await freePort(), smtp: await freePort() };
  const demo = await startDemo({
    root,
    dataDir: path.join(root, ".data/bench"),
    scenarios: ["hudpleie"],
    fresh: true,
    ports,
    now: START,
    progress: () => undefined,
    onUnexpectedEnd: (sentence) => {
      console.error(sentence);
    },
  });
  try {
    const control = `http://127.0.0.1:${ports.devShop}/_control`;
    const post = async <Answer>(pathname: string, body: object): Promise<Answer> => {
      const response = await fetch(`${control}${pathname}`, {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
        signal: AbortSignal.timeout(600_000),
      });
      if (!response.ok) throw new Error(`${pathname}: ${response.status} ${(await response.text()).slice(0, 300)}`);
      return (await response.json()) as Answer;
    };
    const all = async <Item>(pathname: string): Promise<Item[]> => {
      const items: Item[] = [];
      for (let after: string | null = ""; after !== null;) {
        const page: Page<Item> = (await (
          await fetch(`${control}${pathname}?shop=bench&limit=1000${after ? `&after=${after}` : ""}`)
        ).json()) as Page<Item>;
        items.push(...page.items);
        after = page.after;
      }
      return items;
    };

    await post("/shops", { scenario: "kaffebonna", name: "bench", subscribers });
    // The import of a large shop takes longer than one moment of the clock may: its rate limit is the shop's own.
    for (let tries = 1; ; tries += 1) {
      const settled = await post("/clock", { advance: "PT1M", settle: true }).catch((error: unknown) => error);
      if (!(settled instanceof Error)) break;
      if (tries === IMPORT_TRIES) throw settled;
    }
    const before = { orders: (await all("/orders")).length, calls: (await all<Call>("/calls")).length };
    const started = performance.now();
    await post("/clock", { advance: "P31D", settle: true });
    const seconds = (performance.now() - started) / 1000;
    const calls = (await all<Call>("/calls")).slice(before.calls);
    const byOperation: Renewals["byOperation"] = {};
    for (const { operation, actualCost } of calls) {
      const entry = (byOperation[operation] ??= { calls: 0, points: 0 });
      entry.calls += 1;
      entry.points += actualCost;
    }
    return {
      contracts: (await all("/contracts")).length,
      renewals: (await all("/orders")).length - before.orders,
      seconds,
      points: calls.reduce((sum, { actualCost }) => sum + actualCost, 0),
      calls: calls.length,
      byOperation,
    };
  } finally {
    await demo.stop();
  }
}
