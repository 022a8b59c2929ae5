/*
 * Simple stand-ins for the `s-*` elements of @shopify/ui-extensions 2026-07 in customer accounts, as far as an app like
 * ours uses them: the same names, properties, slots and events, drawn with the browser's own controls. An element that
 * is not here is named in the console, so that nothing goes missing in silence.
 */
/* global ResizeObserver, queueMicrotask */
(() => {
  const { h, Base, define } = window.standInElements;

  /** How deep in sections an element lies: headings follow from it, as on Shopify. */
  const depthOf = (element) => {
    let depth = 2;
    for (let parent = element.parentElement; parent; parent = parent.parentElement) {
      if (parent.localName === "s-section") depth += 1;
    }
    return Math.min(depth, 6);
  };

  define("s-page", ["heading", "subheading", "inlineSize"], class extends Base {
    draw() {
      return [
        h(
          "header",
          {},
          h("slot", { name: "breadcrumb-actions" }),
          this.heading && h("h1", {}, this.heading),
          this.subheading && h("p", { class: "subdued" }, this.subheading),
          h(
            "div",
            { class: "actions" },
            h("slot", { name: "secondary-actions" }),
            h("slot", { name: "primary-action" }),
          ),
        ),
        h("div", { class: "stack" }, h("slot")),
      ];
    }
  });

  define("s-section", ["heading", "accessibilityLabel", "padding"], class extends Base {
    draw() {
      const named = this.heading ? { "aria-labelledby": "heading" } : { "aria-label": this.accessibilityLabel };
      const heading = this.heading && h(`h${depthOf(this)}`, { id: "heading" }, this.heading);
      return [h("section", named, heading, h("div", { class: "stack" }, h("slot")))];
    }
  });

  define("s-heading", ["accessibilityRole"], class extends Base {
    draw() {
      return [h(this.accessibilityRole === "none" ? "span" : `h${depthOf(this)}`, {}, h("slot"))];
    }
  });

  define("s-paragraph", ["color", "tone", "type", "lang"], class extends Base {
    draw() {
      return [h("p", { class: [this.color, this.tone].filter(Boolean).join(" ") }, h("slot"))];
    }
  });

  define("s-text", ["color", "tone", "type", "accessibilityVisibility"], class extends Base {
    draw() {
      const tag = { strong: "strong", emphasis: "em", small: "small", address: "address" }[this.type] ?? "span";
      const hidden = this.accessibilityVisibility === "exclusive" ? "visually-hidden" : "";
      return [h(tag, { class: [this.color, this.tone, hidden].filter(Boolean).join(" ") }, h("slot"))];
    }
  });

  define("s-badge", ["tone", "color", "size", "icon", "iconPosition"], class extends Base {
    draw() {
      return [h("span", { class: `badge ${this.tone ?? ""}` }, h("slot"))];
    }
  });

  define("s-divider", ["direction"], class extends Base {
    draw() {
      return [h("hr", {})];
    }
  });

  define("s-stack", [
    "direction",
    "gap",
    "rowGap",
    "columnGap",
    "alignItems",
    "justifyContent",
    "accessibilityRole",
    "accessibilityLabel",
    "padding",
    "border",
    "borderRadius",
    "background",
    "inlineSize",
  ], class extends Base {
    draw() {
      const roles = {
        "unordered-list": "list",
        "ordered-list": "list",
        "list-item": "listitem",
        generic: null,
        none: null,
      };
      const role = this.accessibilityRole in roles ? roles[this.accessibilityRole] : this.accessibilityRole;
      if (role) this.setAttribute("role", role);
      if (this.accessibilityLabel) this.setAttribute("aria-label", this.accessibilityLabel);
      const style = {
        flexDirection: this.direction === "inline" ? "row" : "column",
        alignItems: this.alignItems,
        justifyContent: this.justifyContent,
      };
      const look = [this.border ? "bordered" : "", `gap-${this.gap ?? "none"}`].join(" ");
      return [h("div", { class: `stack-of ${this.direction ?? "block"} ${look}`, style }, h("slot"))];
    }
  });

  define("s-grid", ["gridTemplateColumns", "gap", "alignItems", "justifyContent"], class extends Base {
    draw() {
      const style = { gridTemplateColumns: this.gridTemplateColumns, alignItems: this.alignItems };
      return [h("div", { class: `grid gap-${this.gap ?? "none"}`, style }, h("slot"))];
    }
  });
  define("s-grid-item", ["gridColumn"], class extends Base {
    draw() {
      return [h("slot")];
    }
  });
  define("s-box", ["padding", "border", "inlineSize", "accessibilityRole"], class extends Base {
    draw() {
      return [h("slot")];
    }
  });

  define("s-banner", ["heading", "tone", "dismissible", "collapsible"], class extends Base {
    draw() {
      const role = this.tone === "critical" ? "alert" : "status";
      return [
        h(
          "div",
          { class: `banner ${this.tone ?? "info"}`, role },
          this.heading && h("strong", { class: "banner-heading" }, this.heading),
          h("div", { class: "stack" }, h("slot")),
        ),
      ];
    }
  });

  define("s-announcement", [], class extends Base {
    draw() {
      return [h("div", { role: "status" }, h("slot"))];
    }
  });

  define("s-unordered-list", [], class extends Base {
    draw() {
      this.setAttribute("role", "list");
      return [h("slot")];
    }
  });
  define("s-list-item", [], class extends Base {
    draw() {
      this.setAttribute("role", "listitem");
      return [h("slot")];
    }
  });

  define("s-spinner", ["accessibilityLabel", "size"], class extends Base {
    draw() {
      return [h("span", { class: "spinner", role: "img", "aria-label": this.accessibilityLabel ?? "" })];
    }
  });
  define("s-skeleton-paragraph", ["content"], class extends Base {
    draw() {
      return [h("span", { class: "skeleton", "aria-hidden": "true" })];
    }
  });

  const picture = class extends Base {
    draw() {
      if (!this.src) return [h("span", { class: "no-picture" })];
      return [
        h("img", { src: this.src, alt: this.alt ?? "", class: this.localName === "s-image" ? "image" : "thumbnail" }),
      ];
    }
  };
  define("s-image", ["src", "alt", "aspectRatio", "inlineSize", "loading", "objectFit", "borderRadius"], picture);
  define("s-product-thumbnail", ["src", "alt", "size", "totalItems"], class extends picture {});

  define("s-details", ["defaultOpen", "open", "toggleTransition"], class extends Base {
    draw() {
      const open = this.open ?? this.defaultOpen;
      return [h("details", open ? { open: "" } : {}, h("summary", {}, h("slot", { name: "summary" })), h("slot"))];
    }
  });
  define("s-summary", [], class extends Base {
    draw() {
      this.slot = "summary";
      return [h("slot")];
    }
  });

  define("s-modal", ["heading", "accessibilityLabel", "padding", "size"], class extends Base {
    onshow = null;
    onaftershow = null;
    onhide = null;
    onafterhide = null;
    draw() {
      const { texts } = window.standIn;
      this.dialog ??= h("dialog", { onclose: () => this.hidden_() });
      this.dialog.setAttribute("aria-label", this.heading ?? this.accessibilityLabel ?? "");
      this.dialog.replaceChildren(
        h(
          "div",
          { class: "modal-head" },
          this.heading && h("h2", { tabindex: "-1" }, this.heading),
          h(
            "button",
            { class: "close", type: "button", "aria-label": texts.close, onclick: () => this.hideOverlay() },
            "×",
          ),
        ),
        h("div", { class: "stack" }, h("slot")),
        h("div", { class: "actions" }, h("slot", { name: "secondary-actions" }), h("slot", { name: "primary-action" })),
      );
      return [this.dialog];
    }
    command_(command) {
      if (command === "--hide") this.hideOverlay();
      else if (!this.dialog.open) {
        this.dispatchEvent(new Event("show"));
        this.dialog.showModal();
        this.dispatchEvent(new Event("aftershow"));
      }
    }
    hideOverlay() {
      this.dialog.close();
    }
    hidden_() {
      this.dispatchEvent(new Event("hide"));
      this.dispatchEvent(new Event("afterhide"));
    }
  });

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

  /* ---- fields ---- */

  const field = (kind) =>
    class extends Base {
      draw() {
        this.control ??= this.make();
        const { control } = this;
        const wanted = this.value ?? control.value;
        if (kind !== "select" && control.value !== wanted) control.value = wanted;
        for (const [property, attribute] of [
          ["min", "min"],
          ["max", "max"],
          ["step", "step"],
          ["maxLength", "maxlength"],
          ["minLength", "minlength"],
          ["placeholder", "placeholder"],
          ["autocomplete", "autocomplete"],
          ["rows", "rows"],
        ]) {
          if (this[property] === undefined || this[property] === null) control.removeAttribute(attribute);
          else control.setAttribute(attribute, String(this[property]));
        }
        if (kind === "date") {
          const range = /^(\d{4}-\d\d-\d\d)?--(\d{4}-\d\d-\d\d)?$/.exec(this.allow ?? "");
          if (range?.[1]) control.min = range[1];
          if (range?.[2]) control.max = range[2];
        }
        control.required = Boolean(this.required);
        control.disabled = Boolean(this.disabled);
        control.readOnly = Boolean(this.readOnly);
        control.setAttribute("aria-invalid", this.error ? "true" : "false");
        control.setAttribute("aria-describedby", "error");
        if (kind === "select") this.options_(wanted);
        const hidden = this.labelAccessibilityVisibility === "exclusive" ? "visually-hidden" : "";
        return [
          h("label", { for: "control", class: hidden }, this.label ?? ""),
          control,
          h("span", { id: "error", class: "error" }, this.error ?? ""),
        ];
      }
      make() {
        const tag = { area: "textarea", select: "select" }[kind] ?? "input";
        const type = tag === "input" ? { type: kind } : {};
        const made = h(tag, { id: "control", ...type });
        made.value = this.value ?? this.defaultValue ?? "";
        for (const name of ["input", "change"]) {
          made.addEventListener(name, (event) => {
            event.stopPropagation();
            this.keep("value", made.value);
            this.dispatchEvent(new Event(name, { bubbles: true }));
          });
        }
        if (kind === "select") {
          new MutationObserver(() => this.options_(this.value)).observe(this, {
            childList: true,
            subtree: true,
            characterData: true,
          });
        }
        return made;
      }
      options_(wanted) {
        const options = [...this.querySelectorAll("s-option")].map((option) =>
          h("option", { value: option.value ?? "", ...(option.disabled ? { disabled: "" } : {}) }, option.textContent),
        );
        if (this.placeholder) options.unshift(h("option", { value: "" }, this.placeholder));
        this.control.replaceChildren(...options);
        const chosen = wanted ?? [...this.querySelectorAll("s-option")].find((option) => option.selected)?.value;
        if (chosen !== undefined && chosen !== null) this.control.value = chosen;
      }
      problem_() {
        return !this.control.reportValidity();
      }
      focus() {
        this.control.focus();
      }
    };
  const FIELD = [
    "label",
    "name",
    "value",
    "defaultValue",
    "error",
    "required",
    "disabled",
    "readOnly",
    "autocomplete",
    "labelAccessibilityVisibility",
  ];
  define("s-text-field", [...FIELD, "maxLength", "minLength"], field("text"));
  define("s-email-field", [...FIELD, "maxLength", "minLength"], field("email"));
  define("s-phone-field", [...FIELD, "type"], field("tel"));
  define("s-text-area", [...FIELD, "maxLength", "minLength", "rows"], field("area"));
  define("s-number-field", [...FIELD, "min", "max", "step", "controls", "inputMode"], field("number"));
  define("s-date-field", [...FIELD, "allow", "disallow", "allowDays", "disallowDays", "view", "defaultView"], field(
    "date",
  ));
  define("s-select", [...FIELD, "placeholder"], field("select"));
  define("s-option", ["value", "selected", "defaultSelected", "disabled"], class extends Base {
    draw() {
      return [];
    }
  });

  define("s-checkbox", [...FIELD, "checked", "defaultChecked", "accessibilityLabel"], class extends Base {
    draw() {
      if (!this.control) {
        this.control = h("input", { type: "checkbox", id: "control" });
        this.control.checked = Boolean(this.checked ?? this.defaultChecked);
        this.control.addEventListener("change", () => {
          this.keep("checked", this.control.checked);
          this.dispatchEvent(new Event("change", { bubbles: true }));
        });
      } else if (this.checked !== undefined) this.control.checked = Boolean(this.checked);
      this.control.required = Boolean(this.required);
      return [
        h("label", { class: "choice" }, this.control, h("span", {}, this.label ?? "", h("slot", { name: "label" }))),
        h("span", { class: "error" }, this.error ?? ""),
      ];
    }
    problem_() {
      return !this.control.reportValidity();
    }
  });

  define("s-choice-list", [
    "label",
    "name",
    "values",
    "multiple",
    "error",
    "disabled",
    "labelAccessibilityVisibility",
    "variant",
  ], class extends Base {
    connectedCallback() {
      super.connectedCallback();
      this.watcher ??= new MutationObserver(() => this.drawSoon());
      this.watcher.observe(this, { childList: true, subtree: true, characterData: true, attributes: true });
    }
    draw() {
      const chosen =
        this.values ?? [...this.children].filter((choice) => choice.selected).map((choice) => choice.value);
      const hidden = this.labelAccessibilityVisibility === "exclusive" ? "visually-hidden" : "";
      const focused = this.shadowRoot.activeElement?.value;
      const choices = [...this.querySelectorAll("s-choice")].map((choice) => {
        const input = h("input", {
          type: this.multiple ? "checkbox" : "radio",
          name: "choices",
          value: choice.value ?? "",
          ...(choice.disabled || this.disabled ? { disabled: "" } : {}),
        });
        input.checked = chosen.includes(choice.value);
        input.addEventListener("change", () => {
          const ticked = [...this.shadowRoot.querySelectorAll("input")].filter(({ checked }) => checked);
          this.keep(
            "values",
            ticked.map(({ value }) => value),
          );
          this.dispatchEvent(new Event("change", { bubbles: true }));
        });
        const details = choice.querySelector("[slot=details]")?.textContent ?? "";
        const text = [...choice.childNodes]
          .filter((node) => node.slot !== "details")
          .map((node) => node.textContent)
          .join("");
        return h(
          "label",
          { class: "choice" },
          input,
          h("span", {}, text, details && h("small", { class: "subdued" }, details)),
        );
      });
      if (focused !== undefined)
        queueMicrotask(() =>
          [...this.shadowRoot.querySelectorAll("input")].find(({ value }) => value === focused)?.focus(),
        );
      return [
        h(
          "fieldset",
          {},
          h("legend", { class: hidden }, this.label ?? ""),
          ...choices,
          h("span", { class: "error" }, this.error ?? ""),
        ),
      ];
    }
  });
  define("s-choice", [
    "value",
    "selected",
    "defaultSelected",
    "disabled",
    "error",
    "accessibilityLabel",
  ], class extends Base {
    draw() {
      return [];
    }
  });

  /* ---- what is missing says so ---- */

  const told = new Set();
  const lookAt = (element) => {
    const name = element.localName;
    if (!name?.startsWith("s-") || window.customElements.get(name) || told.has(name)) return;
    told.add(name);
    console.error(`NOT_SERVED: the stand-in has no <${name}>.`);
  };
  new MutationObserver((changes) => {
    for (const { addedNodes } of changes) {
      for (const node of addedNodes) {
        if (node instanceof HTMLElement) [node, ...node.querySelectorAll("*")].forEach(lookAt);
      }
    }
  }).observe(document.documentElement, { childList: true, subtree: true });

  new ResizeObserver(() =>
    window.standIn.tell("height", Math.ceil(document.documentElement.getBoundingClientRect().height)),
  ).observe(document.documentElement);
})();
