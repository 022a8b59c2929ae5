import type { ContractStatus } from "~/generated/prisma/enums";

import type { AddressInput, PortalActionKind } from "./actions";

/**
 * What a shopper sees, as plain JSON. Amounts and dates come as texts in the shopper's language ("1 197,60 kr",
 * "1. desember 2026"); instants beside them are ISO 8601 for machines. Amounts to come are before tax, and say so.
 */

export interface PortalHome {
  shopName: string;
  contactEmail: string | null;
  /** Running ones first. */
  subscriptions: PortalListItem[];
}

export interface PortalListItem {
  id: string;
  /** "Fjellbris, Nordlys" */
  title: string;
  status: ContractStatus;
  statusText: string;
  /** "Every 2 weeks" */
  frequencyText: string;
  /** "kr 238,00 a delivery, before tax" */
  amountText: string;
  /** "Next delivery is charged on 1 December 2026", or why there is none. */
  nextText: string;
  imageUrl: string | null;
  /** A failing payment, in plain words; shown on top. */
  alert: PortalAlert | null;
}

export interface PortalAlert {
  title: string;
  text: string[];
  /** What helps: a new card, approving with the bank, trying again. */
  action: { label: string; kind: "payment-method" | "retry-payment" } | { label: string; url: string } | null;
}

export interface PortalSubscription extends PortalListItem {
  number: string;
  /** Changes with every change of the subscription. */
  seen: string;
  /** What may be done now. Everything else is neither shown nor carried out. */
  can: PortalActionKind[];
  lines: PortalLine[];
  /** Of the next delivery alone. */
  oneOffs: { id: string; title: string; quantity: number; priceText: string; canRemove: boolean }[];
  /** Waits for the renewal that is being charged. */
  queued: { text: string }[];
  deliveryPriceText: string;
  discounts: { id: string; text: string; canRemove: boolean }[];
  paymentMethodText: string | null;
  address: { lines: string[]; input: AddressInput } | null;
  /** Where it is picked up: it has no address then. */
  pickup: { lines: string[] } | null;
  deliveryMethodText: string | null;
  /** The next six. */
  upcoming: PortalCycle[];
  orders: PortalOrder[];
  /** "2026-12-24" or null. */
  pausedUntil: string | null;
  /** What has to be known before leaving: minimum not reached, prepaid deliveries owed. */
  terms: string[];
}

export interface PortalLine {
  id: string;
  title: string;
  variantTitle: string | null;
  imageUrl: string | null;
  quantity: number;
  /** Per unit. */
  priceText: string;
  /** "Grind: Fine" */
  preferenceTexts: string[];
  sellingPlanName: string | null;
}

export interface PortalCycle {
  cycleIndex: number;
  at: string;
  dateText: string;
  /** The shop's calendar, "2026-12-01"; and from when to when it may be moved. */
  day: string;
  movable: { from: string; to: string } | null;
  state: "OPEN" | "SKIPPED" | "RUNNING" | "PAID" | "FAILED" | "PARKED" | "PASSED";
  /** "kr 238,00 before tax", "Skipped". */
  stateText: string;
  canSkip: boolean;
  canUnskip: boolean;
}

export interface PortalOrder {
  /** "gid://shopify/Order/1": an extension can open its page by it. */
  orderId: string | null;
  name: string;
  dateText: string;
  totalText: string;
  /** The order's page in the shopper's account. */
  url: string | null;
}

/** What may be chosen for one action. Loaded when its form is opened. */
export type Choices =
  | { kind: "frequency"; plans: Choice[] }
  | { kind: "swap"; variants: VariantChoice[] }
  | { kind: "add-line" | "add-one-off"; variants: VariantChoice[] }
  | { kind: "preferences"; preferences: PreferenceChoice[] }
  | { kind: "delivery-method"; methods: MethodChoice[] }
  | { kind: "address"; countries: Choice[]; region: RegionChoices }
  | { kind: "none" };

export interface Choice {
  value: string;
  label: string;
  /** "kr 238,00 a delivery, before tax" */
  detail: string | null;
  current: boolean;
}

/** What an address needs in one of the countries. */
export interface RegionChoices {
  country: string;
  zipRequired: boolean;
  provinceRequired: boolean;
  /** Empty where an address names none. */
  provinces: Choice[];
}

export interface MethodChoice extends Choice {
  /** Of local delivery: whether the shop has to be able to call, and the number that is known. */
  phone: { required: boolean; value: string } | null;
}

export interface VariantChoice extends Choice {
  imageUrl: string | null;
  soldOut: boolean;
}

export interface PreferenceChoice {
  key: string;
  label: string;
  value: string;
  /** Empty: free text. */
  options: string[];
  /** Of free text. */
  maxLength: number;
}
