/** An address that leads nowhere, as strangers try them all day: answered without a page, and not written down as an error. */
export const loader = () =>
  new Response("Not found.", { status: 404, headers: { "Content-Type": "text/plain; charset=utf-8" } });

export const action = loader;
