/* global PUB_SUB_EVENTS, subscribe */
if (!customElements.get("perennial-subscribe"))
  customElements.define(
    "perennial-subscribe",
    class extends HTMLElement {
      connectedCallback() {
        this.off = new AbortController();
        this.section = this.closest(".shopify-section") || document;
        const on = (type, act) => this.section.addEventListener(type, act, this.off);
        on("shopify:product:select", (event) => {
          this.told = 1;
          event.promise?.then(({ variant, detail }) => this.take(detail?.html, variant?.id)).catch(() => {});
        });
        on("variant:selected", () => (this.told = 1));
        on("variant:update", ({ detail }) => this.take(detail.data?.html, detail.resource?.id));
        if (typeof PUB_SUB_EVENTS == "object")
          this.off.signal.onabort = subscribe(
            PUB_SUB_EVENTS.variantChange,
            ({ data }) => data.sectionId == this.dataset.section && this.take(data.html, data.variant?.id),
          );
        else
          on("change", ({ target }) => {
            if (target.name == "id") setTimeout(() => this.told || this.take(0, target.value));
          });
        this.bind();
      }

      disconnectedCallback() {
        this.off.abort();
      }

      async take(page, variant) {
        const turn = (this.turn = {});
        let next = page?.getElementById?.(this.id);
        if (!next && variant) {
          page = await fetch(`${location.pathname}?section_id=${this.dataset.section}&variant=${/\d+$/.exec(variant)}`);
          next = new DOMParser().parseFromString(await page.text(), "text/html").getElementById(this.id);
        }
        if (!next || turn != this.turn) return;
        const chosen = this.querySelector(":checked")?.value;
        this.firstElementChild.replaceWith(next.firstElementChild.cloneNode(true));
        this.bind(chosen);
        this.lastElementChild.textContent = this.dataset.updated;
      }

      bind(chosen) {
        const form = this.section.querySelector("form[action*='/cart/add']:has(button,[type=submit])");
        const id = form?.getAttribute("id") || this.id + "-form";
        form?.setAttribute("id", id);
        for (const radio of this.querySelectorAll("input")) {
          if (form) radio.setAttribute("form", id);
          if (radio.value == chosen) radio.checked = true;
        }
      }
    },
  );
