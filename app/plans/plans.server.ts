import type { Context } from "~/context.server";
import type { Shop } from "~/generated/prisma/client";
import { AdminApiError } from "~/shopify/admin-api.server";
import type { AdminApi } from "~/shopify/admin-api.server";
import {
  AddPlanProductsDocument,
  CreatePlanDocument,
  DeletePlanDocument,
  GetPlanDocument,
  ListPlansDocument,
  PlanProductsDocument,
  RemovePlanProductsDocument,
  UpdatePlanDocument,
} from "~/shopify/generated/admin";

import { groupGid, MAX_PRODUCTS } from "./plan";
import type { PlanInput, PlanProblem } from "./plan";
import { createInput, planFromGroup, updateInput } from "./plan-group";
import type { Plan } from "./plan-group";
import { shopperTexts } from "./texts";
import { problemsFromUserErrors } from "./user-errors";
import type { PlanUserError } from "./user-errors";

/** Plans on one page of the list: 25 groups of 31 selling plans stay far below Shopify's 1,000 points a query. */
const PLANS_PER_PAGE = 25;
/** Shopify's largest page, and its limit for the list arguments of a mutation. */
const PRODUCTS_PER_CALL = 250;

export interface PlanProduct {
  id: string;
  title: string;
  imageUrl: string | null;
}

export interface PlanDetail extends Plan {
  products: PlanProduct[];
  /** True if there are more products than we read: then they can't be edited here, only in Shopify's own pages. */
  productsCut: boolean;
}

/** Shopify could not be asked, or its answer was lost. UNKNOWN: a change may or may not have been made. */
export type ShopifyTrouble = { outcome: "SHOPIFY_UNAVAILABLE" } | { outcome: "UNKNOWN" };

export type SavePlanOutcome =
  | { outcome: "SAVED"; id: string }
  | { outcome: "NOT_FOUND" }
  | { outcome: "NOT_EDITABLE" }
  | { outcome: "INVALID"; problems: PlanProblem[] }
  /** Name, frequencies and discount are saved; the products are not, or not all. */
  | { outcome: "PRODUCTS_NOT_SAVED"; id: string; problems: PlanProblem[] }
  | ShopifyTrouble;

export type DeletePlanOutcome = { outcome: "DELETED" } | { outcome: "NOT_FOUND" } | ShopifyTrouble;

export interface PlanPage {
  plans: Plan[];
  /** Cursor of the next page, null on the last. */
  after: string | null;
}

/** The app's own plans, newest first (Shopify lists no other app's). @throws AdminApiError */
export async function listPlans(ctx: Context, shop: Shop, input: { after?: string | null } = {}): Promise<PlanPage> {
  const { sellingPlanGroups } = await ctx
    .admin(shop.domain)
    .request(ListPlansDocument, { first: PLANS_PER_PAGE, after: input.after ?? null });
  const { hasNextPage, endCursor } = sellingPlanGroups.pageInfo;
  return { plans: sellingPlanGroups.nodes.map(planFromGroup), after: hasNextPage ? (endCursor ?? null) : null };
}

async function readProducts(admin: AdminApi, id: string): Promise<Pick<PlanDetail, "products" | "productsCut">> {
  const products: PlanProduct[] = [];
  for (let after: string | null = null; ;) {
    const page: { sellingPlanGroup: ProductPage | null } = await admin.request(PlanProductsDocument, {
      id,
      first: PRODUCTS_PER_CALL,
      after,
    });
    if (!page.sellingPlanGroup) return { products, productsCut: false };
    const { nodes, pageInfo } = page.sellingPlanGroup.products;
    for (const { id: productId, title, featuredMedia } of nodes) {
      products.push({ id: productId, title, imageUrl: featuredMedia?.preview?.image?.url ?? null });
    }
    if (!pageInfo.hasNextPage) return { products, productsCut: false };
    if (products.length >= MAX_PRODUCTS) return { products, productsCut: true };
    after = pageInfo.endCursor ?? null;
  }
}

interface ProductPage {
  products: {
    nodes: { id: string; title: string; featuredMedia: { preview: { image: { url: string } | null } | null } | null }[];
    pageInfo: { hasNextPage: boolean; endCursor: string | null };
  };
}

/** One plan with its products. @param id the group's number, "123" @throws AdminApiError */
export async function getPlan(ctx: Context, shop: Shop, id: string): Promise<PlanDetail | null> {
  const gid = groupGid(id);
  if (!gid) return null;
  const admin = ctx.admin(shop.domain);
  const { sellingPlanGroup } = await admin.request(GetPlanDocument, { id: gid });
  if (!sellingPlanGroup) return null;
  return { ...planFromGroup(sellingPlanGroup), ...(await readProducts(admin, gid)) };
}

/** Carries out a step that talks to Shopify; what goes wrong on the way becomes an outcome. */
async function attempt<Outcome>(work: () => Promise<Outcome>): Promise<Outcome | ShopifyTrouble> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof AdminApiError)) throw error;
    if (error.trouble === "REFUSED" || error.trouble === "ACCESS_DENIED") throw error;
    return { outcome: error.trouble === "NO_ANSWER" ? "UNKNOWN" : "SHOPIFY_UNAVAILABLE" };
  }
}

/** Makes a selling plan group with its selling plans and products. */
export function createPlan(ctx: Context, shop: Shop, plan: PlanInput): Promise<SavePlanOutcome> {
  return attempt<SavePlanOutcome>(async () => {
    const admin = ctx.admin(shop.domain);
    const first = plan.productIds.slice(0, PRODUCTS_PER_CALL);
    const { sellingPlanGroupCreate } = await admin.request(CreatePlanDocument, {
      input: createInput(plan, shopperTexts(shop.locale)),
      resources: { productIds: first },
    });
    const id = sellingPlanGroupCreate?.sellingPlanGroup?.id;
    if (!id) return { outcome: "INVALID", problems: problemsFromUserErrors(sellingPlanGroupCreate?.userErrors ?? []) };
    const problems = await changeProducts(admin, id, first, plan.productIds);
    return problems.length > 0 ? { outcome: "PRODUCTS_NOT_SAVED", id, problems } : { outcome: "SAVED", id };
  });
}

/**
 * Changes a plan. Frequencies that stay keep their selling plans' ids; products are added and taken away one by one, so
 * that what another person or app attached meanwhile is left alone.
 * Subscriptions keep the terms they were made with: Shopify copies them into the contract.
 * @param id the group's number @param input.knownProductIds the products that the form was opened with
 */
export function updatePlan(
  ctx: Context,
  shop: Shop,
  id: string,
  { plan, knownProductIds }: { plan: PlanInput; knownProductIds: string[] },
): Promise<SavePlanOutcome> {
  return attempt<SavePlanOutcome>(async () => {
    const gid = groupGid(id);
    if (!gid) return { outcome: "NOT_FOUND" };
    const admin = ctx.admin(shop.domain);
    const { sellingPlanGroup } = await admin.request(GetPlanDocument, { id: gid });
    if (!sellingPlanGroup) return { outcome: "NOT_FOUND" };
    const current = planFromGroup(sellingPlanGroup);
    if (!current.editable) return { outcome: "NOT_EDITABLE" };

    const { sellingPlanGroupUpdate } = await admin.request(UpdatePlanDocument, {
      id: gid,
      input: updateInput(plan, current, shopperTexts(shop.locale)),
    });
    const problems = problemsFromUserErrors(sellingPlanGroupUpdate?.userErrors ?? []);
    if (problems.length > 0) return { outcome: "INVALID", problems };

    const errors = await changeProducts(admin, gid, knownProductIds, plan.productIds);
    if (errors.length > 0) return { outcome: "PRODUCTS_NOT_SAVED", id: gid, problems: errors };
    return { outcome: "SAVED", id: gid };
  });
}

const inCalls = (ids: string[]): string[][] =>
  Array.from({ length: Math.ceil(ids.length / PRODUCTS_PER_CALL) }, (_, call) =>
    ids.slice(call * PRODUCTS_PER_CALL, (call + 1) * PRODUCTS_PER_CALL),
  );

async function changeProducts(admin: AdminApi, id: string, before: string[], after: string[]): Promise<PlanProblem[]> {
  const added = after.filter((productId) => !before.includes(productId));
  const removed = before.filter((productId) => !after.includes(productId));
  const errors: PlanUserError[] = [];
  for (const productIds of inCalls(added)) {
    const { sellingPlanGroupAddProducts } = await admin.request(AddPlanProductsDocument, { id, productIds });
    errors.push(...(sellingPlanGroupAddProducts?.userErrors ?? []));
  }
  for (const productIds of inCalls(removed)) {
    const { sellingPlanGroupRemoveProducts } = await admin.request(RemovePlanProductsDocument, { id, productIds });
    errors.push(...(sellingPlanGroupRemoveProducts?.userErrors ?? []));
  }
  return problemsFromUserErrors(errors);
}

/**
 * Deletes a plan: it is no longer offered. Subscriptions that were made with it go on unchanged
 * (Shopify: sellingPlanGroupDelete "does not affect subscription contracts").
 */
export function deletePlan(ctx: Context, shop: Shop, id: string): Promise<DeletePlanOutcome> {
  return attempt<DeletePlanOutcome>(async () => {
    const gid = groupGid(id);
    if (!gid) return { outcome: "NOT_FOUND" };
    const { sellingPlanGroupDelete } = await ctx.admin(shop.domain).request(DeletePlanDocument, { id: gid });
    return { outcome: sellingPlanGroupDelete?.deletedSellingPlanGroupId ? "DELETED" : "NOT_FOUND" };
  });
}
