import { StringDecoder } from "node:string_decoder";
import { Transform } from "node:stream";

/**
 * A stream that replaces texts in UTF-8 as it flows by. Only an end that may be the beginning of a searched text is
 * held back, so a page that is sent in parts still arrives in parts. No text may begin another one.
 */
export function replaceInStream(replacements: readonly (readonly [string, string])[]): Transform {
  const decoder = new StringDecoder("utf8");
  const needles = replacements.map(([from]) => from);
  let held = "";
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      const text = replaceAll(held + decoder.write(chunk), replacements);
      const keep = heldBack(text, needles);
      held = text.slice(text.length - keep);
      done(null, text.slice(0, text.length - keep));
    },
    flush(done) {
      done(null, replaceAll(held + decoder.end(), replacements));
    },
  });
}

export const replaceAll = (text: string, replacements: readonly (readonly [string, string])[]): string =>
  replacements.reduce((result, [from, to]) => result.replaceAll(from, to), text);

/** Length of the longest end of the text that a needle begins with. */
function heldBack(text: string, needles: readonly string[]): number {
  let longest = 0;
  for (const needle of needles) {
    for (let length = Math.min(needle.length - 1, text.length); length > longest; length -= 1) {
      if (needle.startsWith(text.slice(text.length - length))) longest = length;
    }
  }
  return longest;
}
