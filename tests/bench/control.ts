/** A call to the Admin API, as the stand-in has recorded it. */
export interface Call {
  requestId: string;
  operation: string;
  aliases: number;
  requestedCost: number;
  actualCost: number;
  outcome: string;
  durationMs: number;
}

interface Page<Item> {
  items: Item[];
  after: string | null;
}

const PATIENCE_MS = 600_000;
const PAGE = 1000;

/** The stand-in's control API, about one shop. */
export class Control {
  /** @param origin "http://127.0.0.1:4000" */
  constructor(
    readonly origin: string,
    readonly shop: string,
  ) {}

  /** @throws with what the stand-in answered */
  async post<Answer>(path: string, body: object): Promise<Answer> {
    const response = await fetch(`${this.origin}/_control${path}?shop=${this.shop}`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE_MS),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${(await response.text()).slice(0, 300)}`);
    return (await response.json()) as Answer;
  }

  async get<Answer>(path: string): Promise<Answer> {
    const response = await fetch(`${this.origin}/_control${path}`, { signal: AbortSignal.timeout(PATIENCE_MS) });
    if (!response.ok) throw new Error(`${path}: ${response.status}`);
    return (await response.json()) as Answer;
  }

  /** Every item of a list, oldest first. */
  async all<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    for (let after: string | null = ""; after !== null;) {
      const query: string = `?shop=${this.shop}&limit=${PAGE}${after ? `&after=${after}` : ""}`;
      const page: Page<Item> = await this.get(`${path}${query}`);
      items.push(...page.items);
      after = page.after;
    }
    return items;
  }

  counts(): Promise<{ now: string; counts: { contracts: number; attempts: number; orders: number; calls: number } }> {
    return this.get(`/state?shop=${this.shop}`);
  }
}
