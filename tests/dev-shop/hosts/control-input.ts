import type { Request, Router } from "express";
import { z } from "zod";
import { remember } from "../domain";
import { idOf, type Customer, type GidType, type Shop } from "../world";
import type { Hosts } from "./context";
import { asyncHandler, HttpRefusal } from "./express-tools";

/** A call that changes something: it answers with what `act` gives, and the world's change is told. */
export const reply = (
  router: Router,
  hosts: Hosts,
  path: string,
  act: (request: Request, shop: Shop) => unknown,
): void => {
  router.post(
    path,
    asyncHandler(async (request, response) => {
      remember(hosts.devShop.world);
      const answer: unknown = await act(request, shopOf(hosts, request));
      hosts.devShop.changed();
      response.json(answer ?? {});
    }),
  );
};

/** An id as a number or as text. */
export const anyId = z.union([z.string().min(1), z.number().int()]).transform(String);

/** The numeric id of a global id, or the text itself when it is none. */
export const plainId = (type: GidType, value: string): string => idOf(type, value) ?? value;

/** The customer of `/customers/:id`. */
export function customerOf(shop: Shop, request: Request): Customer {
  const id = plainId("Customer", request.params["id"] ?? "");
  const customer = shop.customers[id];
  if (!customer) throw new HttpRefusal(404, `${shop.title} has no customer ${id}.`);
  return customer;
}

/** The shop of `?shop=`; without it the first one. */
export function shopOf(hosts: Hosts, request: Request): Shop {
  const { shops } = hosts.devShop.world;
  const wanted = request.query["shop"];
  const shop = typeof wanted === "string" ? shops[wanted.replace(/\.myshopify\.com$/, "")] : Object.values(shops)[0];
  if (!shop)
    throw new HttpRefusal(404, `There is no shop ${typeof wanted === "string" ? `"${wanted}"` : "at all"} here.`);
  return shop;
}

/** The body in the shape of a schema; an HttpRefusal (400) says what is wrong with it. */
export function read<T extends z.ZodType>(schema: T, request: Request): z.output<T> {
  const parsed = schema.safeParse(request.body ?? {});
  if (!parsed.success) throw new HttpRefusal(400, z.prettifyError(parsed.error));
  return parsed.data;
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: name }) instanceof Intl.DateTimeFormat;
  } catch {
    return false;
  }
}
