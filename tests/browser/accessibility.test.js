// Every page in every language: axe-core finds nothing, light and dark; the HTML is valid; nothing is wider than the screen, down to 360 px.

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { after, before, test } from "node:test";
import { HtmlValidate } from "html-validate";
import { Person, launch } from "./support/browser.js";
import { PAGES, go } from "./support/pages.js";
import { LANGUAGES } from "./support/words.js";
import { startWorld } from "./support/world.js";

const axe = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended", "html-validate:document", "html-validate:a11y"],
  rules: {
    // Checkboxes of one question share a name, as radio buttons do.
    "form-dup-name": ["error", { shared: ["radio", "checkbox", "button", "reset", "submit"] }],
    // The summary of mistakes stands above the heading of the page: it is what has to be read first.
    "heading-level": ["error", { minInitialRank: "h2" }],
    // A title names page and organisation. Seventy characters are a matter of search engines, which see no page of a request.
    "long-title": "off",
    // Nothing comes from another host, and the policy of the pages sees to it.
    "require-sri": ["error", { target: "crossorigin" }],
  },
});

let browser, world;

before(async () => {
  [browser, world] = await Promise.all([launch(), startWorld()]);
});

after(() => Promise.all([browser?.close(), world?.server.stop()]));

/** What axe-core finds, a line each. In the dark only colours differ. */
async function found(page, scheme) {
  await page.emulateMedia({ colorScheme: scheme });
  const options =
    scheme === "dark" ? { runOnly: ["color-contrast", "link-in-text-block"] } : { rules: { "target-size": { enabled: true } } };
  const { violations } = await page.evaluate((options) => window.axe.run(document, options), options);
  return violations.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${scheme}, ${id}: ${node.target.join(" ")}: ${node.any[0]?.message ?? node.failureSummary}`),
  );
}

/** What the validator finds in the HTML of a page, a line each. */
async function invalid(html) {
  const { results } = await validator.validateString(html);
  return results.flatMap(({ messages }) =>
    messages.map(({ line, column, ruleId, message, selector }) => `HTML ${line}:${column} ${ruleId}: ${message} (${selector})`),
  );
}

for (const language of LANGUAGES) {
  test(`all pages can be used by everybody (${language})`, async (t) => {
    const seated = {};
    const at = async (who) => {
      const person = await Person.at(browser, world.server, { language });
      await person.open(`/?lang=${language}`);
      if (who !== "nobody") await person.signIn({ ...world.people[who], language });
      return person;
    };
    for (const [name, who, way, status] of PAGES) {
      await t.test(name, async () => {
        const person = (seated[who] ??= await at(who));
        await go(person, world, way, status);
        const { page, response } = person;
        const findings = await invalid(await response.text());
        await page.evaluate(axe);
        findings.push(...(await found(page, "light")), ...(await found(page, "dark")));
        await page.emulateMedia({ colorScheme: "light" });
        for (const width of [1024, 768, 360, 1280]) {
          await page.setViewportSize({ width, height: 900 });
          await person.look(response.status());
        }
        assert.deepEqual(findings, [], `${name} (${language})`);
        assert.deepEqual(person.problems.splice(0), []);
      });
    }
    for (const person of Object.values(seated)) await person.leave();
  });
}
