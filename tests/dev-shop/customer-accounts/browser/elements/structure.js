/*
 * Simple stand-ins for the `s-*` elements of @shopify/ui-extensions 2026-07 in customer accounts, as far as an app like
 * ours uses them: the same names, properties, slots and events, drawn with the browser's own controls. Here: pages, their
 * parts and their texts.
 */
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
})();
