import type { EventType } from "~/history/events";
import type { Money } from "~/lib/format";

import type { MerchantFacts } from "./merchant-mail";
import type { MerchantNotice } from "./merchant-notice";
import type { ShopperFacts } from "./shopper-mail";
import type { EventOf } from "./trail";
import type { ShopperNotice } from "./which-mail";

/** One of each e-mail, for the tests of what they say. */

export const nok = (amount: string): Money => ({ amount, currencyCode: "NOK" });

export const facts: ShopperFacts = {
  shopName: "Kaffebønna",
  timeZone: "Europe/Oslo",
  contactEmail: "hei@kaffebonna.example",
  portalUrl: "https://kaffebonna.no/apps/perennial",
  storefrontUrl: "https://kaffebonna.no/",
  firstName: "Kari",
  lines: [
    { title: "Espresso", variantTitle: "250 g", quantity: 2 },
    { title: "Fjellbris", variantTitle: null, quantity: 1 },
  ],
  amount: nok("327.20"),
  paymentMethodLabel: "Visa •••• 4242",
  nextAt: "2026-12-21T08:00:00.000Z",
  dunningEnd: "PAUSE",
  dunningEndsAt: "2026-12-21T08:00:00.000Z",
  secureLink: false,
};

/** An event as it stands in the history. Oslo's 7 December, though it is still the 6th in UTC. */
export function anEvent<Type extends EventType>(
  type: Type,
  data: EventOf<Type>["data"],
  id = "0198e0a0-0000-7000-8000-000000000001",
  at = "2026-12-07T08:00:03.000Z",
): EventOf<Type> {
  return { id, type, actor: "perennial", at, data } as EventOf<Type>;
}

export const cycle = { cycleIndex: 3, expectedAt: "2026-12-06T23:30:00.000Z" };
const nextTryAt = "2026-12-08T08:00:00.000Z";

export const failed = (over: Partial<EventOf<"charge.failed">["data"]> = {}): EventOf<"charge.failed"> =>
  anEvent("charge.failed", {
    ...cycle,
    errorCode: "INSUFFICIENT_FUNDS",
    errorMessage: "Insufficient funds.",
    declineClass: "INSUFFICIENT_FUNDS",
    attemptNumber: 1,
    nextTryAt,
    endsAt: null,
    ...over,
  });

export const expired = failed({
  errorCode: "EXPIRED_PAYMENT_METHOD",
  declineClass: "EXPIRED",
  nextTryAt: null,
  endsAt: "2026-12-21T08:00:00.000Z",
});

const challenge = {
  ...cycle,
  url: "https://kaffebonna.myshopify.com/subscription_billing_attempts/7/challenge",
  endsAt: "2026-12-10T08:00:00.000Z",
};

export const notices: readonly ShopperNotice[] = [
  { kind: "FAILED", event: failed(), nextTryAt },
  { kind: "FAILED_AGAIN", event: failed({ attemptNumber: 4 }), nextTryAt },
  { kind: "NOT_APPROVED", event: failed({ errorCode: "EXPIRED_BUYER_ACTION", declineClass: "CHALLENGE" }), nextTryAt },
  { kind: "CARD_NEEDED", event: expired },
  { kind: "APPROVE", event: anEvent("charge.action-required", challenge) },
  { kind: "APPROVE_REMINDER", event: anEvent("charge.action-reminder", challenge) },
  { kind: "ENDED", event: anEvent("dunning.ended", { ...cycle, end: "PAUSE", errorCode: "CARD_DECLINED" }) },
  { kind: "ENDED", event: anEvent("dunning.ended", { ...cycle, end: "SKIP", errorCode: "CARD_DECLINED" }) },
  { kind: "ENDED", event: anEvent("dunning.ended", { ...cycle, end: "CANCEL", errorCode: "CARD_DECLINED" }) },
  {
    kind: "RECOVERED",
    event: anEvent("charge.paid", {
      ...cycle,
      orderId: "gid://shopify/Order/1007",
      orderName: "#1007",
      total: nok("327.20"),
      adopted: false,
      attemptNumber: 3,
    }),
  },
  {
    kind: "WAITING",
    event: anEvent("cycle.waiting", {
      ...cycle,
      reason: "stock",
      titles: ["Espresso – 250 g", "Fjellbris"],
      until: "2026-12-21T08:00:00.000Z",
    }),
  },
  { kind: "DROPPED", event: anEvent("charge.given-up", { ...cycle, reason: "stock", errorCode: null }) },
  {
    kind: "ADJUSTED",
    event: anEvent("cycle.adjusted", {
      ...cycle,
      lines: [
        { title: "Espresso – 250 g", change: "quantity", to: "1" },
        { title: "Fjellbris", change: "replaced", to: "Morgenstund" },
        { title: "Kvernet kanel", change: "removed", to: null },
      ],
    }),
  },
];

export const merchantFacts: MerchantFacts = {
  shopName: "Kaffebønna",
  timeZone: "Europe/Oslo",
  appUrl: "https://admin.shopify.com/store/kaffebonna/apps/perennial/app",
  billingUrl: "https://admin.shopify.com/store/kaffebonna/apps/perennial/app/billing",
  waiting: 1204,
  lateDaysMax: 14,
  differing: null,
};

const held = (reason: string) => anEvent("billing.held", { reason });

export const merchantNotices: readonly MerchantNotice[] = [
  { kind: "HELD", event: held("SIGNED_OUT"), reason: "SIGNED_OUT" },
  { kind: "HELD", event: held("SCOPES_LOST"), reason: "SCOPES_LOST" },
  { kind: "HELD", event: held("AMOUNT_DIFFERS"), reason: "AMOUNT_DIFFERS" },
  {
    kind: "RESUMED",
    event: anEvent("billing.resumed", { reason: "SIGNED_OUT" }),
    heldSince: "2026-12-05T08:00:00.000Z",
  },
];
