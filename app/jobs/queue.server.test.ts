import { afterAll, describe, expect, test } from "vitest";

import { testDb } from "../../tests/db";
import { createBoss, jobQueue } from "./queue.server";

const shopId = "0197b0a0-0000-7000-8000-000000000001";

describe("jobs", async () => {
  const { db, url } = await testDb();
  const boss = createBoss({ connectionString: url, role: "web" });
  await boss.start();
  afterAll(() => boss.stop({ graceful: false }));
  const jobs = jobQueue(boss);

  test("exist if and only if the transaction they are put in is committed", async () => {
    const rolledBack = db.$transaction(async (tx) => {
      await jobs.put(tx, "billing.run", { shopId });
      throw new Error("something else went wrong");
    });
    await expect(rolledBack).rejects.toThrow("something else");
    expect(await boss.fetch("billing.run")).toEqual([]);

    await db.$transaction((tx) => jobs.put(tx, "billing.run", { shopId }));
    const [job] = await boss.fetch("billing.run");
    expect(job?.data).toEqual({ shopId });
    await boss.complete("billing.run", job ?? "");
  });

  test("of one shop wait once, and one put while another runs is not lost", async () => {
    const put = () => db.$transaction((tx) => jobs.put(tx, "webhooks.reread", { shopId }));
    await put();
    await put();
    const running = await boss.fetch("webhooks.reread", { batchSize: 10 });
    expect(running).toHaveLength(1);

    await put();
    expect(await boss.fetch("webhooks.reread")).toEqual([]);
    await boss.complete("webhooks.reread", running[0] ?? "");
    expect(await boss.fetch("webhooks.reread")).toHaveLength(1);
  });
});
