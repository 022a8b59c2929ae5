if (!customElements.get("perennial-cart"))
  customElements.define(
    "perennial-cart",
    class extends HTMLElement {
      connectedCallback() {
        this.onclick = (event) => {
          const way = event.target.closest(".perennial-cart__way");
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

      async change({ dataset }, { getCart, updateCart }) {
        const [line, plan] = dataset.perennial.split(" ");
        const { cart } = await getCart();
        const { id, quantity } = (cart.lines.nodes || cart.lines)[line];
        const sellingPlanId = plan ? `gid://shopify/SellingPlan/${plan}` : null;
        const { userErrors } = await updateCart({ lines: [{ id, quantity, sellingPlanId }] });
        if (userErrors?.length) throw userErrors;
        if (this.isConnected) await this.renew(line);
      }

      async renew(line) {
        const page = await (
          await fetch(`${location.pathname}?section_id=${this.firstElementChild.dataset.perennial}`)
        ).text();
        const next = new DOMParser().parseFromString(page, "text/html").getElementById(this.id);
        this.firstElementChild.replaceWith(next.firstElementChild);
        this.lastElementChild.textContent = this.lastElementChild.dataset.perennial;
        this.querySelector(`li:has([data-perennial^="${line} "]) summary`)?.focus();
      }
    },
  );
