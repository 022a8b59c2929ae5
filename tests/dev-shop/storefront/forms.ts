import type { Request } from "express";

/**
 * The fields of a posted form or JSON body, whatever its encoding: product forms are multipart, others URL-encoded,
 * the Ajax API also takes JSON. The router keeps bodies raw, because an app proxy must pass them on untouched.
 */
export async function readFields(request: Request): Promise<URLSearchParams> {
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body) || body.length === 0) return new URLSearchParams();
  const type = request.headers["content-type"] ?? "";
  if (type.includes("multipart/form-data")) {
    const form = await new Response(new Uint8Array(body), { headers: { "content-type": type } }).formData();
    const fields = new URLSearchParams();
    form.forEach((value, name) => {
      if (typeof value === "string") fields.append(name, value);
    });
    return fields;
  }
  return new URLSearchParams(body.toString("utf8"));
}

export function readJson(request: Request): Record<string, unknown> | null {
  const body: unknown = request.body;
  if (!Buffer.isBuffer(body) || !(request.headers["content-type"] ?? "").includes("json")) return null;
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
