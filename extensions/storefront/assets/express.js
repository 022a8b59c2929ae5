/* Loaded with the setting for express checkout only: its buttons may read the form's own fields and nothing else. */
for (const host of document.querySelectorAll("perennial-subscribe:not([data-perennial-heard])")) {
  host.dataset.perennialHeard = "";
  const section = host.closest(".shopify-section");
  const write = () => {
    const form = section.querySelector("form[action*='/cart/add']:has(button,[type=submit])");
    if (!form) return;
    let field = form.querySelector("input[type=hidden][name=selling_plan]");
    if (!field) {
      field = Object.assign(document.createElement("input"), { type: "hidden", name: "selling_plan" });
      form.append(field);
    }
    field.value = host.querySelector(":checked")?.value || "";
  };
  section.addEventListener("change", write);
  // The theme may render its form anew, and the choices change with the variant.
  new MutationObserver(write).observe(section, { childList: true, subtree: true });
  write();
}
