import { readFileSync, existsSync } from "node:fs";
import { join } from "node:path";

export type Translations = { [key: string]: string | Translations };
export type Translate = (key: string, values?: Record<string, unknown>) => string;

const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);

/** The languages for which a folder has a storefront locale file, its default first. */
export function languagesIn(folder: string, candidates: string[]): string[] {
  return candidates.filter(
    (language) => existsSync(join(folder, `${language}.json`)) || existsSync(join(folder, `${language}.default.json`)),
  );
}

export function readTranslations(folder: string, language: string): Translations {
  for (const name of [`${language}.json`, `${language}.default.json`, "en.default.json"]) {
    const path = join(folder, name);
    if (existsSync(path)) return JSON.parse(readFileSync(path, "utf8")) as Translations;
  }
  return {};
}

/**
 * Liquid's `t`: dotted keys, `{{ value }}` filled in and escaped (left as it is for keys ending in `_html`), `count`
 * choosing between plural forms. A missing key is an error: Shopify would print "translation missing" to shoppers.
 */
export function translator(translations: Translations, language: string): Translate {
  const plurals = new Intl.PluralRules(language);
  return (key, values = {}) => {
    let found: string | Translations | undefined = translations;
    for (const part of key.split(".")) found = typeof found === "object" ? found[part] : undefined;
    if (typeof found === "object" && typeof values["count"] === "number") {
      found = found[plurals.select(values["count"])] ?? found["other"];
    }
    if (typeof found !== "string") throw new Error(`Translation missing: ${language}.${key}`);
    const raw = key.endsWith("_html");
    return found.replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => {
      const value = String(values[name] ?? "");
      return raw ? value : escapeHtml(value);
    });
  };
}
