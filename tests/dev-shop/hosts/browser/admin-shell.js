/* The admin around the app's frame: address, menu, title bar, save bar, toasts, picker. Speaks with app-bridge.js. */
/* global addEventListener, open */
(() => {
  const settings = JSON.parse(document.getElementById("shell-settings").textContent);
  const { texts, base, tunnelOrigin } = settings;
  const frame = document.getElementById("app");
  const $ = (id) => document.getElementById(id);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const tell = (type, data = {}) => frame.contentWindow.postMessage({ appBridge: 1, type, ...data }, tunnelOrigin);
  const element = (name, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  let saveBar = { showing: false };
  const handlers = {};
  addEventListener("message", async ({ source, origin, data }) => {
    if (source !== frame.contentWindow || origin !== tunnelOrigin || !data || data.appBridge !== 1) return;
    if (data.call === undefined) {
      handlers[data.type]?.(data);
      return;
    }
    try {
      tell("answer", { call: data.call, value: await questions[data.type](data) });
    } catch (error) {
      tell("answer", { call: data.call, error: String(error.message ?? error) });
    }
  });

  const questions = {
    async idToken() {
      const response = await fetch(`/store/${settings.shop}/session-token`);
      if (!response.ok) throw new Error("The admin gives no session token.");
      return (await response.json()).token;
    },
    user: () => settings.user,
    scopes: () => settings.scopes,
    async leaveConfirmation() {
      await mayLeave();
    },
    resourcePicker: ({ options }) => pick(options),
  };

  /* ---- address ---- */

  handlers.location = ({ path }) => {
    const shown = path === settings.home ? "" : path;
    history.replaceState(null, "", base + shown);
    document.querySelectorAll("#app-nav a").forEach((link) => {
      const current = isCurrent(link.dataset.href, path);
      if (current) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    });
  };
  const isCurrent = (href, path) => {
    const [here] = path.split(/[?#]/);
    const longest = [...document.querySelectorAll("#app-nav a")]
      .map((link) => link.dataset.href)
      .filter((one) => here === one || here.startsWith(`${one}/`))
      .sort((one, other) => other.length - one.length)[0];
    return href === longest;
  };
  handlers.admin = ({ path, newTab }) => {
    const address = `/store/${settings.shop}${path}`;
    if (newTab) open(address, "_blank");
    else void mayLeave().then(() => location.assign(address));
  };
  handlers.leave = ({ url }) => void mayLeave().then(() => location.assign(url));
  document.querySelectorAll("nav.menu a, header.top a").forEach((link) =>
    link.addEventListener("click", (event) => {
      if (!saveBar.showing || event.metaKey || event.ctrlKey) return;
      event.preventDefault();
      void mayLeave().then(() => location.assign(link.href));
    }),
  );

  handlers.nav = ({ items }) => {
    $("app-nav").replaceChildren(
      ...items
        .filter((item) => !item.home)
        .map((item) => {
          const link = element("a", { href: base + item.href, textContent: item.label });
          link.dataset.href = item.href;
          link.addEventListener("click", (event) => {
            if (event.metaKey || event.ctrlKey || event.button !== 0) return;
            event.preventDefault();
            void mayLeave().then(() => tell("navigate", { href: item.href }));
          });
          return element("li", {}, link);
        }),
    );
    handlers.location({ path: location.pathname.slice(base.length) + location.search || settings.home });
  };
  const home = document.querySelector('nav.menu a[aria-current="page"]');
  home?.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.defaultPrevented) return;
    event.preventDefault();
    void mayLeave().then(() => tell("navigate", { href: settings.home }));
  });

  /* ---- title bar, loading ---- */

  handlers.title = ({ title, buttons }) => {
    $("app-title").textContent = title || settings.appName;
    document.title = title ? `${title} · ${settings.appName}` : settings.appName;
    $("app-actions").replaceChildren(
      ...buttons.map((button, index) => {
        const made = element("button", { type: "button", textContent: button.label, disabled: button.disabled });
        made.className = [button.variant === "primary" && "primary", button.tone === "critical" && "critical"]
          .filter(Boolean)
          .join(" ");
        made.addEventListener("click", () => tell("titleButton", { index }));
        return made;
      }),
    );
  };
  handlers.loading = ({ on }) => {
    $("loading").hidden = !on;
  };

  /* ---- save bar ---- */

  handlers.saveBar = (bar) => {
    saveBar = bar;
    $("save-bar").hidden = !bar.showing;
    $("save").disabled = bar.saving || bar.disabled;
    $("discard").disabled = bar.saving;
    $("save").toggleAttribute("aria-busy", bar.saving);
  };
  $("save").addEventListener("click", () => tell("save"));
  $("discard").addEventListener("click", async () => {
    if (saveBar.confirmDiscard && !(await confirmed(texts.discardTitle, "", texts.discard))) return;
    tell("discard");
  });

  const confirmed = (title, text, yes) =>
    new Promise((resolve) => {
      const dialog = $("confirm");
      $("confirm-title").textContent = title;
      $("confirm-text").textContent = text;
      dialog.querySelector('[value="yes"]').textContent = yes;
      dialog.returnValue = "";
      dialog.addEventListener("close", () => resolve(dialog.returnValue === "yes"), { once: true });
      dialog.showModal();
    });
  /** Resolves when the page may be left; stays open for ever when the merchant stays. */
  const mayLeave = async () => {
    if (!saveBar.showing) return;
    if (!(await confirmed(texts.leaveTitle, texts.leaveText, texts.leave))) await new Promise(() => undefined);
    tell("left");
    saveBar = { showing: false };
  };
  addEventListener("beforeunload", (event) => {
    if (saveBar.showing) event.preventDefault();
  });

  /* ---- toasts ---- */

  const toasts = new Map();
  const hideToast = (id) => {
    toasts.get(id)?.remove();
    if (toasts.delete(id)) tell("toastGone", { id });
  };
  handlers.toast = ({ id, message, isError, action, duration }) => {
    const toast = element(
      "div",
      { className: isError ? "toast error" : "toast" },
      element("span", { textContent: message }),
    );
    if (action) {
      const button = element("button", { type: "button", textContent: action });
      button.addEventListener("click", () => tell("toastAction", { id }));
      toast.append(button);
    }
    const close = element("button", { type: "button", textContent: "✕" });
    close.setAttribute("aria-label", texts.dismiss);
    close.addEventListener("click", () => hideToast(id));
    toast.append(close);
    toasts.set(id, toast);
    $("toasts").append(toast);
    setTimeout(() => hideToast(id), duration);
  };
  handlers.toastHide = ({ id }) => hideToast(id);

  /* ---- resource picker ---- */

  const load = async (type, query, ids = []) => {
    const search = new URLSearchParams({ type, query, ids: ids.join(",") });
    const response = await fetch(`/store/${settings.shop}/picker?${search}`);
    return response.json();
  };

  async function pick(options) {
    const { type } = options;
    if (type !== "product" && type !== "variant") {
      throw new Error(`NOT_SERVED: the stand-in's resource picker has no type "${type}".`);
    }
    const dialog = $("picker");
    const [search, list, count] = ["input", "fieldset", "footer span"].map((name) => dialog.querySelector(name));
    const done = dialog.querySelector('[value="chosen"]');
    const limit = options.multiple === true ? Infinity : Number(options.multiple) || 1;
    const chosen = new Map();
    const preselected = (options.selectionIds ?? []).map(({ id }) => id);
    if (preselected.length > 0)
      for (const product of await load(type, "", preselected)) chosen.set(product.id, product);
    const hidden = options.filter?.query ?? "";

    const update = () => {
      count.textContent = fill(texts.chosen, { count: chosen.size });
      done.disabled = chosen.size === 0 && preselected.length === 0;
      for (const box of list.querySelectorAll("input")) {
        box.disabled = limit > 1 && !box.checked && chosen.size >= limit;
      }
    };
    const row = (product) => {
      const box = element("input", {
        type: limit === 1 ? "radio" : "checkbox",
        name: "product",
        checked: chosen.has(product.id),
      });
      box.addEventListener("change", () => {
        if (limit === 1) chosen.clear();
        if (box.checked) chosen.set(product.id, product);
        else chosen.delete(product.id);
        update();
      });
      const more = product.totalVariants > 1 ? fill(texts.variants, { count: product.totalVariants }) : "";
      return element(
        "label",
        {},
        box,
        element("span", { textContent: product.displayName ?? product.title }),
        element("small", { textContent: more }),
      );
    };
    let latest = 0;
    const show = async () => {
      const mine = ++latest;
      const products = await load(type, [hidden, search.value].join(" ").trim());
      if (mine !== latest) return;
      const rows = products.map(row);
      const legend = list.querySelector("legend");
      list.replaceChildren(legend, ...(rows.length > 0 ? rows : [element("p", { textContent: texts.noHits })]));
      update();
    };

    done.textContent = options.action === "select" ? texts.select : texts.add;
    search.value = options.query ?? "";
    await show();
    const onInput = () => void show();
    search.addEventListener("input", onInput);
    dialog.returnValue = "";
    dialog.showModal();
    search.focus();
    await new Promise((resolve) => dialog.addEventListener("close", resolve, { once: true }));
    search.removeEventListener("input", onInput);
    frame.focus();
    return dialog.returnValue === "chosen" ? [...chosen.values()] : null;
  }
  // Enter in the search field searches (it has already) and must not close the dialog.
  $("picker")
    .querySelector("input")
    .addEventListener("keydown", (event) => {
      if (event.key === "Enter") event.preventDefault();
    });
})();
