/* An element that is not here is named in the console, so that nothing goes missing in silence; the frame grows with them. */
/* global ResizeObserver */
(() => {
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
