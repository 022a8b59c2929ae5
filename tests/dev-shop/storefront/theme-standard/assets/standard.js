/**
 * The standard theme: changes of variant are announced by `shopify:product:select`, whose promise brings the page that
 * was fetched; adding to the cart is done in place, and `Shopify.actions.updateCart` renders the cart anew.
 */
const part = (root, name) => root.querySelector(`[data-part="${name}"]`);
const parse = (html) => new DOMParser().parseFromString(html, "text/html");

customElements.define(
  "product-information",
  class extends HTMLElement {
    connectedCallback() {
      this.addEventListener("change", ({ target }) => {
        if (target.dataset.variant) void this.select(target.dataset.variant, target);
      });
      this.closest(".shopify-section").addEventListener("submit", (event) => {
        if (!event.target.action.endsWith("/cart/add")) return;
        event.preventDefault();
        void this.add(event.target);
      });
    }

    async select(id, chosen) {
      const turn = (this.turn = {});
      const { url, section } = this.dataset;
      const page = fetch(`${url}?variant=${id}&section_id=${section}`).then(async (answer) =>
        parse(await answer.text()),
      );
      const event = new Event("shopify:product:select", { bubbles: true });
      event.product = { id: `gid://shopify/Product/${this.dataset.id}` };
      event.selectedOptions = [{ name: chosen.name, value: chosen.value }];
      event.promise = page.then((html) => ({
        variant: { id: `gid://shopify/ProductVariant/${id}` },
        detail: { html },
      }));
      this.dispatchEvent(event);
      const html = await page;
      if (turn !== this.turn) return;
      const { name, value } = chosen;
      // What is in a part is the theme's own: whatever others have put there is gone.
      for (const place of ["price", "picker", "buy"])
        part(this, place)?.replaceWith(document.importNode(part(html, place), true));
      const bar = this.closest(".shopify-section").querySelector(".bar [name=id]");
      if (bar) bar.value = id;
      [...this.querySelectorAll("[data-variant]")]
        .find((field) => field.name === name && field.value === value)
        ?.focus();
    }

    async add(form) {
      const event = new Event("shopify:cart:lines-update", { bubbles: true });
      const promise = fetch("/cart/add.js", { method: "POST", body: new FormData(form) }).then((answer) =>
        answer.json(),
      );
      this.dispatchEvent(Object.assign(event, { action: "add", context: "product", lines: [], promise }));
      const answer = await promise;
      const said = this.querySelector(".info__added");
      if (answer.status === 422) said.textContent = answer.message;
      else {
        const link = Object.assign(document.createElement("a"), { href: "/cart", textContent: said.dataset.view });
        said.replaceChildren(`${said.dataset.added} `, link);
      }
      const header = parse(await (await fetch("/?section_id=header")).text()).querySelector(".header");
      document.querySelector(".header").replaceWith(header);
    }
  },
);

customElements.define(
  "cart-items",
  class extends HTMLElement {
    connectedCallback() {
      const { updateCart } = window.Shopify.actions;
      updateCart.configure({
        handler: async (payload) => {
          const result = await updateCart.write(payload);
          if (result.userErrors.length === 0) await this.render();
          return result;
        },
      });
    }

    async render() {
      const page = parse(await (await fetch(`/cart?section_id=${this.dataset.section}`)).text());
      this.replaceChildren(...document.importNode(page.querySelector("cart-items"), true).childNodes);
    }
  },
);
