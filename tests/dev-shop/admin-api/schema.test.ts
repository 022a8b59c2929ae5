import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

import { isInputObjectType, isObjectType, isUnionType } from "graphql";
import { describe, expect, it } from "vitest";

import { GENERAL_ERRORS, INVENTORY_ERRORS, PAYMENT_ERRORS } from "../domain";
import { allows, parseAccess, withImplied } from "./access";
import { prepare } from "./documents";
import { fieldsOf } from "./resolvers";
import { madeTypes } from "./resolvers/own";
import { adminSchema } from "./schema";

const { schema } = adminSchema();

describe("the served part of the schema", () => {
  it("names only types and fields that Shopify has", () => {
    const wrong = Object.keys(schema.getTypeMap()).flatMap((name) => {
      const type = schema.getType(name);
      if (!isObjectType(type)) return [];
      const fields = type.getFields();
      const plumbing = /(Connection|Edge)$/.test(name);
      return plumbing
        ? []
        : Object.keys(fieldsOf(name))
            .filter((field) => !fields[field])
            .map((field) => `${name}.${field}`);
    });
    expect(wrong).toEqual([]);
    expect(Object.keys(madeTypes).filter((name) => !isObjectType(schema.getType(name)))).toEqual([]);
  });

  it("serves every field of every served mutation's payload, so that none is half answered", () => {
    const mutation = schema.getMutationType()?.getFields() ?? {};
    const gaps = Object.keys(fieldsOf("Mutation")).flatMap((name) => {
      const payload = schema.getType(String(mutation[name]?.type));
      if (!isObjectType(payload)) return [name];
      return Object.keys(payload.getFields())
        .filter((field) => !fieldsOf(payload.name)[field])
        .map((field) => `${payload.name}.${field}`);
    });
    expect(gaps).toEqual([]);
  });

  it("serves every operation that the app sends", () => {
    const folder = join(import.meta.dirname, "../../../app/shopify/operations");
    const documents = readdirSync(folder).filter((name) => name.endsWith(".graphql"));
    expect(documents.length).toBeGreaterThan(0);
    // Fragments are shared between the files, so they are read as one document.
    const all = documents.map((name) => readFileSync(join(folder, name), "utf8")).join("\n");
    expect(prepare(schema, all).errors.map(({ message }) => message)).toEqual([]);
  });

  it("the error codes of attempts are the schema's, each in the union member that carries it", () => {
    const values = (name: string): string[] => {
      const type = schema.getType(name);
      return type && "getValues" in type ? type.getValues().map(({ name: value }) => value) : [];
    };
    expect([...PAYMENT_ERRORS].sort()).toEqual(values("SubscriptionBillingAttemptPaymentErrorCode").sort());
    expect([...INVENTORY_ERRORS].sort()).toEqual(values("SubscriptionBillingAttemptInventoryErrorCode").sort());
    expect([...GENERAL_ERRORS].sort()).toEqual(values("SubscriptionBillingAttemptGeneralErrorCode").sort());
    const state = schema.getType("SubscriptionBillingAttemptState");
    expect(
      isUnionType(state) && state.getTypes().filter(({ name }) => Object.keys(fieldsOf(name)).length === 0),
    ).toEqual([]);
    expect(isInputObjectType(schema.getType("SubscriptionBillingAttemptInput"))).toBe(true);
  });
});

describe("the scope table's sentences", () => {
  it("reads or, and, and 'as well as any of'", () => {
    const or = parseAccess("the `read_a` or `write_a` scope.", ["read_a", "write_a"]);
    expect(or.allOf).toEqual([["read_a", "write_a"]]);
    const also = parseAccess("`read_a` access scope. Also: Requires `read_b` scope.", ["read_a", "read_b"]);
    expect(also.allOf).toEqual([["read_a"], ["read_b"]]);
    const any = parseAccess(
      "`write_a` access scope as well as any of `write_b`, `write_c` access scopes. Also: The user must have `manage_x` permissions.",
      ["write_a", "write_b", "write_c"],
    );
    expect(any.allOf).toEqual([["write_a"], ["write_b", "write_c"]]);
    expect(allows(any, withImplied(["write_a", "write_c"]))).toBe(true);
    expect(allows(or, withImplied(["read_b"]))).toBe(false);
  });
});
