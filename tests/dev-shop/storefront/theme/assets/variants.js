/**
 * Changes the variant without leaving the page, and tells others so by Shopify's standard event, whose promise gives the
 * page that was fetched. Without this script the options are plain links.
 */
class VariantPicker {
  constructor(product) {
    this.product = product;
    product.addEventListener("click", (event) => {
      const link = event.target.closest("[data-variant]");
      if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      const group = link.closest("[role=group]").getAttribute("aria-labelledby");
      this.select(link.dataset.variant, link.href, `[aria-labelledby="${group}"] [aria-current]`);
    });
  }

  async select(id, address, focusAfter) {
    const turn = (this.turn = {});
    const url = `${this.product.dataset.url}?variant=${id}&section_id=${this.product.dataset.section}`;
    const page = fetch(url).then(async (answer) => {
      if (!answer.ok) throw new Error(`The shop answered ${answer.status}`);
      return new DOMParser().parseFromString(await answer.text(), "text/html");
    });
    const event = new CustomEvent("shopify:product:select", { bubbles: true });
    event.promise = page.then((html) => ({ variant: { id: `gid://shopify/ProductVariant/${id}` }, detail: { html } }));
    this.product.dispatchEvent(event);
    let html;
    try {
      html = await page;
    } catch {
      location.assign(address);
      return;
    }
    if (turn !== this.turn) return;
    const focused = this.product.contains(document.activeElement);
    for (const part of ["[data-price]", "[data-options]", "[data-submit]"]) {
      const next = html.querySelector(part);
      if (next) this.product.querySelector(part)?.replaceChildren(...document.importNode(next, true).childNodes);
    }
    this.product.querySelector("[data-variant-id]").value = id;
    if (focused) this.product.querySelector(focusAfter)?.focus();
    history.replaceState(null, "", address);
  }
}

for (const product of document.querySelectorAll("[data-product]")) new VariantPicker(product);
