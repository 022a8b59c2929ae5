import { expect, test } from "vitest";

import { inBatches } from "./batches";

/** A handler that a test lets go on. */
function held() {
  const batches: number[][] = [];
  const gates: (() => void)[] = [];
  const handle = async (items: readonly number[]): Promise<string[]> => {
    batches.push([...items]);
    await new Promise<void>((resolve) => gates.push(resolve));
    if (items.includes(13)) throw new Error("bad luck");
    return items.map((item) => `item ${item}`);
  };
  const goOn = async () => {
    gates.shift()?.();
    for (let turn = 0; turn < 20; turn += 1) await Promise.resolve();
  };
  return { batches, handle, goOn };
}

test("what comes while a batch is handled goes together, in its order, and each gets its own answer", async () => {
  const { batches, handle, goOn } = held();
  const take = inBatches(handle, 3);
  const answers = Promise.all([1, 2, 3, 4, 5].map(take));
  for (let batch = 0; batch < 3; batch += 1) await goOn();
  expect(await answers).toEqual(["item 1", "item 2", "item 3", "item 4", "item 5"]);
  expect(batches).toEqual([[1], [2, 3, 4], [5]]);
});

test("one that fails spoils nobody else's", async () => {
  const { handle, goOn } = held();
  const take = inBatches(handle, 10);
  const answers = Promise.allSettled([1, 2, 13, 4].map(take));
  for (let call = 0; call < 5; call += 1) await goOn();
  expect((await answers).map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
});
