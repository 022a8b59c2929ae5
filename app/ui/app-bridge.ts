/**
 * App Bridge as far as these pages use it. Its script is loaded by the layout and there is none on the server, so
 * everything here is for event handlers and effects only.
 */
const bridge = () => (typeof shopify === "undefined" ? null : shopify);

/** A short confirmation of what has been done; errors belong on the page, where they stay. */
export function showToast(message: string): void {
  bridge()?.toast.show(message);
}

/** Shopify's loading bar above the frame. */
export function showLoading(loading: boolean): void {
  bridge()?.loading(loading);
}

export function setSaveBar(id: string, visible: boolean): void {
  const saveBar = bridge()?.saveBar;
  // When a whole page is taken away its bar is gone before it can be hidden.
  if (!saveBar || !document.getElementById(id)) return;
  void (visible ? saveBar.show(id) : saveBar.hide(id));
}

/** Lets the merchant save or discard before the page is left; resolves when it may be left. */
export async function confirmLeaving(): Promise<void> {
  await bridge()?.saveBar.leaveConfirmation();
}

export interface PickedProduct {
  id: string;
  title: string;
  imageUrl: string | null;
}

/** Shopify's product picker. @returns null if the merchant closes it without choosing. */
export async function pickProducts(selected: string[], max: number): Promise<PickedProduct[] | null> {
  const picked = await bridge()?.resourcePicker({
    type: "product",
    action: "select",
    multiple: max,
    filter: { variants: false, archived: false },
    selectionIds: selected.map((id) => ({ id })),
  });
  if (!picked) return null;
  return picked.map(({ id, title, images }) => ({ id, title, imageUrl: images[0]?.originalSrc ?? null }));
}

export interface PickedVariant {
  /** "gid://shopify/ProductVariant/1" */
  id: string;
  /** "Fjellbris - 250 g"; the product's title alone if it has one variant. */
  title: string;
}

/** Shopify's name of a product's only variant, which nobody has chosen. */
const ONLY_VARIANT = /\s+-\s+Default Title$/;

/** Shopify's picker of single variants. @returns null if the merchant closes it without choosing. */
export async function pickVariants(selected: string[], max: number): Promise<PickedVariant[] | null> {
  const picked = await bridge()?.resourcePicker({
    type: "variant",
    action: "select",
    multiple: max === 1 ? false : max,
    filter: { archived: false },
    selectionIds: selected.map((id) => ({ id })),
  });
  if (!picked) return null;
  return picked.flatMap(({ id, displayName, title }) =>
    id === undefined ? [] : [{ id, title: (displayName ?? title ?? id).replace(ONLY_VARIANT, "") }],
  );
}

/**
 * Whether our subscribe block stands in the shop's published theme; null if Shopify does not say
 * (older App Bridge, or a theme without blocks).
 */
export async function isWidgetPlaced(): Promise<boolean | null> {
  try {
    const extensions = await bridge()?.app.extensions();
    const blocks = extensions?.filter(({ type }) => type === "theme_app_extension") ?? [];
    if (blocks.length === 0) return null;
    return blocks.some(({ activations }) => activations.length > 0);
  } catch {
    return null;
  }
}
