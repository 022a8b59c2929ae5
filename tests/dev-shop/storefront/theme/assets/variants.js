/* global PUB_SUB_EVENTS, publish */
/**
 * Changes the variant without leaving the page, and publishes the section that was fetched for it. Without this script
 * the options are plain links.
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
    let html;
    try {
      const answer = await fetch(url);
      if (!answer.ok) throw new Error(`The shop answered ${answer.status}`);
      html = new DOMParser().parseFromString(await answer.text(), "text/html");
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
    for (const field of this.product.querySelectorAll("[data-variant-id]")) field.value = id;
    if (focused) this.product.querySelector(focusAfter)?.focus();
    history.replaceState(null, "", address);
    publish(PUB_SUB_EVENTS.variantChange, {
      data: { sectionId: this.product.dataset.section, html, variant: { id: Number(id) } },
    });
  }
}

for (const product of document.querySelectorAll("[data-product]")) new VariantPicker(product);
