import { isEnded } from "~/contracts/cycle-rules";
import { placeOf } from "~/contracts/delivery";
import type { Address } from "~/contracts/reading";
import type { CycleView } from "~/contracts/views";
import { asSentence, formatCountry } from "~/lib/format";
import { provinceName } from "~/lib/regions/regions";
import { money } from "~/money/money";
import { storefrontUrl } from "~/notifications/links";
import { localDate } from "~/schedule/due";

import { alertOf } from "./alert";
import { allowedKinds } from "./allowed";
import { amountOfCycle, nextOpen, usualAmount } from "./amounts";
import { deliveryPrice } from "./delivery-cost";
import { discountText } from "./discounts";
import { addressInput } from "./address";
import { placeLines } from "./place-text";
import { shownPreferences } from "./preferences";
import { editText } from "./queued";
import type { Subject } from "./subject";
import { termsOf } from "./terms";
import type { PortalCycle, PortalLine, PortalListItem, PortalOrder, PortalSubscription } from "./views";

/** Earlier orders shown; the rest are on the shopper's account. */
const ORDERS_SHOWN = 12;

/** "Fjellbris, Nordlys" */
export const titleOf = ({ row, words }: Subject): string =>
  row.lines.map(({ title }) => title).join(", ") || words.t("untitled");

/** "Every 2 weeks" */
export const frequencyOf = ({ view, words }: Subject): string =>
  asSentence(words.interval(view.delivery.interval, view.delivery.count));

export function listItem(subject: Subject): PortalListItem {
  const { row, words } = subject;
  return {
    id: row.id,
    title: titleOf(subject),
    status: row.status,
    statusText: words.t(`status.${row.status}`),
    frequencyText: frequencyOf(subject),
    amountText: words.t("amount.perDelivery", { amount: words.money(usualAmount(subject)) }),
    nextText: nextText(subject),
    imageUrl: row.lines.find(({ imageUrl }) => imageUrl !== null)?.imageUrl ?? null,
    alert: alertOf(subject),
  };
}

function nextText(subject: Subject): string {
  const { row, view, words } = subject;
  const { t, date } = words;
  if (isEnded(row.status) || row.goneAt !== null) return t("next.ended");
  if (row.status === "PAUSED")
    return row.pausedUntil ? t("next.pausedUntil", { date: date(row.pausedUntil) }) : t("next.paused");
  if (row.status === "FAILED") return t("next.stopped");
  if (view.renewalRunning) return t("next.running");
  const next = nextOpen(subject);
  if (!next) return t("next.none");
  const amount = words.money(amountOfCycle(subject, next.cycleIndex));
  return t("next.date", { date: date(next.dueAt), amount });
}

export function subscription(subject: Subject): PortalSubscription {
  const { row, view, words, shopper, discounts } = subject;
  const { t } = words;
  const can = allowedKinds(subject);
  const place = placeOf(row);
  return {
    ...listItem(subject),
    number: view.number,
    seen: subject.state,
    can,
    lines: row.lines.map((line): PortalLine => ({
      id: line.id,
      title: line.title,
      variantTitle: line.variantTitle,
      imageUrl: line.imageUrl,
      quantity: line.quantity,
      priceText: t("amount.each", { amount: words.money(money(line.currentPrice, row.currencyCode)) }),
      preferenceTexts: shownPreferences(subject, line, words.locale).map(({ label, value }) =>
        t("preference", { label, value }),
      ),
      sellingPlanName: line.sellingPlanName,
    })),
    oneOffs: subject.oneOffs.map(({ id, title, variantTitle, quantity, total, charging }) => ({
      id,
      title: variantTitle ? `${title} – ${variantTitle}` : title,
      quantity,
      priceText: words.money(total),
      canRemove: !charging && can.includes("remove-one-off"),
    })),
    queued: row.queuedEdits.map(({ edits }) => ({ text: editText(subject, edits) })),
    deliveryPriceText: deliveryPrice(words, place ? "PICKUP" : "SHIPPING", money(row.deliveryPrice, row.currencyCode)),
    discounts: discounts.map((discount) => ({
      id: discount.id,
      text: discountText(words, discount, row.currencyCode),
      canRemove: discount.type === "CODE_DISCOUNT" && can.includes("remove-discount"),
    })),
    paymentMethodText: row.paymentMethodLabel,
    address: addressOf(subject),
    pickup: place && { lines: placeLines(place) },
    // A place's own way of delivery is called as the place itself.
    deliveryMethodText: place ? t("pickup.method") : row.deliveryMethodTitle,
    upcoming: view.upcoming.map((cycle) => portalCycle(subject, cycle)),
    orders: ordersOf(subject),
    pausedUntil: row.pausedUntil ? localDate(row.pausedUntil, shopper.shop.timeZone) : null,
    terms: termsOf(subject),
  };
}

function portalCycle(subject: Subject, cycle: CycleView): PortalCycle {
  const { words, settings, shopper, row } = subject;
  const { cycleIndex, dueAt, state } = cycle;
  const isOff = (kind: "skip" | "move") => settings.switchedOff.includes(kind);
  const amount = words.money(amountOfCycle(subject, cycleIndex));
  const isHeld = row.status !== "ACTIVE" && state === "OPEN";
  return {
    cycleIndex,
    at: dueAt,
    dateText: words.date(dueAt),
    day: localDate(new Date(dueAt), shopper.shop.timeZone),
    movable: isOff("move") || state !== "OPEN" ? null : (cycle.movable ?? null),
    state,
    stateText: isHeld ? words.t("cycle.HELD", { amount }) : words.t(`cycle.${state}`, { amount }),
    canSkip: cycle.canSkip && !isOff("skip"),
    // While it is paused nothing is sent that was not skipped either.
    canUnskip: cycle.canUnskip && row.status === "ACTIVE",
  };
}

function addressOf({ row, words }: Subject): PortalSubscription["address"] {
  if (row.shippingAddress === null) return null;
  // Written by the mirror alone, in this shape.
  const address = row.shippingAddress as object as Address;
  const name = [address.firstName, address.lastName].filter(Boolean).join(" ");
  const town = [address.zip, address.city].filter(Boolean).join(" ");
  const province = address.provinceCode && provinceName(address.countryCode, address.provinceCode);
  const country = address.countryCode ? formatCountry(address.countryCode, words.locale) : null;
  const lines = [name, address.company, address.address1, address.address2, town, province, country];
  return { lines: lines.filter((line): line is string => Boolean(line)), input: addressInput(address) };
}

function ordersOf({ row, view, words, shopper }: Subject): PortalOrder[] {
  // The account lists a shopper's orders; Shopify tells apps no address of a single one that lasts.
  const url = new URL("/account", storefrontUrl(shopper.shop)).href;
  const paid = view.charges
    .filter(({ state }) => state === "PAID")
    .map((charge): PortalOrder => ({
      orderId: charge.orderId,
      name: charge.orderName ?? "–",
      dateText: words.date(charge.paidAt ?? charge.expectedAt),
      totalText: words.money(charge.paidAmount ?? charge.expectedAmount),
      url: charge.orderId ? url : null,
    }));
  const first: PortalOrder[] = row.originOrderId
    ? [
        {
          orderId: row.originOrderId,
          name: row.originOrderName ?? "–",
          dateText: words.date(row.shopifyCreatedAt),
          totalText: words.t("firstOrder"),
          url,
        },
      ]
    : [];
  return [...paid, ...first].slice(0, ORDERS_SHOWN);
}
