import { afterAll, describe, expect, test } from "vitest";

import { testDb } from "../../tests/db";
import { createBoss, jobQueue, takeOver } from "./queue.server";

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

  test("of a killed worker are taken over, and its shop's next job is not held up by the dead one", async () => {
    const put = () => db.$transaction((tx) => jobs.put(tx, "billing.sweep", { shopId }));
    await put();
    await boss.fetch("billing.sweep");
    await put();
    await db.$executeRaw`UPDATE pgboss.job SET heartbeat_on = heartbeat_on - interval '1 minute' WHERE state = 'active'`;

    await takeOver(boss, db);
    const rescued = await db.$queryRaw`SELECT 1 FROM pgboss.job WHERE name = 'billing.sweep' AND state = 'retry'`;
    expect(rescued).toHaveLength(1);
    const replacement = createBoss({ connectionString: url, role: "web" });
    await replacement.start();
    expect(await replacement.fetch("billing.sweep")).toHaveLength(1);
    await replacement.stop({ graceful: false });
  });
});
