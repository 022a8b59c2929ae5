/* What the stand-in's `s-*` elements are made of: a small element maker, and a base that draws again when a property changes. */
/* global Node, queueMicrotask */
window.standInElements = (() => {
  /** @returns an element; `null`, `false` and empty children are left out, functions become listeners */
  const h = (tag, attributes = {}, ...children) => {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === undefined || value === null) continue;
      if (name === "style") Object.assign(element.style, value);
      else if (typeof value === "function") element.addEventListener(name.slice(2), value);
      else element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child instanceof Node || (typeof child === "string" && child !== "")));
    return element;
  };

  class Base extends HTMLElement {
    #values = {};
    #waiting = false;

    constructor() {
      super();
      this.attachShadow({ mode: "open" });
    }
    connectedCallback() {
      this.#drawNow();
    }
    read(name) {
      return this.#values[name];
    }
    /** Sets a value that the person has chosen: nothing is drawn again. */
    keep(name, value) {
      this.#values[name] = value;
    }
    write(name, value) {
      if (this.#values[name] === value) return;
      this.#values[name] = value;
      this.drawSoon();
    }
    drawSoon() {
      if (this.#waiting || !this.isConnected) return;
      this.#waiting = true;
      queueMicrotask(() => this.#drawNow());
    }
    #drawNow() {
      this.#waiting = false;
      const style = h("link", { rel: "stylesheet", href: window.standIn.elementsCss });
      const [kept] = this.shadowRoot.children;
      const parts = this.draw().filter(Boolean);
      if (!kept) this.shadowRoot.replaceChildren(style, ...parts);
      else {
        // Controls that stay keep their focus and what is typed in them.
        for (const old of [...this.shadowRoot.children].slice(1)) if (!parts.includes(old)) old.remove();
        parts.forEach((part, index) => {
          const there = this.shadowRoot.children[index + 1];
          if (there !== part) this.shadowRoot.insertBefore(part, there ?? null);
        });
      }
    }
    draw() {
      return [];
    }
  }

  /** Attributes are written in lower case; those of two words have a dash in neither HTML nor Preact. */
  const define = (tag, properties, element) => {
    const names = Object.fromEntries(properties.map((name) => [name.toLowerCase(), name]));
    const made = class extends element {
      static observedAttributes = Object.keys(names);
      attributeChangedCallback(attribute, _before, value) {
        this.write(names[attribute], value === "" ? true : value);
      }
    };
    for (const name of properties) {
      Object.defineProperty(made.prototype, name, {
        get() {
          return this.read(name);
        },
        set(value) {
          this.write(name, value);
        },
      });
    }
    window.customElements.define(tag, made);
  };
  /** What every field has. */
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
  return { h, Base, define, FIELD };
})();
