import { Kind, type OperationDefinitionNode } from "graphql";

import { asItWas, nextDice, STALE_MINUTES, type Dice } from "../domain";
import type { Shop, World } from "../world";

/** What goes wrong with one call on purpose. */
export interface Luck {
  throttle: boolean;
  failBefore: boolean;
  failAfter: boolean;
  timeout: boolean;
  /** The shop that a query sees: the present one, unless it is answered from the past. */
  seen: Shop;
}

const rootFields = ({ selectionSet }: OperationDefinitionNode): string[] =>
  selectionSet.selections.flatMap((selection) => (selection.kind === Kind.FIELD ? [selection.name.value] : []));

function isPlayedOn(world: World, name: string, operation: OperationDefinitionNode): boolean {
  const wanted = world.settings.faults?.operations;
  return !wanted || wanted.includes(name) || rootFields(operation).some((field) => wanted.includes(field));
}

/** Throws the dice for one attempt of a call, which may ask for several; null when no faults are played on it. */
export const luckOfAttempt = (world: World, shop: Shop, operation: OperationDefinitionNode): Dice | null =>
  isPlayedOn(world, operation.name?.value ?? "", operation) ? nextDice(world, `${shop.name} attempt`) : null;

/** Throws the dice for one call; null when no faults are played on its operation. */
export function luckOf(world: World, shop: Shop, name: string, operation: OperationDefinitionNode): Luck | null {
  if (!isPlayedOn(world, name, operation)) return null;
  const dice = nextDice(world, `${shop.name} ${name}`);
  if (!dice) return null;
  const stale = operation.operation === "query" && dice.meets("staleRead");
  return {
    throttle: dice.meets("throttle"),
    failBefore: dice.meets("failBefore"),
    failAfter: dice.meets("failAfter"),
    timeout: dice.meets("timeout"),
    seen: stale ? asItWas(world, shop, dice.from1To(STALE_MINUTES, "stale")) : shop,
  };
}

/** What stands between an app and Shopify answers when Shopify does not: a page, not JSON. */
export const BAD_GATEWAY = {
  status: 502,
  headers: { "content-type": "text/html; charset=utf-8" },
  body: "<!doctype html><title>502 Bad Gateway</title><h1>Bad Gateway</h1>",
} as const;
