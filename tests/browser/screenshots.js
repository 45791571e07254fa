// The pictures of docs/screenshots.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { Person, launch } from "./support/browser.js";
import { checkout } from "./support/server.js";
import { SAID } from "./support/api.js";
import { CHANGE, desk, filled, form, go, own, sent } from "./support/pages.js";
import { LANGUAGES } from "./support/words.js";
import { startWorld } from "./support/world.js";

/** Wide and narrow, and how much of a long page is shown. */
const WIDTHS = { wide: { width: 1280, height: 800, most: 1500 }, narrow: { width: 360, height: 740, most: 1300 } };

const MISTAKE = sent(form("access", 2), { ...filled, "subject.iin": "900101400024" }, "main .buttons button[value=next]", 422);
const ASK = (person, world) => {
  const typed = { text: SAID[person.language].question };
  return sent(desk("review", "/do/ask"), typed, "#act button[value=check]", 200)(person, world);
};

/** Name, who is there, the way, and which of them are kept: language, width, scheme. */
const PICTURES = [
  ["landing", "nobody", "/", "kk wide light", "en narrow dark"],
  ["operator", "nobody", "/operators/demo", "ru wide light", "kk narrow light"],
  ["form", "nobody", MISTAKE, "ru wide light", "kk narrow light", "en wide dark"],
  ["check", "nobody", form("deletion", 4), "en wide light", "ru narrow light"],
  ["receipt", "nobody", own("submitted", "/receipt"), "kk wide light", "ru narrow light"],
  ["status", "nobody", own("clarification"), "ru wide light", "kk narrow light", "en narrow dark"],
  ["answer", "nobody", own("refused", "/answer"), "en wide light", "ru narrow light"],
  ["sign-in", "nobody", "/staff/sign-in", "ru wide light"],
  ["queue", "deputy", "/staff/requests", "ru wide light", "kk wide dark", "en narrow light"],
  ["request", "dpo", desk("review"), "en wide dark", "kk narrow light"],
  ["act", "dpo", ASK, "kk wide light", "ru narrow dark"],
  ["mails", "dpo", "/staff/mails"],
  ["record", "dpo", "/staff/record", "kk narrow light"],
  ["reports", "dpo", "/staff/reports", "ru wide light", "en narrow dark"],
  ["calendar", "admin", sent("/staff/calendar", CHANGE, "form[action$='/day'] button", 200), "ru wide light", "kk narrow light"],
  ["account", "deputy", "/staff/account", "en wide light"],
  ["users", "admin", "/staff/users", "ru wide light", "kk narrow light"],
];

const [all, elsewhere] = process.argv.slice(2);
const isAll = all === "--all";
const folder = isAll ? elsewhere : join(checkout, "docs/screenshots");
await mkdir(folder, { recursive: true });

let browser, world;
for (const language of LANGUAGES) {
  // The words of the browser itself, as in the field of a file, are in the reader's language too.
  const words = { args: [`--lang=${language}`], env: { ...process.env, LANGUAGE: language } };
  [browser, world] = await Promise.all([launch(words), startWorld({ requests: 36, language })]);
  try {
    for (const [width, { most, ...size }] of Object.entries(WIDTHS)) {
      for (const scheme of ["light", "dark"]) await take(language, width, scheme, size, most);
    }
  } finally {
    await Promise.all([browser.close(), world.server.stop()]);
  }
}

async function take(language, width, scheme, size, most) {
  const people = {};
  for (const [name, who, way, ...kept] of PICTURES) {
    if (!isAll && !kept.includes(`${language} ${width} ${scheme}`)) continue;
    people[who] ??= await seated(who, language, size.width, scheme);
    const { page } = people[who];
    await go(people[who], world, way);
    // Nothing blinks and nothing has the pointer over it.
    await page.mouse.move(0, 0);
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    const clip = { x: 0, y: 0, width: size.width, height: Math.min(Math.max(height, size.height), isAll ? 4000 : most) };
    const path = join(folder, `${name}-${language}-${width}-${scheme}.png`);
    await page.screenshot({ path, clip, fullPage: true, caret: "hide", animations: "disabled" });
    console.log(path);
  }
  for (const person of Object.values(people)) await person.leave();
}

async function seated(who, language, width, scheme) {
  const person = await Person.at(browser, world.server, { language, width, scheme });
  await person.open(`/?lang=${language}`);
  if (who !== "nobody") await person.signIn({ ...world.people[who], language });
  return person;
}
