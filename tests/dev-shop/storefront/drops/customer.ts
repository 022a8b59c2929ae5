import type { Address, Customer, Order, Shop } from "../../world";
import { drop } from "../liquid/drop";
import type { Drop } from "../liquid/drop";
import { toCents } from "../liquid/money";

export function addressDrop(address: Address): Drop {
  return drop("address", {
    name: `${address.firstName} ${address.lastName}`,
    first_name: address.firstName,
    last_name: address.lastName,
    address1: address.address1,
    address2: address.address2 ?? null,
    zip: address.zip,
    city: address.city,
    country_code: address.countryCode,
    phone: address.phone ?? null,
  });
}

/** Source: shopify.dev, Liquid objects, `order`; prices in hundredths. */
export function orderDrop(order: Order): Drop {
  return drop("order", {
    id: Number(order.id),
    name: order.name,
    created_at: order.createdAt,
    customer_url: `/account/orders/${order.id}`,
    financial_status: order.financialStatus.toLowerCase(),
    fulfillment_status: order.fulfillmentStatus.toLowerCase(),
    subtotal_price: toCents(order.subtotal),
    shipping_price: toCents(order.shipping),
    tax_price: toCents(order.tax),
    total_price: toCents(order.total),
    shipping_address: order.shippingAddress ? addressDrop(order.shippingAddress) : null,
    line_items: order.lines.map((line) =>
      drop("line_item", {
        title: line.variantTitle ? `${line.title} – ${line.variantTitle}` : line.title,
        quantity: line.quantity,
        final_line_price: toCents(line.price) * line.quantity,
        selling_plan_allocation: line.sellingPlanName
          ? drop("selling_plan_allocation", {
              selling_plan: drop("selling_plan", { name: line.sellingPlanName }),
            })
          : null,
      }),
    ),
  });
}

/** Source: shopify.dev, Liquid objects, `customer`. */
export function customerDrop(shop: Shop, customer: Customer): Drop {
  return drop("customer", {
    id: Number(customer.id),
    email: customer.email,
    first_name: customer.firstName,
    last_name: customer.lastName,
    name: `${customer.firstName} ${customer.lastName}`,
    phone: customer.phone ?? null,
    default_address: customer.defaultAddress ? addressDrop(customer.defaultAddress) : null,
    get orders() {
      return Object.values(shop.orders)
        .filter((order) => order.customerId === customer.id)
        .sort((a, b) => b.createdAt.localeCompare(a.createdAt) || Number(b.id) - Number(a.id))
        .map(orderDrop);
    },
    get orders_count() {
      return Object.values(shop.orders).filter((order) => order.customerId === customer.id).length;
    },
  });
}
