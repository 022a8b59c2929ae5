import { z } from "zod";

import { contractDiscount } from "~/money/next-amount";
import type { ContractDiscount } from "~/money/next-amount";
import type {
  ContractFieldsFragment,
  ContractGlanceQuery,
  CustomerFieldsFragment,
  CycleFieldsFragment,
  PaymentMethodsByIdQuery,
} from "~/shopify/generated/admin";

import { contractReading, customerReading, cycleReading, glanceOf, instrumentExpiry, instrumentLabel } from "./reading";
import type { ContractReading, CustomerReading, CycleReading, Glance } from "./reading";

/**
 * Readings as far as they can be understood. The schema promises what is read; one contract of which it isn't true must
 * neither be charged by half a reading nor stop the reading of the others.
 */

/** PostgreSQL's text has no place for it. */
const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((value) => !value.includes("\u0000"));
const id = text(300).min(1);
/** Shopify is asked about it later: one that it doesn't take would have the whole question refused. */
const gid = z.string().regex(/^gid:\/\/shopify\/[A-Za-z]+\/[A-Za-z0-9_-]{1,100}(\?[^\0]{0,100})?$/);
/** Columns of Decimal(20, 4). */
const price = z.string().regex(/^\d{1,15}(\.\d{1,6})?$/);
const count = z.number().int().min(1).max(100_000);
const cycleCount = z.number().int().min(0).max(1_000_000);
const YEARS = { min: new Date("1990-01-01T00:00:00Z"), max: new Date("2200-01-01T00:00:00Z") } as const;
const moment = z.date().min(YEARS.min).max(YEARS.max);
const interval = z.enum(["DAY", "WEEK", "MONTH", "YEAR"]);
const status = z.enum(["ACTIVE", "PAUSED", "CANCELLED", "EXPIRED", "FAILED"]);
const short = text(1_000).nullable();

/** "2027-04" */
const expiry = z
  .string()
  .regex(/^\d{4}-\d{2}$/)
  .nullable();

const customer = z.object({ shopifyId: gid, email: short, firstName: short, lastName: short, locale: short });
const address = z.object({
  firstName: short,
  lastName: short,
  company: short,
  address1: short,
  address2: short,
  zip: short,
  city: short,
  provinceCode: short,
  countryCode: short,
  phone: short,
});
const place = z.object({
  id: gid,
  name: text(1_000),
  address1: short,
  address2: short,
  zip: short,
  city: short,
  countryCode: short,
});
const deliveryOption = z.object({
  code: short,
  title: short,
  presentmentTitle: short,
  description: text(10_000).nullable(),
  phone: short,
  instructions: text(10_000).nullable(),
  place: place.nullable(),
});
const line = z.object({
  shopifyId: gid,
  position: z.number(),
  productId: gid.nullable(),
  variantId: gid.nullable(),
  title: text(1_000),
  variantTitle: short,
  sku: short,
  imageUrl: text(4_000).nullable(),
  quantity: count,
  currentPrice: price,
  discountedPrice: price,
  attributes: z.array(z.object({ key: text(1_000), value: text(10_000) })).max(1_000),
  sellingPlanId: id.nullable(),
  sellingPlanName: short,
});
const discount = contractDiscount.extend({
  id: text(1_000),
  title: short,
  lineIds: z.array(gid),
}) satisfies z.ZodType<ContractDiscount>;
const contract = z.object({
  shopifyId: gid,
  status,
  revisionId: id,
  currencyCode: z.string().regex(/^[A-Z]{3}$/),
  billingInterval: interval,
  billingIntervalCount: count,
  deliveryInterval: interval,
  deliveryIntervalCount: count,
  minCycles: cycleCount.nullable(),
  maxCycles: cycleCount.nullable(),
  deliveryPrice: price,
  originOrderId: id.nullable(),
  originOrderName: short,
  paymentMethodId: gid.nullable(),
  paymentMethodLabel: short,
  paymentMethodExpiry: expiry,
  paymentMethodRevokedAt: moment.nullable(),
  deliveryMethod: z.enum(["SHIPPING", "LOCAL_DELIVERY", "PICKUP", "NONE"]),
  deliveryOption: deliveryOption.nullable(),
  shippingAddress: address.nullable(),
  deliveryMethodTitle: short,
  discounts: z.array(discount),
  shopifyCreatedAt: moment,
  shopifyUpdatedAt: moment,
  customer: customer.nullable(),
  lines: z.array(line),
}) satisfies z.ZodType<ContractReading>;
const glance = z.object({
  shopifyId: gid,
  status,
  revisionId: id,
  paymentMethodId: gid.nullable(),
  customerId: gid.nullable(),
  shopifyUpdatedAt: moment,
}) satisfies z.ZodType<Glance>;
const cycle = z.object({
  cycleIndex: z.number().int().min(1).max(1_000_000),
  startAt: moment,
  endAt: moment,
  expectedAt: moment,
  skipped: z.boolean(),
  billed: z.boolean(),
}) satisfies z.ZodType<CycleReading>;

/** @returns null if it can't be understood: a field is missing, or no value of its kind */
function understood<Node, Reading>(
  node: Node | null | undefined,
  read: (node: Node) => Reading,
  shape: z.ZodType<Reading>,
): Reading | null {
  if (node === null || node === undefined) return null;
  try {
    const reading = read(node);
    return shape.safeParse(reading).success ? reading : null;
  } catch (error) {
    // What the types promise to be there was not: a bug of ours would throw on good answers as well, and tests see it.
    if (error instanceof TypeError) return null;
    throw error;
  }
}

export const readableContract = (node: ContractFieldsFragment | null | undefined): ContractReading | null =>
  understood(node, contractReading, contract);

export const readableGlance = (node: ContractGlanceQuery["subscriptionContract"] | undefined): Glance | null =>
  understood(node, glanceOf, glance);

export const readableCustomer = (node: CustomerFieldsFragment | null | undefined): CustomerReading | null =>
  understood(node, customerReading, customer);

/** A payment method as contracts show it. */
export interface MethodReading {
  shopifyId: string;
  label: string | null;
  expiry: string | null;
  revokedAt: Date | null;
}

const method = z.object({
  shopifyId: gid,
  label: short,
  expiry,
  revokedAt: moment.nullable(),
}) satisfies z.ZodType<MethodReading>;

type MethodNode = Extract<
  NonNullable<PaymentMethodsByIdQuery["nodes"][number]>,
  { __typename: "CustomerPaymentMethod" }
>;

export const readableMethod = (node: MethodNode | null | undefined): MethodReading | null =>
  understood(
    node,
    ({ id: shopifyId, instrument, revokedAt }) => ({
      shopifyId,
      label: instrument ? instrumentLabel(instrument) : null,
      expiry: instrument ? instrumentExpiry(instrument) : null,
      revokedAt: revokedAt ? new Date(revokedAt) : null,
    }),
    method,
  );

const CYCLE_STATUSES: readonly string[] = ["BILLED", "UNBILLED"];

/** @returns null if any of them can't be understood: without it nobody knows what is due */
export function readableCycles(
  list: { nodes: readonly CycleFieldsFragment[] } | null | undefined,
): CycleReading[] | null {
  const nodes: unknown = list?.nodes;
  if (!list || !Array.isArray(nodes)) return null;
  const cycles = list.nodes.flatMap((node) => {
    const reading = understood(node, cycleReading, cycle);
    return reading && CYCLE_STATUSES.includes(node.status) ? [reading] : [];
  });
  return cycles.length === nodes.length ? cycles : null;
}
