/*
 * The stand-in's App Bridge, served in the place of Shopify's: same global, same elements, same headers, as far as an
 * app like ours uses them (the package @shopify/app-bridge-types lists them all). It talks to the admin shell around
 * the frame by postMessage. What it does not serve fails with a NOT_SERVED error that names it.
 */
/* global addEventListener, Element, HTMLAnchorElement, queueMicrotask, sessionStorage */
(() => {
  if (window.shopify) return;

  const script = document.currentScript;
  const shellOrigin = new URL(script.src).origin;
  const query = new URLSearchParams(location.search);
  const embedded = window.parent !== window;

  /** Shop, host and locale stand in the first address only; a later page of the same tab reads them from here. */
  const remembered = (name) => {
    const key = `app-bridge:${name}`;
    try {
      const value = query.get(name);
      if (value) sessionStorage.setItem(key, value);
      return value || sessionStorage.getItem(key) || undefined;
    } catch {
      return query.get(name) || undefined;
    }
  };
  const config = {
    apiKey:
      script.dataset.apiKey || document.querySelector('meta[name="shopify-api-key"]')?.content || query.get("api_key"),
    shop: remembered("shop"),
    host: remembered("host"),
    locale: remembered("locale") || "en",
    disabledFeatures: [],
    appOrigins: [],
  };
  const shopName = (config.shop || "").replace(/\.myshopify\.com$/, "");

  // A page opened outside the admin goes to its place inside it, as the real App Bridge sees to.
  if (!embedded && shopName && !query.has("shopify-reload")) {
    location.replace(`${shellOrigin}/store/${shopName}/apps/${config.apiKey}${location.pathname}`);
  }

  /* ---- talking to the shell ---- */

  let lastCall = 0;
  const calls = new Map();
  const handlers = {};
  const tell = (type, data = {}) => {
    if (embedded) window.parent.postMessage({ appBridge: 1, type, ...data }, "*");
  };
  const ask = (type, data = {}) =>
    new Promise((resolve, reject) => {
      if (!embedded) {
        reject(new Error("App Bridge: this page is not inside the admin."));
        return;
      }
      lastCall += 1;
      calls.set(lastCall, { resolve, reject });
      tell(type, { call: lastCall, ...data });
    });
  const isShell = (origin) => origin === shellOrigin || origin === shellOrigin.replace("//localhost", "//127.0.0.1");
  addEventListener("message", ({ source, origin, data }) => {
    if (source !== window.parent || !isShell(origin) || !data || data.appBridge !== 1) return;
    if (data.type === "answer") {
      const call = calls.get(data.call);
      calls.delete(data.call);
      if (data.error) call?.reject(new Error(data.error));
      else call?.resolve(data.value);
    } else handlers[data.type]?.(data);
  });

  const whenParsed = new Promise((resolve) => {
    if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => resolve());
    else resolve();
  });

  /* ---- id tokens and fetch ---- */

  const idToken = () => ask("idToken");
  /** Half of an id token's minute: a page's many requests share one. */
  const REUSE_MS = 30_000;
  let shared = null;
  const tokenForFetch = (fresh) => {
    if (fresh || !shared || Date.now() - shared.at > REUSE_MS) shared = { at: Date.now(), token: idToken() };
    shared.token.catch(() => (shared = null));
    return shared.token;
  };

  const plainFetch = window.fetch.bind(window);
  window.fetch = async (input, init) => {
    const request = new Request(input, init);
    if (!embedded || new URL(request.url).origin !== location.origin || request.headers.has("authorization")) {
      return plainFetch(input, init);
    }
    const send = async (fresh) => {
      const copy = request.clone();
      copy.headers.set("Authorization", `Bearer ${await tokenForFetch(fresh)}`);
      return plainFetch(copy);
    };
    let response = await send(false);
    if (response.status === 401 && response.headers.get("X-Shopify-Retry-Invalid-Session-Request") === "1") {
      response = await send(true);
    }
    const reauthorize = response.headers.get("X-Shopify-API-Request-Failure-Reauthorize-Url");
    if (reauthorize) {
      go(reauthorize, "_top");
      // The page is about to be left; its code must not act on the answer.
      return new Promise(() => undefined);
    }
    return response;
  };

  const reload = query.get("shopify-reload");
  if (reload) {
    const target = new URL(reload, location.href);
    if (target.origin === location.origin) {
      void idToken().then((token) => {
        target.searchParams.set("id_token", token);
        location.replace(target);
      });
    }
  }

  /* ---- where to go ---- */

  /** The admin page an address means, as a path under /store/<shop>; null when it means none. */
  const adminPath = (address) => {
    const text = String(address);
    const short = /^shopify:\/*admin(\/.*)?$/i.exec(text);
    if (short) return short[1] || "/";
    const long = /^https:\/\/admin\.shopify\.com\/store\/[^/]+(\/.*)?$/.exec(text);
    if (long) return long[1] || "/";
    const legacy = /^https:\/\/[a-z0-9-]+\.myshopify\.com\/admin(\/.*)?$/.exec(text);
    if (!legacy) return null;
    return (legacy[1] || "/").startsWith("/oauth/") ? `/apps/${config.apiKey}/` : legacy[1] || "/";
  };
  /** Goes to an address that leaves the frame; answers false for one that does not. */
  const go = (address, target) => {
    const path = adminPath(address);
    if (path !== null) {
      tell("admin", { path, newTab: target === "_blank" });
      return true;
    }
    if (target !== "_top" && target !== "_parent") return false;
    const url = new URL(address, location.href);
    if (url.origin === location.origin) tell("admin", { path: `/apps/${config.apiKey}${url.pathname}${url.search}` });
    else tell("leave", { url: url.href });
    return true;
  };
  const plainOpen = window.open.bind(window);
  window.open = (address, target, features) =>
    embedded && address !== undefined && go(address, target) ? null : plainOpen(address, target, features);
  document.addEventListener(
    "click",
    (event) => {
      const anchor = event
        .composedPath()
        .find((node) => node instanceof HTMLAnchorElement && node.hasAttribute("href"));
      if (!embedded || !anchor || event.defaultPrevented || event.button !== 0) return;
      const newTab = event.metaKey || event.ctrlKey ? "_blank" : anchor.target;
      if (go(anchor.getAttribute("href"), newTab)) event.preventDefault();
    },
    true,
  );

  /* ---- the app's address, told to the shell ---- */

  const PRIVATE = ["embedded", "shop", "host", "id_token", "hmac", "locale", "session", "timestamp", "shopify-reload"];
  let toldPath = null;
  const tellLocation = () => {
    const search = new URLSearchParams(location.search);
    for (const name of PRIVATE) search.delete(name);
    const path = location.pathname + (search.size ? `?${search}` : "") + location.hash;
    if (path === toldPath || reload) return;
    toldPath = path;
    tell("location", { path });
  };
  for (const name of ["pushState", "replaceState"]) {
    const plain = history[name].bind(history);
    history[name] = (...values) => {
      plain(...values);
      tellLocation();
    };
  }
  addEventListener("popstate", tellLocation);
  addEventListener("hashchange", tellLocation);

  handlers.navigate = ({ href }) => {
    // The app's router listens for this event and reads the link's href.
    const known = [...document.querySelectorAll("s-app-nav [href], ui-nav-menu [href]")].find(
      (link) => link.getAttribute("href") === href,
    );
    const link = known || document.body.appendChild(Object.assign(document.createElement("a"), { hidden: true }));
    if (!known) link.setAttribute("href", href);
    link.dispatchEvent(new CustomEvent("shopify:navigate", { bubbles: true }));
    if (!known) link.remove();
  };

  /* ---- elements ---- */

  const hiddenElement = (changed) =>
    class extends HTMLElement {
      connectedCallback() {
        this.style.display = "none";
        this.watcher = new MutationObserver(() => changed(this));
        this.watcher.observe(this, { subtree: true, childList: true, attributes: true, characterData: true });
        queueMicrotask(() => changed(this));
      }
      disconnectedCallback() {
        this.watcher.disconnect();
        changed(this);
      }
    };

  let toldNav = "";
  const tellNav = () => {
    const items = [...document.querySelectorAll("s-app-nav > *, ui-nav-menu > *")]
      .map((link) => ({
        href: link.getAttribute("href") || link.querySelector("[href]")?.getAttribute("href"),
        label: link.textContent.trim(),
        home: link.getAttribute("rel") === "home",
      }))
      .filter((item) => item.href);
    if (JSON.stringify(items) === toldNav) return;
    toldNav = JSON.stringify(items);
    tell("nav", { items });
  };

  const buttonsIn = (element) =>
    [...element.querySelectorAll("button, a")].filter((button) => !button.closest("section[label] section"));
  const tellTitle = () => {
    const bar = [...document.querySelectorAll("ui-title-bar")].find((element) => !element.closest("ui-modal"));
    tell("title", {
      title: bar?.getAttribute("title") ?? null,
      buttons: bar
        ? buttonsIn(bar).map((button) => ({
            label: button.textContent.trim(),
            variant: button.getAttribute("variant"),
            tone: button.getAttribute("tone"),
            disabled: button.hasAttribute("disabled"),
          }))
        : [],
    });
  };
  handlers.titleButton = ({ index }) => {
    const bar = [...document.querySelectorAll("ui-title-bar")].find((element) => !element.closest("ui-modal"));
    if (bar) buttonsIn(bar)[index]?.click();
  };

  /* save bars: an element of its own, or a form that says data-save-bar */
  const bars = new Map();
  let shownBar = null;
  const tellBar = () => {
    if (shownBar && shownBar.owner.isConnected === false) shownBar = null;
    tell("saveBar", {
      showing: shownBar !== null,
      confirmDiscard: shownBar?.confirm() ?? false,
      saving: shownBar?.saving() ?? false,
      disabled: shownBar?.disabled() ?? false,
    });
  };
  const showBar = (bar) => {
    if (shownBar === bar) return;
    shownBar = bar;
    bar.owner.dispatchEvent(new CustomEvent("show"));
    tellBar();
  };
  const hideBar = (bar) => {
    if (!shownBar || shownBar !== bar) return;
    shownBar = null;
    bar.owner.dispatchEvent(new CustomEvent("hide"));
    tellBar();
  };
  handlers.save = () => shownBar?.save();
  handlers.discard = () => shownBar?.discard();
  handlers.left = () => shownBar && hideBar(shownBar);

  class SaveBar extends hiddenElement(() => tellBar()) {
    get bar() {
      if (!bars.has(this)) {
        const button = (primary) =>
          [...this.querySelectorAll("button")].find((one) => (one.getAttribute("variant") === "primary") === primary);
        const flag = (name) => {
          const value = button(true)?.getAttribute(name);
          return value !== null && value !== undefined && value !== "false";
        };
        bars.set(this, {
          owner: this,
          save: () => button(true)?.click(),
          discard: () => button(false)?.click(),
          confirm: () => this.hasAttribute("discardconfirmation") || this.discardConfirmation === true,
          saving: () => flag("loading"),
          disabled: () => flag("disabled"),
        });
      }
      return bars.get(this);
    }
    get showing() {
      return shownBar === this.bar;
    }
    async show() {
      showBar(this.bar);
    }
    async hide() {
      hideBar(this.bar);
    }
    async toggle() {
      return this.showing ? this.hide() : this.show();
    }
  }
  const formBar = (form) => {
    if (!bars.has(form)) {
      bars.set(form, {
        owner: form,
        save: () => form.requestSubmit(),
        discard: () => form.reset(),
        confirm: () => form.hasAttribute("data-discard-confirmation"),
        saving: () => false,
        disabled: () => false,
      });
    }
    return bars.get(form);
  };
  const savedForm = (event) => event.target instanceof Element && event.target.closest("form[data-save-bar]");
  for (const type of ["input", "change"]) {
    document.addEventListener(type, (event) => {
      const form = savedForm(event);
      if (form) showBar(formBar(form));
    });
  }
  for (const type of ["submit", "reset"]) {
    document.addEventListener(type, (event) => {
      const form = savedForm(event);
      if (form) hideBar(formBar(form));
    });
  }

  /* modals: the children stay where React put them and are shown through a slot */
  class Modal extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      const root = this.attachShadow({ mode: "open" });
      root.innerHTML = `
        <style>
          dialog { border: 0; border-radius: 12px; padding: 0; width: min(620px, 94vw); max-height: 90vh; box-shadow: 0 20px 60px #0005; font: 14px/1.4 Inter, system-ui, sans-serif; color: #303030; }
          dialog.small { width: min(380px, 94vw); } dialog.large { width: min(980px, 94vw); } dialog.max { width: 98vw; height: 96vh; }
          dialog::backdrop { background: #0008; }
          header, footer { display: flex; align-items: center; gap: 8px; padding: 12px 16px; background: #f3f3f3; }
          header h2 { flex: 1; margin: 0; font-size: 14px; } footer { justify-content: flex-end; }
          button { font: inherit; padding: 6px 12px; border-radius: 8px; border: 1px solid #8a8a8a; background: #fff; cursor: pointer; }
          button[data-variant="primary"] { background: #303030; color: #fff; border-color: #303030; }
          button[data-tone="critical"] { background: #b42318; color: #fff; border-color: #b42318; }
          button:focus-visible { outline: 2px solid #005bd3; outline-offset: 1px; }
          footer:empty { display: none; } iframe { border: 0; width: 100%; height: 60vh; }
        </style>
        <dialog aria-labelledby="title"><header><h2 id="title"></h2><button type="button" id="close" aria-label="Close">✕</button></header><div id="body"><slot></slot></div><footer></footer></dialog>`;
      this.dialog = root.querySelector("dialog");
      root.querySelector("#close").addEventListener("click", () => this.dialog.close());
      this.dialog.addEventListener("close", () => this.dispatchEvent(new CustomEvent("hide")));
    }
    get titleBar() {
      return this.querySelector("ui-title-bar");
    }
    get src() {
      return this.getAttribute("src") ?? undefined;
    }
    set src(value) {
      if (value) this.setAttribute("src", value);
      else this.removeAttribute("src");
    }
    get variant() {
      return this.getAttribute("variant") || "base";
    }
    set variant(value) {
      this.setAttribute("variant", value);
    }
    get contentWindow() {
      return this.shadowRoot.querySelector("iframe")?.contentWindow ?? null;
    }
    async show() {
      const root = this.shadowRoot;
      root.querySelector("h2").textContent = this.titleBar?.getAttribute("title") || document.title;
      const copies = this.titleBar
        ? buttonsIn(this.titleBar).map((button) => {
            const copy = document.createElement("button");
            copy.type = "button";
            copy.textContent = button.textContent;
            copy.dataset.variant = button.getAttribute("variant") || "";
            copy.dataset.tone = button.getAttribute("tone") || "";
            copy.disabled = button.hasAttribute("disabled");
            copy.addEventListener("click", () => button.click());
            return copy;
          })
        : [];
      root.querySelector("footer").replaceChildren(...copies.reverse());
      if (this.src) {
        const frame = document.createElement("iframe");
        frame.src = this.src;
        frame.title = root.querySelector("h2").textContent;
        root.querySelector("#body").replaceChildren(frame);
      }
      this.dialog.className = this.variant;
      if (!this.dialog.open) this.dialog.showModal();
      this.dispatchEvent(new CustomEvent("show"));
    }
    async hide() {
      this.dialog?.close();
    }
    async toggle() {
      return this.dialog?.open ? this.hide() : this.show();
    }
  }

  const define = (name, element) => customElements.get(name) || customElements.define(name, element);
  define("s-app-nav", class extends hiddenElement(tellNav) {});
  define("ui-nav-menu", class extends hiddenElement(tellNav) {});
  define("ui-title-bar", class extends hiddenElement(tellTitle) {});
  define("ui-save-bar", SaveBar);
  define("ui-modal", Modal);

  /* ---- the global ---- */

  const byId = (id, name) => {
    const element = document.getElementById(id);
    if (!element) throw new Error(`App Bridge: there is no ${name} with the id "${id}".`);
    return element;
  };
  const elementApi = (name) => ({
    show: async (id) => byId(id, name).show(),
    hide: async (id) => byId(id, name).hide(),
    toggle: async (id) => byId(id, name).toggle(),
  });
  const toasts = new Map();
  handlers.toastAction = ({ id }) => toasts.get(id)?.onAction?.();
  handlers.toastGone = ({ id }) => {
    toasts.get(id)?.onDismiss?.();
    toasts.delete(id);
  };
  const notServed = (name) => () => Promise.reject(new Error(`NOT_SERVED: the stand-in's App Bridge has no ${name}.`));

  window.shopify = {
    config,
    origin: shellOrigin,
    ready: whenParsed,
    environment: { mobile: false, embedded, pos: false, intent: false },
    idToken,
    loading: (on = true) => tell("loading", { on: Boolean(on) }),
    user: () => ask("user"),
    toast: {
      show: (message, options = {}) => {
        const id = `toast-${Date.now()}-${toasts.size}`;
        toasts.set(id, options);
        tell("toast", {
          id,
          message,
          isError: Boolean(options.isError),
          action: options.action,
          duration: options.duration ?? 5000,
        });
        return id;
      },
      hide: (id) => tell("toastHide", { id }),
    },
    saveBar: {
      ...elementApi("ui-save-bar"),
      leaveConfirmation: () => (shownBar ? ask("leaveConfirmation") : Promise.resolve()),
    },
    modal: elementApi("ui-modal"),
    resourcePicker: async (options) => {
      const chosen = await ask("resourcePicker", { options: JSON.parse(JSON.stringify(options)) });
      if (!chosen) return undefined;
      return Object.assign(chosen, { selection: chosen });
    },
    scopes: {
      query: () => ask("scopes"),
      request: notServed("scopes.request"),
      revoke: notServed("scopes.revoke"),
    },
    app: { extensions: () => Promise.resolve([]) },
    picker: notServed("picker"),
    intents: { invoke: notServed("intents.invoke"), register: () => () => undefined },
    scanner: { capture: notServed("scanner.capture") },
    reviews: { request: notServed("reviews.request") },
    support: { registerHandler: () => Promise.resolve() },
    webVitals: { onReport: () => Promise.resolve() },
    setSignals: () => undefined,
  };

  void whenParsed.then(() => {
    tellLocation();
    tell("ready");
  });
})();
