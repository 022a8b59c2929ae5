/* eslint @typescript-eslint/no-unused-vars: off -- its globals are for other scripts */
/** How this theme's parts tell each other what happened: by name, through globals, as themes did until 2026. */
const PUB_SUB_EVENTS = { variantChange: "variant-change", cartUpdate: "cart-update" };
const heard = new Map();

function subscribe(name, listener) {
  heard.set(name, [...(heard.get(name) ?? []), listener]);
  return () =>
    heard.set(
      name,
      heard.get(name).filter((other) => other !== listener),
    );
}

function publish(name, message) {
  return Promise.all((heard.get(name) ?? []).map((listener) => listener(message)));
}
