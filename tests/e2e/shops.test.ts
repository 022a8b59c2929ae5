import { beforeAll, describe, expect, test } from "vitest";

import { useDatabase } from "./database";
import { appFrame, ControlRefusal, DemoClient, useBrowser } from "./demo";
import type { Contract, State } from "./demo";
import { addShop, after, attemptsAt, dueIn, firstDueIn } from "./ledger";

const demo = new DemoClient();
const database = useDatabase();
const shopRow = (name: string) => `"Shop" WHERE domain = '${name}.myshopify.com'`;

describe("the tokens of a shop", () => {
  test("have run out when a renewal is due: it is charged all the same, exactly once", async () => {
    const due = await firstDueIn(database, demo.shop);
    const { expired } = await demo.post<{ expired: number }>("/tokens/expire");
    expect(expired).toBeGreaterThan(0);
    await demo.moveTo(after(due.dueAt, 1));
    expect(await attemptsAt(demo, due)).toMatchObject([{ state: "Success", origin: "app" }]);
  });
});

describe("scopes", () => {
  const shop = new DemoClient("kaffe-scopes");
  const browser = useBrowser();
  const needed = (scopes: string[]) => scopes.filter((scope) => scope !== "read_customer_payment_methods");

  beforeAll(() => addShop(demo, database, shop));

  test("that are missing are asked for when the app is opened; what was due meanwhile is charged once", async () => {
    const due = await firstDueIn(database, shop.shop);
    const { scopes } = await shop.post<{ scopes: string[] }>("/shop", {});
    await shop.post("/shop", { scopes: needed(scopes) });
    // The next token is one of fewer scopes.
    await shop.post("/tokens/expire");
    await shop.moveTo(after(due.dueAt, 1));

    const page = await browser.open();
    await page.goto(shop.admin("/app"));
    await page.getByText("read_customer_payment_methods").waitFor();
    await page.locator("button.primary").click();
    const app = appFrame(page);
    await app.getByRole("heading", { name: "Hjem" }).waitFor();
    expect(await app.getByText("Perennial trenger din tillatelse").count()).toBe(0);

    await shop.advance("P1D");
    expect(await attemptsAt(shop, due)).toMatchObject([{ state: "Success" }]);
  });

  test("that are taken away while the app is open are asked for on its next page", async () => {
    const { scopes } = await shop.post<{ scopes: string[] }>("/shop", {});
    const page = await browser.open();
    await page.goto(shop.admin("/app"));
    const app = appFrame(page);
    await app.getByRole("heading", { name: "Hjem" }).waitFor();
    await shop.post("/shop", { scopes: needed(scopes) });
    await shop.settle();
    const frame = page.frame({ url: /perennial\.localhost/ });
    await frame?.evaluate(() => window.location.reload());
    await app.getByText("Perennial trenger din tillatelse").waitFor();
    await app.getByText("Belaste betalingsmåten kunden har valgt, ved fornyelse").waitFor();
    await app.getByRole("link", { name: "Se tillatelsene" }).click();
    await page.locator("button.primary").click();
    await app.getByRole("heading", { name: "Hjem" }).waitFor();
    expect(await app.getByText("Perennial trenger din tillatelse").count()).toBe(0);
  });
});

describe("a shop that goes and comes back", () => {
  test("is not charged while the app is uninstalled nor for that time afterwards, and goes on as before within 48 hours", async () => {
    const shop = new DemoClient("kaffe-away");
    await addShop(demo, database, shop);
    const due = await firstDueIn(database, shop.shop);
    await shop.moveTo(after(due.dueAt, -1));
    await shop.post("/shop", { status: "uninstalled" });
    const attempts = async () => (await shop.get<State>("/state")).counts.attempts;
    const before = await attempts();
    await shop.advance("PT12H");
    expect(await attempts()).toBe(before);
    expect(await database.count(`${shopRow(shop.shop)} AND status = 'UNINSTALLED'`)).toBe(1);
    expect(await database.count(`"Session" WHERE shop = '${shop.shop}.myshopify.com'`)).toBe(0);

    await shop.post(`/shops/${shop.shop}/install`);
    await shop.settle();
    expect(
      await database.count(`${shopRow(shop.shop)} AND status = 'ACTIVE' AND "reconciledAt" >= "installedAt"`),
    ).toBe(1);
    const next = await firstDueIn(database, shop.shop);
    await shop.moveTo(after(next.dueAt, 1));
    const ours = await database.count(
      `"SubscriptionContract" contract JOIN "Shop" shop ON shop.id = contract."shopId"
       WHERE shop.domain = '${shop.shop}.myshopify.com' AND contract.status = 'ACTIVE'`,
    );
    const theirs = (await shop.list<Contract>("contracts")).filter(({ status }) => status === "ACTIVE");
    expect(ours).toBe(theirs.length);
    expect(ours).toBeGreaterThan(0);
    expect(await attemptsAt(shop, due)).toEqual([]);
    expect(await attemptsAt(shop, next)).toMatchObject([{ state: "Success" }]);
    await expectNothingTwice(shop);
  });

  test("loses nothing while it is frozen: what came due is charged once after it is active again", async () => {
    const shop = new DemoClient("kaffe-frozen");
    await addShop(demo, database, shop);
    const due = await firstDueIn(database, shop.shop);
    await shop.moveTo(after(due.dueAt, -1));
    await shop.post("/shop", { status: "frozen" });
    const calls = async () => (await shop.get<State>("/state")).counts.calls;
    const before = await calls();
    await shop.advance("PT4H");
    expect(await attemptsAt(shop, due)).toEqual([]);
    // A shop that takes no calls is asked now and then, not every minute.
    expect((await calls()) - before).toBeLessThan(60);

    await shop.post("/shop", { status: "active" });
    await shop.advance("PT2H");
    expect(await attemptsAt(shop, due)).toMatchObject([{ state: "Success" }]);
    await expectNothingTwice(shop);
  });

  async function expectNothingTwice(shop: DemoClient): Promise<void> {
    const attempts = await shop.list<{ contractId: string; cycleIndex: number | null; state: string }>("attempts");
    const paid = attempts.filter(({ state, cycleIndex }) => state === "Success" && cycleIndex !== null);
    const cycles = paid.map(({ contractId, cycleIndex }) => `${contractId}/${cycleIndex}`);
    expect(new Set(cycles).size).toBe(cycles.length);
  }
});

describe("a shop that moves to another time zone", () => {
  test("is charged at its billing hour there from now on, each cycle once", async () => {
    const shop = new DemoClient("kaffe-moves");
    await addShop(demo, database, shop);
    const hour = (zone: string, at: Date) =>
      Number(new Intl.DateTimeFormat("en", { timeZone: zone, hour: "2-digit", hourCycle: "h23" }).format(at));
    expect((await dueIn(database, shop.shop)).map(({ dueAt }) => hour("Europe/Oslo", dueAt))).toContain(9);

    await shop.post("/shop", { timezone: "America/New_York" });
    await shop.settle();
    const moved = await dueIn(database, shop.shop);
    expect(moved.length).toBeGreaterThan(0);
    expect(new Set(moved.map(({ dueAt }) => hour("America/New_York", dueAt)))).toEqual(new Set([9]));

    const [first] = moved;
    if (!first) throw new Error("Nothing is due.");
    await shop.moveTo(after(first.dueAt, 1));
    expect(await attemptsAt(shop, first)).toMatchObject([{ state: "Success" }]);
  });

  test("to a zone that does not exist is refused in words", async () => {
    const refusal = await demo.post("/shop", { timezone: "Europe/Bryggen" }).catch((error: unknown) => error);
    expect(refusal).toBeInstanceOf(ControlRefusal);
    expect((refusal as ControlRefusal).sentence).toContain("Europe/Bryggen");
  });
});
