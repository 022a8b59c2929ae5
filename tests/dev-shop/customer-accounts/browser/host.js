/* The page around extensions in customer accounts: it makes their frames and does for them what only the page may do. */
/* global addEventListener, localStorage */
(() => {
  const page = JSON.parse(document.getElementById("page").textContent);
  const frames = new Map();

  async function post(path, body) {
    const response = await fetch(path, { method: "POST", headers: { "content-type": "application/json" }, body });
    return { status: response.status, body: await response.text() };
  }

  /** "extension:/subscription/1" is a page of the full-page extension; "shopify:customer-account/orders" one of ours. */
  function pathOf(url, frame) {
    const own = /^extension:(?:\/\/)?([a-z0-9-]*)(\/.*)?$/.exec(url);
    if (own) {
      const handle = own[1] || frame.handle;
      return `/pages/${handle}${own[2] && own[2] !== "/" ? own[2] : ""}`;
    }
    const account = /^shopify:customer-account\/?(.*)$/.exec(url);
    if (account) return `/${account[1]}`;
    return null;
  }

  function navigate(frame, { url, state, history: kind }) {
    const path = pathOf(url, frame);
    const isHere = path !== null && frame.fullPage && path.startsWith(`/pages/${frame.handle}`);
    if (!isHere) {
      window.location.assign(path ?? url);
      return;
    }
    const method = kind === "replace" ? "replaceState" : "pushState";
    history[method]({ state: state ?? null }, "", path);
    window.scrollTo(0, 0);
    announce(frame, kind === "replace" ? "replace" : "push");
  }

  const entryOf = (frame, type) => ({
    type,
    key: `${frame.handle}:${history.length}`,
    url: `extension:${window.location.pathname.slice(`/pages/${frame.handle}`.length) || "/"}`,
    state: history.state?.state ?? null,
  });
  const announce = (frame, type) =>
    frame.element.contentWindow.postMessage({ standIn: 1, entry: entryOf(frame, type) }, "*");

  const answers = {
    async sessionToken() {
      const { status, body } = await post("/_extension/token", "{}");
      if (status !== 200) throw new Error(JSON.parse(body).error);
      return JSON.parse(body).token;
    },
    customerApi: ({ version, body }) => post(`/_customer-api/${encodeURIComponent(version)}/graphql.json`, body),
    storage({ method, key, value }, frame) {
      const name = `extension:${frame.handle}:${key}`;
      if (method === "write") localStorage.setItem(name, JSON.stringify(value));
      else if (method === "delete") localStorage.removeItem(name);
      else return JSON.parse(localStorage.getItem(name) ?? "null");
      return undefined;
    },
  };
  const told = {
    navigate: (data, frame) => navigate(frame, data),
    state: (state) => history.replaceState({ state }, ""),
    open: (url) => window.open(url, "_blank", "noopener"),
    toast: (text) => {
      document.getElementById("toast").textContent = String(text);
    },
    height: (height, frame) => {
      // A page of its own fills the window and scrolls in itself, so that its dialogs are where one looks.
      if (!frame.fullPage) frame.element.style.height = `${height}px`;
    },
    crash: (message, frame) => {
      frame.element.insertAdjacentText("afterend", `${page.texts.crashed} ${message}`);
    },
  };

  addEventListener("message", (event) => {
    const frame = [...frames.values()].find(({ element }) => element.contentWindow === event.source);
    if (!frame || event.data?.standIn !== 1) return;
    const { type, data, call } = event.data;
    if (call === undefined) {
      told[type]?.(data, frame);
      return;
    }
    Promise.resolve()
      .then(() => answers[type](data, frame))
      .then(
        (result) => event.source.postMessage({ standIn: 1, call, result }, "*"),
        (error) => event.source.postMessage({ standIn: 1, call, error: error.message }, "*"),
      );
  });
  addEventListener("popstate", () => {
    for (const frame of frames.values()) if (frame.fullPage) announce(frame, "traverse");
  });

  for (const element of document.querySelectorAll("iframe[data-handle]")) {
    const fullPage = element.dataset.fullPage === "true";
    frames.set(element, { element, handle: element.dataset.handle, fullPage });
  }
})();
