import type { ContractStatus } from "~/generated/prisma/enums";

/** The tabs above the list of subscriptions, in their order. */
export const tabs = ["all", "active", "paused", "attention", "cancelled"] as const;
export type Tab = (typeof tabs)[number];

/** The list's state, all of it in its address, so that it can be linked to, shared and come back to. */
export interface ListState {
  tab: Tab;
  search: string;
  page: number;
}

/** Longest search that is looked for: longer ones are pasted by mistake. */
const MAX_SEARCH = 200;
const MAX_PAGE = 10_000;

export function listStateOf(parameters: URLSearchParams): ListState {
  const page = Number(parameters.get("page"));
  return {
    tab: tabs.find((tab) => tab === parameters.get("status")) ?? "all",
    search: (parameters.get("q") ?? "").trim().slice(0, MAX_SEARCH),
    page: Number.isInteger(page) && page > 1 && page <= MAX_PAGE ? page : 1,
  };
}

/** "/app/contracts?status=paused&q=ola&page=2", without what is as usual. */
export function listUrl({ tab, search, page }: ListState): string {
  const parameters = new URLSearchParams();
  if (tab !== "all") parameters.set("status", tab);
  if (search) parameters.set("q", search);
  if (page > 1) parameters.set("page", String(page));
  const query = parameters.toString();
  return query ? `/app/contracts?${query}` : "/app/contracts";
}

const statusOf: Partial<Record<Tab, ContractStatus>> = { active: "ACTIVE", paused: "PAUSED", cancelled: "CANCELLED" };

/** The same as a filter of contracts/queries.server.ts. */
export function filterOf({ tab, search, page }: ListState) {
  const status = statusOf[tab];
  return {
    page,
    ...(status ? { status } : {}),
    ...(tab === "attention" ? { needsAttention: true } : {}),
    ...(search ? { search } : {}),
  };
}

/** The page of one subscription. @param contract.number of Shopify's id */
export const contractUrl = ({ number }: { number: string }): string => `/app/contracts/${number}`;
