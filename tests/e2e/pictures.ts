import { mkdirSync } from "node:fs";
import path from "node:path";

import type { Page } from "playwright-core";

import { DESKTOP } from "./demo";

/** Pictures are for people to look at; no test needs one, and taking them is a good part of a browser run. */
const TAKEN = process.env.PICTURES === "1";
const PICTURES = path.resolve(import.meta.dirname, "../../.cache/pictures");
const DOCUMENTATION = path.resolve(import.meta.dirname, "../../docs/pictures");
/** As much as a laptop's screen shows. */
const SHOWN = { width: DESKTOP.width, height: 800 };
/** Taller pictures show nothing new, and Chromium refuses the tallest. */
const TALLEST = 5000;

/**
 * With PICTURES=1: the whole page into .cache/pictures, also what lies below the fold of an app's frame, and as much as
 * a screen shows of it into docs/pictures.
 * @param name of the file there, without its ending
 * @param documented its name in the documentation, if it is shown there
 */
export async function takePicture(page: Page, name: string, documented?: string): Promise<void> {
  if (!TAKEN) return;
  mkdirSync(PICTURES, { recursive: true });
  const size = page.viewportSize() ?? DESKTOP;
  if (documented) {
    if (size.width === DESKTOP.width) await page.setViewportSize(SHOWN);
    await page.evaluate(() => {
      window.scrollTo(0, 0);
    });
    mkdirSync(path.join(DOCUMENTATION, path.dirname(documented)), { recursive: true });
    await page.screenshot({ path: path.join(DOCUMENTATION, `${documented}.png`) });
    await page.setViewportSize(size);
  }
  const frame = page.frames()[1];
  const hidden = frame ? await frame.evaluate(() => document.documentElement.scrollHeight - window.innerHeight) : 0;
  if (hidden > 0) await page.setViewportSize({ ...size, height: Math.min(TALLEST, size.height + hidden) });
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.screenshot({
    path: path.join(PICTURES, `${name}.png`),
    fullPage: true,
    clip: { x: 0, y: 0, width: size.width, height: Math.min(TALLEST, height) },
  });
  await page.setViewportSize(size);
}
