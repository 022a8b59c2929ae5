import fs from "node:fs";

import { chromium } from "playwright-core";
import type { Browser } from "playwright-core";

const INSTALLED = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

// No request may leave the machine, and what a fresh profile does on its first run is no part of a test.
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--force-color-profile=srgb",
  "--font-render-hinting=none",
];

/**
 * The machine's own Chromium if there is one (CHROME_PATH, or a usual place), else the one from npm.
 * @throws one sentence that says how to get one
 */
export async function launchBrowser(): Promise<Browser> {
  const own = [process.env.CHROME_PATH, ...INSTALLED].find((file) => file && fs.existsSync(file));
  const executablePath = own ?? (await fromNpm());
  return chromium.launch({ executablePath, args: own ? FLAGS : ["--headless=shell", ...FLAGS], headless: true });
}

async function fromNpm(): Promise<string> {
  // Makes the package unpack the libraries and fonts that a bare system lacks.
  process.env.AWS_LAMBDA_JS_RUNTIME ??= "nodejs22.x";
  try {
    const { default: packed } = await import("@sparticuz/chromium");
    return await packed.executablePath();
  } catch (error) {
    throw new Error(
      "There is no Chromium for the browser tests: install Chromium or Chrome, or name it in CHROME_PATH " +
        "(the one from npm, @sparticuz/chromium, is for Linux on x64).",
      { cause: error },
    );
  }
}
