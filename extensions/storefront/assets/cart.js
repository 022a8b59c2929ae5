if (!customElements.get("perennial-cart"))
  customElements.define(
    "perennial-cart",
    class extends HTMLElement {
      connectedCallback() {
        this.onclick = (event) => {
          const way = event.target.closest("[name=selling_plan]");
          const actions = window.Shopify?.actions;
          if (!way || !actions?.updateCart || this.plain) return;
          event.preventDefault();
          // Whatever stands in the way: the post without JavaScript does it, or its page says what is wrong.
          this.change(way, actions).catch(() => {
            this.plain = true;
            way.click();
          });
        };
      }

      async change({ value, dataset }, { getCart, updateCart }) {
        const { cart } = await getCart();
        const { id, quantity } = (cart.lines.nodes || cart.lines)[dataset.perennial];
        const sellingPlanId = value ? `gid://shopify/SellingPlan/${value}` : null;
        const { userErrors } = await updateCart({ lines: [{ id, quantity, sellingPlanId }] });
        if (userErrors?.length) throw userErrors;
        if (this.isConnected) await this.renew(dataset.perennial);
      }

      async renew(line) {
        const page = await (
          await fetch(`${location.pathname}?section_id=${this.firstElementChild.dataset.perennial}`)
        ).text();
        const next = new DOMParser().parseFromString(page, "text/html").getElementById(this.id);
        this.firstElementChild.replaceWith(next.firstElementChild);
        this.lastElementChild.textContent = this.lastElementChild.dataset.perennial;
        this.querySelector(`li:has([data-perennial="${line}"]) summary`)?.focus();
      }
    },
  );
