/** A value as it comes out of, and may go into, a JSON column. */
type Json = null | boolean | number | string | Json[] | { [key: string]: Json | undefined };

/** Keys under which our JSON columns hold what tells who somebody is, compared without case and separators. */
const PERSONAL = new Set([
  "address",
  "address1",
  "address2",
  "city",
  "company",
  "customer",
  "customeremail",
  "customername",
  "displayname",
  "email",
  "firstname",
  "label",
  "lastname",
  "name",
  "note",
  "paymentmethodlabel",
  "phone",
  "recipient",
  "shippingaddress",
  "to",
  "zip",
]);

/** The same data less every field that tells who somebody is, however deep. */
export function withoutPersonalData(data: unknown): Json {
  if (Array.isArray(data)) return data.map(withoutPersonalData);
  if (data !== null && typeof data === "object") {
    return Object.fromEntries(
      Object.entries(data)
        .filter(([key]) => !PERSONAL.has(key.toLowerCase().replaceAll(/[_-]/g, "")))
        .map(([key, value]) => [key, withoutPersonalData(value)]),
    );
  }
  return typeof data === "string" || typeof data === "number" || typeof data === "boolean" ? data : null;
}
