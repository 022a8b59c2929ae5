import { DEMO_API_KEY, DEMO_API_SECRET, startDevShop } from "./start";

/** The stand-in as a process of its own, set up by its environment. Prints one line when it is ready. */
async function main(): Promise<void> {
  const { env } = process;
  const running = await startDevShop({
    port: portOf("DEV_SHOP_PORT", 4000),
    smtpPort: portOf("DEV_SHOP_SMTP_PORT", 0),
    appOrigin: `http://127.0.0.1:${portOf("PORT", 3000)}`,
    apiKey: env["SHOPIFY_API_KEY"] || DEMO_API_KEY,
    apiSecret: env["SHOPIFY_API_SECRET"] || DEMO_API_SECRET,
    stateFile: env["DEV_SHOP_STATE"] || null,
    appDatabaseUrl: env["DATABASE_URL"] || null,
    scenarios: (env["DEV_SHOP_SCENARIOS"] || "kaffebonna")
      .split(",")
      .map((name) => name.trim())
      .filter((name) => name !== ""),
    ...(env["DEV_SHOP_NOW"] ? { now: instantOf(env["DEV_SHOP_NOW"]) } : {}),
  });
  let stopping = false;
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.on(signal, () => {
      if (stopping) return;
      stopping = true;
      void running.stop().then(() => process.exit(0));
    });
  }
  console.log(`dev-shop ready ${running.origin}`);
}

function portOf(name: string, otherwise: number): number {
  const value = process.env[name];
  const port = value === undefined || value === "" ? otherwise : Number(value);
  if (!Number.isInteger(port) || port < 0 || port > 65535) throw new Error(`${name}="${value ?? ""}" is not a port.`);
  return port;
}

function instantOf(text: string): string {
  const at = Date.parse(text);
  if (Number.isNaN(at)) throw new Error(`DEV_SHOP_NOW="${text}" is not an ISO 8601 instant.`);
  return new Date(at).toISOString();
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : String(error));
  process.exit(1);
});
