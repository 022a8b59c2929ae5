/** Words and ids of ours, a UUID being the longest. A link's token is longer: whoever reads it in a log could use it. */
const TELLS_NOTHING = /^[\w.-]{0,36}$/;

/** A request's path as it may stand in a log: without its query, and without parts that could be a secret or a name. */
export const loggedPath = (url: string): string =>
  (url.split(/[?#]/, 1)[0] ?? "")
    .split("/")
    .map((part) => (TELLS_NOTHING.test(part) ? part : "…"))
    .join("/");
