import { Router } from "express";
import type { DevShop } from "../../dev-shop";
import { CheckoutError, completeCheckout, createCustomer, paymentMethodsOf, shippingFor } from "../../domain";
import type { Address, Customer, Order, Shop } from "../../world";
import { pricedLines, subtotalOf } from "../drops/cart";
import { orderDrop } from "../drops/customer";
import { drop } from "../liquid/drop";
import { fromCents, toCents } from "../liquid/money";
import { readFields } from "../forms";
import { sendOrderConfirmation } from "../order-mail";
import type { Theme } from "../theme";
import { dropCart, signIn } from "../visitor";
import type { Visitor } from "../visitor";
import { notFound } from "./catalog";
import { handle, themeText } from "./tools";

const REQUIRED = ["email", "first_name", "last_name", "address1", "zip", "city"] as const;

/** The tax that prices already include, in hundredths. */
export const includedTax = (gross: number, rate: string): number => Math.round(gross - gross / (1 + Number(rate)));

/** Why checkout refuses a cart that was fine when it was filled. */
const REFUSALS: Record<string, string> = {
  OUT_OF_STOCK: "cart.problem.not_enough",
  VARIANT_NOT_FOUND: "cart.problem.unknown_variant",
  SELLING_PLAN_REQUIRED: "cart.problem.plan_required",
  SELLING_PLAN_NOT_APPLICABLE: "cart.problem.plan_unknown",
};

function prefilled({ customer }: Visitor): Record<string, string> {
  const address = customer?.defaultAddress;
  return {
    email: customer?.email ?? "",
    first_name: address?.firstName ?? customer?.firstName ?? "",
    last_name: address?.lastName ?? customer?.lastName ?? "",
    address1: address?.address1 ?? "",
    zip: address?.zip ?? "",
    city: address?.city ?? "",
    phone: address?.phone ?? customer?.phone ?? "",
  };
}

function addressFrom(shop: Shop, fields: Record<string, string>): Address {
  return {
    firstName: fields["first_name"] ?? "",
    lastName: fields["last_name"] ?? "",
    address1: fields["address1"] ?? "",
    zip: fields["zip"] ?? "",
    city: fields["city"] ?? "",
    countryCode: shop.countryCode,
    ...(fields["phone"] ? { phone: fields["phone"] } : {}),
  };
}

/** The shop's customer with this e-mail address, made now if there is none. */
function customerFor(devShop: DevShop, visitor: Visitor, fields: Record<string, string>): Customer {
  const { shop } = visitor;
  const email = (fields["email"] ?? "").toLowerCase();
  const known = Object.values(shop.customers).find((customer) => customer.email.toLowerCase() === email);
  if (known) {
    known.defaultAddress ??= addressFrom(shop, fields);
    return known;
  }
  return createCustomer(devShop.world, shop, {
    email,
    firstName: fields["first_name"] ?? "",
    lastName: fields["last_name"] ?? "",
    ...(fields["phone"] ? { phone: fields["phone"] } : {}),
    locale: visitor.language,
    defaultAddress: addressFrom(shop, fields),
  });
}

export function checkoutPages(devShop: DevShop, theme: Theme): Router {
  const router = Router();

  const show = (
    visitor: Visitor,
    values: Record<string, string>,
    errors: Record<string, string>,
    problem: string | null = null,
  ): Promise<string> => {
    const lines = pricedLines(visitor.shop, visitor.cart);
    const subtotal = subtotalOf(lines);
    const needsShipping = lines.some(({ variant }) => variant.requiresShipping);
    const offered = shippingFor(visitor.shop, fromCents(subtotal), needsShipping);
    const shipping = offered ? { title: offered.rate.title, price: toCents(offered.price) } : null;
    const total = subtotal + (shipping?.price ?? 0);
    const card = visitor.customer
      ? paymentMethodsOf(visitor.shop, visitor.customer.id).find((method) => method.revokedAt === null)
      : undefined;
    const checkout = drop("checkout", {
      values: drop("checkout.values", values),
      errors,
      problem: Object.keys(errors).length > 0 ? themeText(visitor.language)("checkout.correct") : problem,
      has_subscription: lines.some(({ plan }) => plan !== null),
      subtotal,
      shipping: shipping ? drop("shipping", shipping) : null,
      total,
      tax: includedTax(total, visitor.shop.taxRate),
      card: card ? drop("card", { brand: card.brand, last_digits: card.lastDigits }) : null,
    });
    const title = themeText(visitor.language)("checkout.title");
    return theme.page(visitor, { template: "checkout", layout: "checkout", title, objects: { checkout } });
  };

  router.get(
    "/checkout",
    handle(async (visitor, _request, response) => {
      if (pricedLines(visitor.shop, visitor.cart).length === 0) return response.redirect(303, "/cart");
      response.type("html").send(await show(visitor, prefilled(visitor), {}));
    }),
  );

  router.post(
    "/checkout",
    handle(async (visitor, request, response) => {
      const lines = pricedLines(visitor.shop, visitor.cart);
      if (lines.length === 0) return response.redirect(303, "/cart");
      const text = themeText(visitor.language);
      const posted = await readFields(request);
      const fields: Record<string, string> = {};
      for (const name of [...REQUIRED, "phone"]) fields[name] = (posted.get(name) ?? "").trim();
      const errors: Record<string, string> = {};
      for (const name of REQUIRED) if (!fields[name]) errors[name] = text(`checkout.error.${name}`);
      if (fields["email"] && !/^\S+@\S+\.\S+$/.test(fields["email"])) errors["email"] = text("checkout.error.email");
      if (Object.keys(errors).length > 0) {
        response
          .status(422)
          .type("html")
          .send(await show(visitor, fields, errors));
        return;
      }
      const customer = customerFor(devShop, visitor, fields);
      let order: Order;
      try {
        const placed = completeCheckout(devShop.world, visitor.shop, {
          customerId: customer.id,
          lines: lines.map(({ line }) => ({
            variantId: line.variantId,
            quantity: line.quantity,
            sellingPlanId: line.sellingPlanId,
            customAttributes: Object.entries(line.properties ?? {}).map(([key, value]) => ({ key, value })),
          })),
          shippingAddress: addressFrom(visitor.shop, fields),
        });
        order = placed.order;
      } catch (error) {
        if (!(error instanceof CheckoutError)) throw error;
        const problem = text(REFUSALS[error.code] ?? "checkout.correct");
        response
          .status(422)
          .type("html")
          .send(await show(visitor, fields, {}, problem));
        return;
      }
      sendOrderConfirmation(devShop.world, visitor.shop, customer, order, visitor.language, visitor.url.origin);
      dropCart(visitor, response);
      // Assumed: the shop asks shoppers to sign in before checkout, as a shop with subscriptions does, and the e-mail
      // address given there is the sign-in.
      if (visitor.customer?.id !== customer.id) signIn(visitor.shop, response, customer.id);
      devShop.changed();
      response.redirect(303, `/checkout/thank-you?order=${order.id}`);
    }),
  );

  router.get(
    "/checkout/thank-you",
    handle(async (visitor, _request, response) => {
      const order: Order | undefined = visitor.shop.orders[visitor.url.searchParams.get("order") ?? ""];
      if (!order || order.customerId !== visitor.customer?.id) return notFound(theme, visitor, response);
      const title = themeText(visitor.language)("thank_you.title");
      const objects = { order: orderDrop(order), has_subscription: order.contractIds.length > 0 };
      response
        .type("html")
        .send(await theme.page(visitor, { template: "thank-you", layout: "checkout", title, objects }));
    }),
  );
  return router;
}
