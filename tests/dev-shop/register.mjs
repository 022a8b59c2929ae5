/**
 * `node --import ./tests/dev-shop/register.mjs …`: lets the app's unchanged code talk to the stand-in. Calls to
 * Shopify's hosts go to DEV_SHOP_URL instead, with the host they were meant for in a header of their own. Everything
 * else is left as it is.
 */
import { Agent, setGlobalDispatcher } from "undici";

const SHOPIFY = /(^|\.)(myshopify\.com|shopify\.com|shopifycdn\.com|myshopify\.io|shop\.dev)$/;
const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);
const DEMO_API_KEY = "0123456789abcdef0123456789abcdef";

/** Why this process must not be rerouted, or null. A real shop's app must never talk to a stand-in by accident. */
export function refusalOf(env) {
  if (env.DEMO !== "1") return "The stand-in Shopify is for the demo only: set DEMO=1, or leave register.mjs out.";
  if (!env.DEV_SHOP_URL) return "DEV_SHOP_URL must say where the stand-in Shopify listens.";
  if (!URL.canParse(env.DEV_SHOP_URL)) return `DEV_SHOP_URL="${env.DEV_SHOP_URL}" is not a URL.`;
  if (!LOOPBACK.has(new URL(env.DEV_SHOP_URL).hostname)) {
    return `DEV_SHOP_URL="${env.DEV_SHOP_URL}" is not on this machine; Shopify's calls go nowhere else.`;
  }
  if (env.SHOPIFY_API_KEY !== DEMO_API_KEY) {
    return "SHOPIFY_API_KEY is not the demo's key: a real app's calls are not rerouted.";
  }
  return null;
}

class StandInAgent extends Agent {
  constructor(target) {
    super();
    this.target = target;
  }

  dispatch(options, handler) {
    const { host, hostname } = new URL(String(options.origin));
    if (!SHOPIFY.test(hostname)) return super.dispatch(options, handler);
    return super.dispatch(
      { ...options, origin: this.target, headers: withOriginalHost(options.headers, host) },
      handler,
    );
  }
}

/** Undici hands headers on as a flat list, as pairs or as an object. */
function withOriginalHost(headers, host) {
  const own = { "x-dev-shop-original-host": host, "x-dev-shop-process": String(process.pid) };
  if (!headers) return own;
  if (Array.isArray(headers)) return [...headers, ...Object.entries(own).flat()];
  if (typeof headers[Symbol.iterator] === "function") return { ...Object.fromEntries(headers), ...own };
  return { ...headers, ...own };
}

const refusal = refusalOf(process.env);
if (refusal) throw new Error(refusal);
// 127.0.0.1 and not localhost: the stand-in always answers there, ::1 only where the machine has it.
const target = new URL(process.env.DEV_SHOP_URL);
if (target.hostname === "localhost") target.hostname = "127.0.0.1";
setGlobalDispatcher(new StandInAgent(target.origin));
