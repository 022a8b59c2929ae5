/**
 * Shopify has it, the stand-in does not serve it. Thrown rather than answered with nothing, so that a theme or an
 * extension never looks finished because something was silently left out.
 */
export class NotServedError extends Error {
  readonly code = "NOT_SERVED";
  constructor(what: string) {
    super(`NOT_SERVED: ${what}`);
    this.name = "NotServedError";
  }
}

/** liquidjs wraps what is thrown while it parses or renders; the cause is what the reader needs. */
export function unwrapLiquidError(error: unknown): unknown {
  let current: unknown = error;
  for (let depth = 0; depth < 5 && current instanceof Error; depth += 1) {
    if (current instanceof NotServedError) return current;
    const missingFilter = /undefined filter: (\w+)/.exec(current.message);
    if (missingFilter) return new NotServedError(`Liquid filter "${missingFilter[1]}"`);
    const missingTag = /tag "(\S+)" not found/.exec(current.message);
    if (missingTag) return new NotServedError(`Liquid tag "${missingTag[1]}"`);
    current = "originalError" in current ? current.originalError : null;
  }
  return error;
}
