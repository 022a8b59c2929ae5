import { afterEach, describe, expect, test, vi } from "vitest";

import { bulkLines } from "./bulk-operation.server";

afterEach(() => vi.unstubAllGlobals());

/** The answer to a download, in these pieces; an error instead of a piece cuts it off. */
function answers(pieces: readonly (string | Error)[], status = 200): void {
  const waiting = pieces.values();
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const { done, value } = waiting.next();
      if (done) controller.close();
      else if (value instanceof Error) controller.error(value);
      else controller.enqueue(new TextEncoder().encode(value));
    },
  });
  vi.stubGlobal("fetch", () => Promise.resolve(new Response(body, { status })));
}

async function read(): Promise<unknown[]> {
  const lines: unknown[] = [];
  for await (const line of bulkLines("https://storage.example/result.jsonl")) lines.push(line);
  return lines;
}

describe("a bulk operation's result", () => {
  test("is read line by line wherever it is cut on its way", async () => {
    answers(['{"id":', '"ø"}\n{"id":"b"', '}\n\n{"id":"c"}']);
    expect(await read()).toEqual([{ id: "ø" }, { id: "b" }, { id: "c" }]);
  });

  test("a damaged line is told and does not stop the rest", async () => {
    answers(['{"id":"a"\n{"id":"b"}\n']);
    expect(await read()).toEqual([undefined, { id: "b" }]);
  });

  test("that is cut off, or is not there, is no answer", async () => {
    answers(['{"id":"a"}\n', new Error("connection reset")]);
    await expect(read()).rejects.toMatchObject({ trouble: "NO_ANSWER" });
    answers(["Not found"], 404);
    await expect(read()).rejects.toMatchObject({ trouble: "NO_ANSWER" });
  });

  test("whose lines never end is refused", async () => {
    answers(Array.from({ length: 20 }, () => "x".repeat(100_000)));
    await expect(read()).rejects.toMatchObject({ trouble: "REFUSED" });
  });
});
