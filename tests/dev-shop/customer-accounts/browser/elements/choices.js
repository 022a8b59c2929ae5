/* What is ticked. */
/* global queueMicrotask */
(() => {
  const { h, Base, define, FIELD } = window.standInElements;

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
      this.control.setAttribute("aria-invalid", this.error ? "true" : "false");
      this.control.setAttribute("aria-describedby", "error");
      return [
        h("label", { class: "choice" }, this.control, h("span", {}, this.label ?? "", h("slot", { name: "label" }))),
        h("span", { id: "error", class: "error" }, this.error ?? ""),
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
})();
