/* global PUB_SUB_EVENTS, subscribe */
if (!customElements.get("perennial-subscribe"))
  customElements.define(
    "perennial-subscribe",
    class extends HTMLElement {
      connectedCallback() {
        this.section = this.closest(".shopify-section");
        for (const type of ["shopify:product:select", "variant:update", "change", "formdata"])
          this.section.addEventListener(type, this);
        if (typeof PUB_SUB_EVENTS == "object")
          this.told = subscribe(
            PUB_SUB_EVENTS.variantChange,
            ({ data }) => this.page.includes(data.sectionId) && this.take(data.html, data.variant),
          );
        this.bind();
      }

      handleEvent({ target, detail, promise, formData }) {
        if (formData) {
          if (this.page.endsWith("=" + formData.get("id"))) formData.set("selling_plan", this.chosen() || "");
        } else if (promise) {
          this.told = 1;
          promise.then(({ variant, detail }) => this.take(detail?.html, variant)).catch(() => {});
        } else if (detail) this.take(detail.data?.html, detail.resource);
        else if (target.name == "id") setTimeout(() => this.told || this.take(0, { id: target.value }));
      }

      get page() {
        return this.firstElementChild.dataset.perennial;
      }

      chosen() {
        return this.querySelector(":checked")?.value;
      }

      async take(page, variant) {
        const turn = (this.turn = {});
        const find = () => page?.querySelector?.("#" + this.id);
        if (!find() && variant) {
          page = await fetch(this.page.replace(/\d+$/, /\d+$/.exec(variant.id)));
          page = new DOMParser().parseFromString(await page.text(), "text/html");
        }
        const next = find();
        if (!next || turn != this.turn) return;
        const chosen = this.chosen();
        this.firstElementChild.replaceWith(next.firstElementChild.cloneNode(true));
        for (const radio of this.querySelectorAll("input")) radio.checked ||= radio.value == chosen;
        this.lastElementChild.textContent = this.lastElementChild.dataset.perennial;
        setTimeout(() => this.bind());
      }

      bind() {
        const form = this.section.querySelector("form[action*='/cart/add']:has(button,[type=submit])");
        if (!form) return;
        form.setAttribute("id", form.getAttribute("id") || this.id + "-form");
        for (const radio of this.querySelectorAll("input")) radio.setAttribute("form", form.getAttribute("id"));
      }
    },
  );
