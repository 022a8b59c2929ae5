/*
 * Inside an extension's frame: the global `shopify` and `navigation` of customer accounts 2026-07, talking to the page
 * around it by messages. The frame has no origin of its own (sandbox without allow-same-origin), like the worker that
 * Shopify runs extensions in: no cookies, and requests to other servers need their CORS headers. What is not served
 * fails with a NOT_SERVED error that names it.
 */
/* global addEventListener */
(() => {
  const config = JSON.parse(document.getElementById("config").textContent);
  const realFetch = window.fetch.bind(window);

  let lastCall = 0;
  const calls = new Map();
  const tell = (type, data) => window.parent.postMessage({ standIn: 1, type, data }, "*");
  const ask = (type, data) =>
    new Promise((resolve, reject) => {
      lastCall += 1;
      calls.set(lastCall, { resolve, reject });
      window.parent.postMessage({ standIn: 1, type, data, call: lastCall }, "*");
    });

  const signal = (value) => ({
    value,
    current: value,
    subscribe: () => () => undefined,
    destroy: async () => undefined,
  });
  const notServed = (name) => () => {
    throw new Error(`NOT_SERVED: the stand-in does not serve shopify.${name}.`);
  };

  /* ---- words, numbers, dates ---- */

  const locale = (options) => (options?.inExtensionLocale ? config.extensionLanguage : config.language);
  const without = (options = {}) =>
    Object.fromEntries(Object.entries(options).filter(([name]) => name !== "inExtensionLocale"));
  const find = (key) => key.split(".").reduce((part, name) => part?.[name], config.translations);
  function translate(key, values = {}) {
    let text = find(key);
    if (text && typeof text === "object" && values.count !== undefined) {
      text = text[new Intl.PluralRules(config.extensionLanguage).select(Number(values.count))] ?? text.other;
    }
    if (typeof text !== "string") {
      console.error(`The extension's locale file has no text called "${key}".`);
      return key;
    }
    return text.replaceAll(/\{\{\s*(\w+)\s*\}\}/g, (all, name) => String(values[name] ?? all));
  }
  const i18n = {
    translate,
    formatNumber: (number, options) => new Intl.NumberFormat(locale(options), without(options)).format(number),
    formatCurrency: (number, options) =>
      new Intl.NumberFormat(locale(options), {
        style: "currency",
        currency: config.currency,
        ...without(options),
      }).format(number),
    formatDate: (date, options) =>
      new Intl.DateTimeFormat(locale(options), { timeZone: config.timeZone, ...without(options) }).format(date),
  };

  /* ---- navigation ---- */

  const listeners = new Set();
  let entry = config.entry;
  const asEntry = ({ key, url, state }) => ({ key, url, getState: () => structuredClone(state ?? null) });
  const navigation = {
    navigate: (url, options = {}) =>
      tell("navigate", { url: String(url), state: options.state, history: options.history }),
    get currentEntry() {
      return asEntry(entry);
    },
    updateCurrentEntry: ({ state }) => {
      entry = { ...entry, state };
      tell("state", state);
    },
    addEventListener: (type, listener) => type === "currententrychange" && listeners.add(listener),
    removeEventListener: (_type, listener) => listeners.delete(listener),
  };

  /* ---- the network ---- */

  const GRAPHQL = /^shopify:customer-account\/api\/([^/]+)\/graphql\.json$/;
  window.fetch = async (input, init = {}) => {
    const url = typeof input === "string" ? input : input.url;
    const api = GRAPHQL.exec(url);
    if (api) {
      const { status, body } = await ask("customerApi", { version: api[1], body: String(init.body ?? "") });
      return new Response(body, { status, headers: { "content-type": "application/json" } });
    }
    if (url.startsWith("shopify:")) throw new TypeError(`NOT_SERVED: the stand-in has nothing at ${url}.`);
    if (!config.networkAccess) {
      throw new TypeError("This extension has not asked for network access (capabilities.network_access in its TOML).");
    }
    return realFetch(input, init);
  };

  /* ---- the global ---- */

  const shopify = {
    extensionPoint: config.target,
    extension: {
      apiVersion: config.apiVersion,
      capabilities: signal(config.networkAccess ? ["network_access"] : []),
      rendered: signal(true),
      scriptUrl: config.scriptUrl,
      target: config.target,
      version: undefined,
    },
    version: config.apiVersion,
    sessionToken: { get: () => ask("sessionToken") },
    i18n,
    localization: {
      language: signal({ isoCode: config.language }),
      extensionLanguage: signal({ isoCode: config.extensionLanguage }),
      country: signal({ isoCode: config.country }),
    },
    authenticatedAccount: {
      customer: signal(config.customerId === null ? undefined : { id: config.customerId }),
      purchasingCompany: signal(undefined),
    },
    storage: {
      read: (key) => ask("storage", { method: "read", key }),
      write: (key, value) => ask("storage", { method: "write", key, value }),
      delete: (key) => ask("storage", { method: "delete", key }),
    },
    settings: signal({}),
    toast: { show: async (content) => tell("toast", content) },
    navigation,
    query: notServed("query"),
    analytics: { publish: notServed("analytics.publish"), visitor: notServed("analytics.visitor") },
    applyTrackingConsentChange: notServed("applyTrackingConsentChange"),
    ...(config.order ? { orderId: config.order.id, order: signal(config.order) } : {}),
  };
  // What code looks for without meaning to use it; signals here never change, so that Preact need not follow them.
  const never = new Set(["then", "toJSON", "$$typeof", "nodeType", "setSignals"]);
  const served = new Proxy(shopify, {
    get(target, name) {
      if (name in target || typeof name === "symbol" || never.has(name)) return Reflect.get(target, name);
      return notServed(name)();
    },
  });
  Object.defineProperty(window, "shopify", {
    value:
      Object.assign(shopify, {
        extend: (target, run) => {
          if (target !== config.target) return;
          document.addEventListener("DOMContentLoaded", () =>
            Promise.resolve()
              .then(() => run(served))
              .catch((error) => {
                console.error(error);
                tell("crash", String(error?.message ?? error));
              }),
          );
        },
      }) && served,
  });
  Object.defineProperty(window, "navigation", { value: navigation, configurable: true });
  window.standIn = { elementsCss: config.elementsCss, texts: config.texts, tell };

  addEventListener("message", (event) => {
    if (event.source !== window.parent || event.data?.standIn !== 1) return;
    const { call, result, error, entry: changed } = event.data;
    if (call !== undefined) {
      const waiting = calls.get(call);
      calls.delete(call);
      if (error) waiting?.reject(new Error(error));
      else waiting?.resolve(result);
    } else if (changed) {
      const from = asEntry(entry);
      entry = changed;
      for (const listener of listeners) listener({ navigationType: changed.type, from });
    }
  });
})();
