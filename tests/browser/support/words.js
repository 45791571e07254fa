// The texts that people read, from the files that the program has them from.

import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { FluentBundle, FluentResource } from "@fluent/bundle";
import { checkout } from "./server.js";

export const LANGUAGES = ["kk", "ru", "en"];

const bundles = new Map(
  LANGUAGES.map((language) => {
    const bundle = new FluentBundle(language, { useIsolating: false });
    const folder = join(checkout, "locales", language);
    for (const name of readdirSync(folder)) {
      bundle.addResource(new FluentResource(readFileSync(join(folder, name), "utf8")));
    }
    return [language, bundle];
  }),
);

/** The text of a key. */
export function words(language, key, values) {
  const message = bundles.get(language).getMessage(key);
  if (!message?.value) throw new Error(`no text ${key} in ${language}`);
  return bundles.get(language).formatPattern(message.value, values);
}
