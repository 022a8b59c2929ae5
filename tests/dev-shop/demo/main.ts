import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";

/** `npm run demo`: the whole product on this machine. Modules are loaded late, so that a missing one is one sentence. */

const root = path.resolve(import.meta.dirname, "../../..");
let ending = false;

try {
  await main();
} catch (error) {
  // What Ctrl-C cuts short while it starts is no error: it is being stopped.
  if (ending) await new Promise(() => undefined);
  const code = (error as NodeJS.ErrnoException).code;
  const message = error instanceof Error ? error.message : String(error);
  const sentence =
    code === "ERR_MODULE_NOT_FOUND"
      ? `A package is missing (${/'([^']+)'/.exec(message)?.[1] ?? "?"}). Run: npm ci`
      : message.split("\n")[0];
  console.error(`\n${sentence}`);
  process.exit(1);
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { fresh: { type: "boolean" }, shop: { type: "string", multiple: true } } });
  const scenarios = values.shop ?? ["kaffebonna"];
  for (const scenario of scenarios) assertScenario(scenario);

  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
  const { startDemo } = await import("./start-demo");
  const end = async (code: number) => {
    if (ending) return;
    ending = true;
    console.log("\nStopping. What you did is kept for the next run.");
    // While it starts, what has been started is stopped as soon as the start has ended, well or badly.
    await starting.then(
      (demo) => demo.stop(),
      () => undefined,
    );
    process.exit(code);
  };
  process.on("SIGINT", () => void end(0));
  process.on("SIGTERM", () => void end(0));
  const starting = startDemo({
    root,
    dataDir: path.resolve(root, process.env.DEMO_DATA_DIR ?? ".data/demo"),
    scenarios,
    fresh: values.fresh ?? false,
    ports: {
      app: Number(process.env.PORT ?? 3000),
      devShop: Number(process.env.DEV_SHOP_PORT ?? 4000),
      smtp: Number(process.env.DEV_SHOP_SMTP_PORT ?? 4025),
    },
    ...(process.env.DATABASE_URL ? { databaseUrl: process.env.DATABASE_URL } : {}),
    progress: (sentence) => console.log(`${seconds().padStart(5)} s  ${sentence} …`),
    onUnexpectedEnd: (sentence) => {
      console.error(`\n${sentence}`);
      void end(1);
    },
  });
  const demo = await starting;
  if (ending) return;

  console.log(`${seconds().padStart(5)} s  Ready.\n`);
  for (const shop of scenarios) {
    console.log(`  ${shop}`);
    console.log(`    Merchant's admin   ${demo.admin(shop)}   ← open this first`);
    console.log(`    Storefront         ${demo.storefront(shop)}`);
  }
  console.log(`  Control page         ${demo.control}`);
  console.log(
    "\nTime stands still here until you move it: the control page has buttons for an hour, a day, two weeks.",
  );
  console.log("There you also find the shop's mailbox and decide which cards are declined. Ctrl-C stops everything.");
}

function assertScenario(name: string): void {
  const folder = path.join(root, "tests/dev-shop/scenarios");
  const known = fs
    .readdirSync(folder)
    .filter(
      (file) =>
        file.endsWith(".ts") &&
        !file.endsWith(".test.ts") &&
        /export default/.test(fs.readFileSync(path.join(folder, file), "utf8")),
    )
    .map((file) => path.basename(file, ".ts"));
  if (!known.includes(name)) throw new Error(`There is no demo shop "${name}". There is: ${known.join(", ")}.`);
}
