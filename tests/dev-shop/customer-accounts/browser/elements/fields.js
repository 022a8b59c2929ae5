/* What something is typed into, or chosen from a menu. */
(() => {
  const { h, Base, define, FIELD } = window.standInElements;

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
})();
