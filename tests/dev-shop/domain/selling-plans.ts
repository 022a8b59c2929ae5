import { nextId, type SellingPlan, type SellingPlanGroup, type Shop, type World } from "../world";
import type { UserError } from "./cycle-edits";
import { emit } from "./emit";
import { draftPlan, emptyPlan, type PlanDraft, type SellingPlanGroupInput } from "./selling-plan-input";
import { faultsOfPlan, faultsOfPlans, MAX_OPTIONS } from "./selling-plan-validation";
import { nowOf } from "./time";
import { sellingPlanGroupPayload } from "./webhook-payloads";

export interface GroupResult {
  group: SellingPlanGroup | null;
  deletedPlanIds: string[];
  userErrors: UserError[];
}

export interface Resources {
  productIds?: string[] | null;
  productVariantIds?: string[] | null;
}

const refused = (...userErrors: UserError[]): GroupResult => ({ group: null, deletedPlanIds: [], userErrors });

const error = (code: string, message: string, ...field: string[]): UserError => ({ field, message, code });

function faultsOfGroup(name: string, options: readonly string[]): UserError[] {
  return [
    ...(name.trim() === "" ? [error("BLANK", "Name can't be blank", "input", "name")] : []),
    ...(options.length > MAX_OPTIONS
      ? [error("TOO_LONG", "Options is too long (maximum is 3)", "input", "options")]
      : []),
  ];
}

function faultsOfResources(shop: Shop, resources: Resources): UserError[] {
  const products = (resources.productIds ?? []).filter((id) => !shop.products[id]);
  const variants = (resources.productVariantIds ?? []).filter((id) => !shop.variants[id]);
  return [
    ...products.map((id) => error("PRODUCT_DOES_NOT_EXIST", `Product ${id} does not exist.`, "productIds")),
    ...variants.map((id) =>
      error("PRODUCT_VARIANT_DOES_NOT_EXIST", `Product variant ${id} does not exist.`, "productVariantIds"),
    ),
  ];
}

function addPlan(world: World, shop: Shop, group: SellingPlanGroup, plan: PlanDraft["plan"]): void {
  const created: SellingPlan = { id: nextId(world), groupId: group.id, ...plan, createdAt: nowOf(world) };
  shop.sellingPlans[created.id] = created;
  group.sellingPlanIds.push(created.id);
}

/** sellingPlanGroupCreate. All or nothing; sends selling_plan_groups/create. */
export function createGroup(
  world: World,
  shop: Shop,
  appId: string | null,
  input: SellingPlanGroupInput,
  resources: Resources = {},
): GroupResult {
  const options = input.options ?? [];
  const drafts = (input.sellingPlansToCreate ?? []).map((plan, index) =>
    draftPlan(emptyPlan(), plan, ["input", "sellingPlansToCreate", String(index)], true),
  );
  const faults = [
    ...faultsOfGroup(input.name ?? "", options),
    ...faultsOfPlans(drafts.map((draft) => draft.plan)),
    ...drafts.flatMap((draft) => faultsOfPlan(draft, options)),
    ...faultsOfResources(shop, resources),
  ];
  if (faults.length > 0) return refused(...faults);
  const name = input.name ?? "";
  const group: SellingPlanGroup = {
    id: nextId(world),
    appId,
    appReference: input.appId ?? null,
    name,
    merchantCode: input.merchantCode ?? name,
    description: input.description ?? null,
    position: input.position ?? null,
    options,
    sellingPlanIds: [],
    productIds: [...new Set(resources.productIds ?? [])],
    variantIds: [...new Set(resources.productVariantIds ?? [])],
    createdAt: nowOf(world),
  };
  shop.sellingPlanGroups[group.id] = group;
  for (const draft of drafts) addPlan(world, shop, group, draft.plan);
  emit(world, shop, "selling_plan_groups/create", sellingPlanGroupPayload(shop, group));
  return { group, deletedPlanIds: [], userErrors: [] };
}

/** sellingPlanGroupUpdate: what is not named keeps its value; plans are created, updated and deleted in one go or not at all. */
export function updateGroup(
  world: World,
  shop: Shop,
  group: SellingPlanGroup,
  input: SellingPlanGroupInput,
): GroupResult {
  const options = input.options ?? group.options;
  const toDelete = input.sellingPlansToDelete ?? [];
  const own = (id: string): SellingPlan | undefined =>
    group.sellingPlanIds.includes(id) ? shop.sellingPlans[id] : undefined;
  const missing: UserError[] = [];
  const updates = (input.sellingPlansToUpdate ?? []).flatMap((change, index) => {
    const field = ["input", "sellingPlansToUpdate", String(index)];
    if (!change.id) {
      missing.push(
        error("PLAN_ID_MUST_BE_SPECIFIED_TO_UPDATE", "Plan ID must be specified to update.", ...field, "id"),
      );
      return [];
    }
    const plan = own(change.id);
    if (plan) return [{ id: plan.id, draft: draftPlan(plan, change, field, false) }];
    missing.push(error("PLAN_DOES_NOT_EXIST", "Selling plan does not exist.", ...field, "id"));
    return [];
  });
  for (const id of toDelete) {
    if (!own(id))
      missing.push(error("PLAN_DOES_NOT_EXIST", "Selling plan does not exist.", "input", "sellingPlansToDelete"));
  }
  const creates = (input.sellingPlansToCreate ?? []).map((plan, index) =>
    draftPlan(emptyPlan(), plan, ["input", "sellingPlansToCreate", String(index)], true),
  );
  const after = [
    ...group.sellingPlanIds
      .filter((id) => !toDelete.includes(id))
      .flatMap((id) => updates.find((update) => update.id === id)?.draft.plan ?? shop.sellingPlans[id] ?? []),
    ...creates.map((draft) => draft.plan),
  ];
  const faults = [
    ...faultsOfGroup(input.name ?? group.name, options),
    ...missing,
    ...faultsOfPlans(after),
    ...[...updates.map((update) => update.draft), ...creates].flatMap((draft) => faultsOfPlan(draft, options)),
  ];
  if (faults.length > 0) return refused(...faults);
  group.name = input.name ?? group.name;
  group.merchantCode = input.merchantCode ?? group.merchantCode;
  group.options = options;
  if (input.appId !== undefined) group.appReference = input.appId;
  if (input.description !== undefined) group.description = input.description;
  if (input.position !== undefined) group.position = input.position;
  for (const { id, draft } of updates) {
    const plan = shop.sellingPlans[id];
    if (plan) Object.assign(plan, draft.plan);
  }
  group.sellingPlanIds = group.sellingPlanIds.filter((id) => !toDelete.includes(id));
  for (const id of toDelete) delete shop.sellingPlans[id];
  for (const draft of creates) addPlan(world, shop, group, draft.plan);
  emit(world, shop, "selling_plan_groups/update", sellingPlanGroupPayload(shop, group));
  return { group, deletedPlanIds: toDelete, userErrors: [] };
}

/** sellingPlanGroupDelete. Contracts sold by its plans live on (documented). */
export function deleteGroup(world: World, shop: Shop, group: SellingPlanGroup): void {
  const payload = sellingPlanGroupPayload(shop, group);
  for (const id of group.sellingPlanIds) delete shop.sellingPlans[id];
  delete shop.sellingPlanGroups[group.id];
  emit(world, shop, "selling_plan_groups/delete", payload);
}

/** Adds products and variants; one that is there already: TAKEN (observed). */
export function addToGroup(world: World, shop: Shop, group: SellingPlanGroup, resources: Resources): GroupResult {
  const products = resources.productIds ?? [];
  const variants = resources.productVariantIds ?? [];
  const taken = [
    ...products.filter((id) => group.productIds.includes(id)).map(() => "productIds"),
    ...variants.filter((id) => group.variantIds.includes(id)).map(() => "productVariantIds"),
  ];
  const faults = [
    ...faultsOfResources(shop, resources),
    ...taken.map((field) => error("TAKEN", "Resource has already been taken", field)),
  ];
  if (faults.length > 0) return refused(...faults);
  group.productIds.push(...new Set(products));
  group.variantIds.push(...new Set(variants));
  emit(world, shop, "selling_plan_groups/update", sellingPlanGroupPayload(shop, group));
  return { group, deletedPlanIds: [], userErrors: [] };
}

/** Takes products and variants off; those that were not there are passed over. Answers with what was removed. */
export function removeFromGroup(
  world: World,
  shop: Shop,
  group: SellingPlanGroup,
  resources: Resources,
): { productIds: string[]; productVariantIds: string[] } {
  const productIds = (resources.productIds ?? []).filter((id) => group.productIds.includes(id));
  const productVariantIds = (resources.productVariantIds ?? []).filter((id) => group.variantIds.includes(id));
  group.productIds = group.productIds.filter((id) => !productIds.includes(id));
  group.variantIds = group.variantIds.filter((id) => !productVariantIds.includes(id));
  if (productIds.length + productVariantIds.length > 0) {
    emit(world, shop, "selling_plan_groups/update", sellingPlanGroupPayload(shop, group));
  }
  return { productIds, productVariantIds };
}

/** The groups under which a variant is sold: its own and its product's. */
export const groupsOfVariant = (shop: Shop, variantId: string): SellingPlanGroup[] => {
  const productId = shop.variants[variantId]?.productId;
  return Object.values(shop.sellingPlanGroups).filter(
    (group) =>
      group.variantIds.includes(variantId) || (productId !== undefined && group.productIds.includes(productId)),
  );
};

export const groupsOfProduct = (shop: Shop, productId: string): SellingPlanGroup[] =>
  Object.values(shop.sellingPlanGroups).filter((group) => group.productIds.includes(productId));
