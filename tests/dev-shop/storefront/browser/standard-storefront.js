/**
 * What Shopify puts into every page of an online store: `Shopify.actions`, and the standard events they send.
 * Source: shopify.dev, "Standard storefront events and actions". A line with `merchandiseId` is added, one with `id`
 * is changed, quantity 0 takes it out; a refused change resolves with `userErrors`. Assumed: the cart's lines have the
 * Storefront API's form, and the theme's own handler is called with the payload.
 */
const Shopify = (window.Shopify ??= {});
Shopify.routes ??= { root: "/" };

const LINE = "gid://shopify/CartLine/";
const idOf = (gid) => gid && String(gid).split("/").at(-1);

/** A cart of the Ajax API in the Storefront API's form. */
const cartFrom = (cart) => ({
  id: `gid://shopify/Cart/${cart.token}`,
  totalQuantity: cart.item_count,
  lines: {
    nodes: cart.items.map((item) => {
      const plan = item.selling_plan_allocation?.selling_plan;
      return {
        id: LINE + encodeURIComponent(item.key),
        quantity: item.quantity,
        merchandise: { id: `gid://shopify/ProductVariant/${item.variant_id}` },
        sellingPlanAllocation: plan
          ? { sellingPlan: { id: `gid://shopify/SellingPlan/${plan.id}`, name: plan.name } }
          : null,
      };
    }),
  },
});

async function ajax(path, body) {
  const answer = await fetch(Shopify.routes.root + path, {
    method: body ? "POST" : "GET",
    ...(body ? { headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) } : {}),
  });
  return answer.json();
}

async function write({ lines = [] }) {
  const userErrors = [];
  for (const { id, merchandiseId, quantity, sellingPlanId } of lines) {
    const plan = sellingPlanId === undefined ? {} : { selling_plan: idOf(sellingPlanId) ?? "" };
    const answer = id
      ? await ajax("cart/change.js", { id: decodeURIComponent(id.slice(LINE.length)), quantity, ...plan })
      : await ajax("cart/add.js", { id: idOf(merchandiseId), quantity, ...plan });
    if (answer.status === 422) userErrors.push({ code: "INVALID", field: null, message: answer.message });
  }
  return { cart: cartFrom(await ajax("cart.js")), userErrors, warnings: [] };
}

function action(byDefault) {
  let own = null;
  const call = (...args) => (own ?? byDefault)(...args);
  call.isDefault = () => own === null;
  call.configure = ({ handler }) => {
    own = handler;
  };
  return call;
}

const updateCart = action(async (payload) => {
  const result = await write(payload);
  if (result.userErrors.length === 0) location.reload();
  return result;
});

const announced = async (payload, ...rest) => {
  const event = new Event("shopify:cart:lines-update", { bubbles: true });
  const action = payload.lines?.some(({ id }) => id) ? "update" : "add";
  const promise = Promise.resolve(updateCart(payload, ...rest));
  document.dispatchEvent(Object.assign(event, { action, context: "standard-action", lines: payload.lines, promise }));
  return promise;
};

Shopify.actions = {
  getCart: async () => ({ cart: cartFrom(await ajax("cart.js")) }),
  openCart: action(async () => location.assign(`${Shopify.routes.root}cart`)),
  updateCart: Object.assign(announced, { configure: updateCart.configure, isDefault: updateCart.isDefault, write }),
};
