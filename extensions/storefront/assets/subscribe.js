// Keeps the options in step with the variant, with the HTML that the theme has fetched for it, whoever announces it.
customElements.get("perennial-subscribe") ||
  customElements.define(
    "perennial-subscribe",
    class extends HTMLElement {
      connectedCallback() {
        this.off = new AbortController();
        this.section = document.getElementById("shopify-section-" + this.dataset.section) || document.body;
        const on = (type, act) =>
          document.addEventListener(
            type,
            (event) => this.section.contains(event.target) && act(event),
            this.off,
          );
        this.bind();

        // The standard event of every theme since 2026, Horizon's own before it, Dawn's own, and at last the bare field.
        on("shopify:product:select", (event) => {
          this.told = true;
          event.promise?.then(({ variant, detail }) => this.take(detail?.html, variant?.id), () => {});
        });
        on("variant:selected", () => (this.told = true));
        on("variant:update", ({ detail }) => this.take(detail.data?.html, detail.resource?.id));
        if (typeof subscribe == "function" && typeof PUB_SUB_EVENTS == "object") {
          this.told = true;
          const stop = subscribe(PUB_SUB_EVENTS.variantChange, ({ data }) => {
            if (data.sectionId == this.dataset.section) this.take(data.html, data.variant?.id);
          });
          this.off.signal.onabort = stop;
        }
        on("change", ({ target }) => {
          if (target.name == "id") setTimeout(() => this.told || this.take(null, target.value));
        });
      }

      disconnectedCallback() {
        this.off.abort();
      }

      async take(html, variant) {
        const turn = (this.turn = {});
        const find = (text) =>
          (text?.getElementById ? text : new DOMParser().parseFromString(text || "", "text/html")).getElementById(this.id);
        let next = find(html);
        if (!next && variant) {
          const id = String(variant).split("/").pop();
          const url = `${location.pathname}?section_id=${this.dataset.section}&variant=${id}`;
          next = find(await fetch(url).then((answer) => answer.text()));
        }
        if (!next || turn != this.turn) return;
        const chosen = this.querySelector(":checked")?.value;
        this.firstElementChild.replaceWith(document.importNode(next.firstElementChild, true));
        for (const radio of this.querySelectorAll("input")) if (radio.value == chosen) radio.checked = true;
        this.bind();
        this.lastElementChild.textContent = this.dataset.updated;
      }

      // A theme may have a second cart form for instalments: the product's own is the one with a button.
      bind() {
        const form = this.section.querySelector("form[action*='/cart/add']:has([type=submit],button)");
        if (!form) return;
        form.id ||= this.id + "-form";
        for (const radio of this.querySelectorAll("input")) radio.setAttribute("form", form.id);
      }
    },
  );
