import type { Decimal, Instant, Shop } from "../../world";
import { languageOf } from "./texts";

/** Money as the shop's language writes it. */
export const money = (shop: Shop, amount: Decimal, currency: string = shop.currency): string =>
  new Intl.NumberFormat(languageOf(shop), { style: "currency", currency }).format(Number(amount));

/** "Norge" of "NO". */
export const country = (shop: Shop, code: string): string =>
  new Intl.DisplayNames(languageOf(shop), { type: "region" }).of(code) ?? code;

/** Date and time in the shop's zone. */
export const dateTime = (shop: Shop, instant: Instant): string =>
  new Intl.DateTimeFormat(languageOf(shop) === "nb" ? "nb" : "en-GB", {
    dateStyle: "long",
    timeStyle: "short",
    timeZone: shop.timeZone,
  }).format(new Date(instant));

/** Date alone in the shop's zone. */
export const date = (shop: Shop, instant: Instant): string =>
  new Intl.DateTimeFormat(languageOf(shop) === "nb" ? "nb" : "en-GB", {
    dateStyle: "long",
    timeZone: shop.timeZone,
  }).format(new Date(instant));
