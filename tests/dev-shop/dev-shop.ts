import type { Shop, World } from "./world";

/** What `shopify.app.toml` says, as far as Shopify acts on it. */
export interface AppConfig {
  clientId: string;
  name: string;
  handle: string;
  /** Where the admin opens the app; only its path matters here, the tunnel gives the origin. */
  applicationUrl: string;
  scopes: string[];
  /** The API version webhook payloads are written in. */
  webhookApiVersion: string;
  webhookTopics: { topic: string; uri: string; name?: string }[];
  appProxy: { url: string; prefix: string; subpath: string } | null;
  /** From `extensions/*` with type subscription_link_extension: pattern such as "/app/contracts/{contract_id}". */
  subscriptionLinkPattern: string | null;
}

export interface DevShopConfig {
  /** The stand-in's own port; every host it plays is told apart by the Host header. */
  port: number;
  smtpPort: number;
  /** Where the app's web process listens: "http://127.0.0.1:3000". */
  appOrigin: string;
  /** What browsers call the app: the tunnel, "http://perennial.localhost:4000". */
  tunnelOrigin: string;
  apiKey: string;
  apiSecret: string;
  app: AppConfig;
  /** Repository root, for extensions/ and public/. */
  root: string;
  /** File the world is kept in between runs; null keeps nothing. */
  stateFile: string | null;
  /** The app's database, so that snapshot, restore and reset return both sides to the same moment. */
  appDatabaseUrl: string | null;
}

/** The running stand-in, handed to every host it plays. */
export interface DevShop {
  world: World;
  config: DevShopConfig;
  /** Say that the world changed: webhooks leave, the state file follows. Cheap; call it after every change. */
  changed(): void;
}

/** A rule of Shopify that the stand-in plays, and how we know it. */
export type Evidence = "documented" | "observed" | "assumed";

export function shopByDomain(world: World, domain: string): Shop | undefined {
  return world.shops[domain.replace(/\.myshopify\.com$/, "")];
}
