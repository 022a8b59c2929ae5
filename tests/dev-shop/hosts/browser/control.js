/* The control page's buttons: each is one call of the JSON API beside it. */
/* global open, sessionStorage */
(() => {
  const { query, texts, locale, timeZone } = JSON.parse(document.getElementById("page-settings").textContent);
  const answer = document.getElementById("answer");
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);
  const readable = (instant) =>
    new Intl.DateTimeFormat(locale === "nb" ? "nb" : "en-GB", {
      dateStyle: "long",
      timeStyle: "short",
      timeZone,
    }).format(new Date(instant));
  const say = (text, isError = false) => {
    answer.textContent = text;
    answer.className = isError ? "error" : "";
  };

  async function call(path, body) {
    const response = await fetch(`/_control${path}${query}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    const result = await response.json();
    if (!response.ok) throw new Error(result.error);
    return result;
  }

  async function act(work) {
    try {
      await work();
    } catch (error) {
      say(fill(texts.failed, { reason: error.message }), true);
    }
  }

  async function move(body) {
    const controls = [...document.querySelectorAll("button, input, select")];
    for (const control of controls) control.disabled = true;
    const show = async () => {
      const { now } = await (await fetch("/_control/clock")).json();
      say(fill(texts.settling, { now: readable(now) }));
      document.getElementById("now").textContent = readable(now);
    };
    await show();
    const progress = setInterval(() => void show().catch(() => undefined), 700);
    try {
      const { now } = await call("/clock", { ...body, settle: true });
      sessionStorage.setItem("moved", now);
      location.reload();
    } catch (error) {
      for (const control of controls) control.disabled = false;
      throw error;
    } finally {
      clearInterval(progress);
    }
  }

  const moved = sessionStorage.getItem("moved");
  if (moved) {
    sessionStorage.removeItem("moved");
    say(fill(texts.moved, { now: readable(moved) }));
  }

  for (const button of document.querySelectorAll("[data-advance]")) {
    button.addEventListener("click", () => act(() => move({ advance: button.dataset.advance })));
  }
  document
    .querySelector("[data-set]")
    ?.addEventListener("click", (event) => act(() => move({ set: event.currentTarget.dataset.set })));
  document.getElementById("set-time").addEventListener("submit", (event) => {
    event.preventDefault();
    const set = new Date(`${event.target.elements.set.value}Z`).toISOString();
    void act(() => move({ set }));
  });
  for (const select of document.querySelectorAll("[data-card]")) {
    select.addEventListener("change", () =>
      act(async () => {
        await call(`/customers/${select.dataset.card}/card`, { outcome: select.value });
        for (const other of document.querySelectorAll(`[data-card="${select.dataset.card}"]`))
          other.value = select.value;
        say(texts.saved);
      }),
    );
  }
  for (const button of document.querySelectorAll("[data-login]")) {
    button.addEventListener("click", () =>
      act(async () => {
        const tab = open("about:blank", "_blank");
        const { url } = await call(`/customers/${button.dataset.login}/login`, {});
        if (tab) tab.location = url;
        else location.assign(url);
      }),
    );
  }
  for (const form of document.querySelectorAll("form[data-call]")) {
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const fields = [...form.elements].filter((field) => field.name);
      const valueOf = (field) => {
        if (field.dataset.list === undefined) return field.type === "number" ? Number(field.value) : field.value;
        const names = field.value.split(",").map((name) => name.trim());
        // A list that was left empty is not sent: JSON leaves undefined out.
        return names.some(Boolean) ? names.filter(Boolean) : undefined;
      };
      void act(async () => {
        await call(form.dataset.call, Object.fromEntries(fields.map((field) => [field.name, valueOf(field)])));
        say(texts.saved);
      });
    });
  }
  for (const button of document.querySelectorAll("[data-post]")) {
    button.addEventListener("click", () =>
      act(async () => {
        await call(button.dataset.post, {});
        location.reload();
      }),
    );
  }

  const ACTS = {
    charge: ({ value }) => ["/attempts", { contractId: value }],
    pause: ({ value }) => [`/contracts/${value}`, { status: "PAUSED" }],
    activate: ({ value }) => [`/contracts/${value}`, { status: "ACTIVE" }],
    cancel: ({ value }) => [`/contracts/${value}`, { status: "CANCELLED" }],
    nativeRetry: ({ dataset }) => [`/customers/${dataset.customer}/payment-method`, { nativeRetry: true }],
    refund: ({ dataset }) => [`/orders/${dataset.latest}`, { refund: true }],
    deleteOrder: ({ dataset }) => [`/orders/${dataset.latest}`, { delete: true }],
    highRisk: ({ dataset }) => [`/orders/${dataset.origin}`, { highRisk: true }],
  };
  document.getElementById("act")?.addEventListener("submit", (event) => {
    event.preventDefault();
    const { contract, act: chosen } = event.target.elements;
    void act(async () => {
      await call(...ACTS[chosen.value](contract.selectedOptions[0]));
      say(texts.saved);
    });
  });
})();
