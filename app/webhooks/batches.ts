/**
 * Hands items that come in while others are being handled over to the next batch, so that a rush costs one transaction
 * for many, and a single item never waits: group commit, as databases do it.
 * @param handle answers each item of a batch, in its order. When it fails, each item is tried by itself, so that one bad
 *   item spoils nobody else's.
 * @param most items in one batch
 */
export function inBatches<Item, Answer>(
  handle: (items: readonly Item[]) => Promise<readonly Answer[]>,
  most: number,
): (item: Item) => Promise<Answer> {
  interface Waiting {
    item: Item;
    resolve(answer: Answer): void;
    reject(error: unknown): void;
  }
  const line: Waiting[] = [];
  let busy = false;

  async function alone(waiting: Waiting): Promise<void> {
    try {
      const [answer] = await handle([waiting.item]);
      if (answer === undefined) throw new Error("An item of a batch was not answered.");
      waiting.resolve(answer);
    } catch (error) {
      waiting.reject(error);
    }
  }

  async function together(batch: readonly Waiting[]): Promise<void> {
    let answers: readonly Answer[];
    try {
      answers = await handle(batch.map(({ item }) => item));
    } catch {
      for (const waiting of batch) await alone(waiting);
      return;
    }
    for (const [index, waiting] of batch.entries()) {
      const answer = answers[index];
      if (answer === undefined) waiting.reject(new Error("An item of a batch was not answered."));
      else waiting.resolve(answer);
    }
  }

  async function run(): Promise<void> {
    busy = true;
    while (line.length > 0) {
      const batch = line.splice(0, most);
      if (batch.length === 1 && batch[0]) await alone(batch[0]);
      else await together(batch);
    }
    busy = false;
  }

  return (item) =>
    new Promise((resolve, reject) => {
      line.push({ item, resolve, reject });
      if (!busy) void run();
    });
}
