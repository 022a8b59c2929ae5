/* What comes and goes: banners, waiting, the dialog. */
(() => {
  const { h, Base, define } = window.standInElements;

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
})();
