/* What is pressed, and the form that it may send. */
(() => {
  const { h, Base, define } = window.standInElements;

  /** What a button or a link does besides telling its listeners: commands, addresses, forms. */
  function act(element, event) {
    if (element.disabled || element.loading) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    if (element.commandFor) {
      document.getElementById(element.commandFor)?.command_?.(element.command ?? "--auto");
      event.preventDefault();
    } else if (element.href) {
      event.preventDefault();
      // After the listeners, as a link goes on once its click was not prevented.
      if (/^https?:/.test(element.href) && element.target === "_blank") window.standIn.tell("open", element.href);
      else window.standIn.tell("navigate", { url: element.href });
    } else if (element.type === "submit") {
      element.closest("s-form")?.submit_();
    }
  }
  const pressable = class extends Base {
    constructor() {
      super();
      this.addEventListener("click", (event) => act(this, event));
    }
    draw() {
      const look = `${this.localName === "s-link" ? "link" : "button"} ${this.variant ?? "auto"} ${this.tone ?? "auto"}`;
      const label = this.accessibilityLabel ? { "aria-label": this.accessibilityLabel } : {};
      if (this.href && !this.commandFor) return [h("a", { class: look, href: this.href, ...label }, h("slot"))];
      const busy = this.loading ? { "aria-busy": "true" } : {};
      const disabled = this.disabled || this.loading ? { disabled: "" } : {};
      return [h("button", { class: look, type: "button", ...label, ...busy, ...disabled }, h("slot"))];
    }
    focus() {
      this.shadowRoot.querySelector("a, button")?.focus();
    }
  };
  const PRESSED = [
    "href",
    "target",
    "command",
    "commandFor",
    "accessibilityLabel",
    "disabled",
    "loading",
    "tone",
    "type",
  ];
  define("s-button", [...PRESSED, "variant", "inlineSize", "interestFor"], pressable);
  define("s-link", [...PRESSED, "lang"], class extends pressable {});
  define("s-clickable", [...PRESSED, "padding"], class extends pressable {});

  define("s-form", ["disabled"], class extends Base {
    constructor() {
      super();
      this.addEventListener("keydown", (event) => {
        const field = event.composedPath()[0];
        if (event.key === "Enter" && field.localName === "input" && !/checkbox|radio/.test(field.type)) this.submit_();
      });
    }
    draw() {
      return [h("slot")];
    }
    submit_() {
      const fields = [...this.querySelectorAll("*")].filter((field) => field.problem_);
      if (fields.some((field) => field.problem_())) return;
      this.dispatchEvent(new Event("submit", { bubbles: true, cancelable: true }));
    }
  });
})();
