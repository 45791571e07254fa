// The console with scripts: keys, what two members see of each other's work, and what is left after sign-out.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { act, brought, submit } from "./support/api.js";
import { Person, launch } from "./support/browser.js";
import { Server, waited } from "./support/server.js";
import { LANGUAGES, words } from "./support/words.js";

let agent, browser, deputy, dpo, other, server;

before(async () => {
  [browser, other, server] = await Promise.all([launch(), launch(), Server.start()]);
  agent = await server.addStaff("Daniyar", "agent", "demo", "ru");
  dpo = await server.addStaff("Saule", "dpo", "demo", "ru");
  deputy = await server.addStaff("Marat", "dpo", "demo", "kk");
});

after(() => Promise.all([browser?.close(), other?.close(), server?.stop()]));

/** A member who is signed in, at a browser whose clock the test can put forward. */
async function seated(member, where = browser, options = {}) {
  const person = await Person.at(where, server, { language: member.language, ...options });
  await person.page.clock.install();
  await person.signIn(member);
  return person;
}

/** Lets the next look of an open page for news happen. */
const aWhileLater = (person) => person.page.clock.runFor(16_000);

test("the queue is worked with the keyboard alone", async () => {
  const requests = [];
  for (const kind of ["access", "claim", "objection"]) requests.push(await submit(server, "demo", kind));
  const person = await seated(agent);
  const { page } = person;
  const links = await page.locator(".list tbody th a").evaluateAll((all) => all.map((one) => one.getAttribute("href")));
  assert.ok(links.length >= 3);
  const here = async () => ({
    marked: await page.locator(".list tr.here th a").evaluateAll((all) => all.map((one) => one.getAttribute("href"))),
    focused: await page.evaluate(() => document.activeElement.getAttribute("href")),
  });
  for (const [key, line] of [["j", 0], ["j", 1], ["j", 2], ["k", 1], ["k", 0], ["k", 0], ["j", 1]]) {
    await page.keyboard.press(key);
    assert.deepEqual(await here(), { marked: [links[line]], focused: links[line] }, `${key} leads to line ${line}`);
  }
  await page.keyboard.press("?");
  assert.ok(await page.locator("dialog#keys").isVisible());
  await page.keyboard.press("j");
  await page.keyboard.press("Escape");
  assert.ok(!(await page.locator("dialog#keys").isVisible()));
  assert.deepEqual((await here()).marked, [links[1]], "the help took no key for the list");
  // On a Russian layout the same keys stand in the same places.
  const types = (code, key, more = {}) =>
    page.evaluate(
      (init) => document.body.dispatchEvent(new KeyboardEvent("keydown", { bubbles: true, cancelable: true, ...init })),
      { code, key, ...more },
    );
  for (const [code, key, line] of [["KeyK", "л", 0], ["KeyJ", "о", 1]]) {
    await types(code, key);
    assert.deepEqual(await here(), { marked: [links[line]], focused: links[line] }, `${key} leads to line ${line}`);
  }
  await types("KeyK", "л", { ctrlKey: true });
  assert.deepEqual((await here()).marked, [links[1]], "with Ctrl it is a key of the browser");
  for (const [code, key] of [["Digit7", "?"], ["Slash", ","]]) {
    await types(code, key, { shiftKey: true });
    assert.ok(await page.locator("dialog#keys").isVisible(), `${code} shows the keys`);
    await page.keyboard.press("Escape");
  }
  await types("Slash", ".");
  assert.equal(await person.focus(), "q");
  await page.evaluate(() => document.activeElement.blur());
  await page.keyboard.press("/");
  assert.equal(await person.focus(), "q");
  await page.keyboard.type("jk?");
  assert.equal(await page.locator("#q").inputValue(), "jk?", "whoever types writes");
  // A reference that is typed opens its request, and Enter opens the line that is looked at.
  await page.locator("#q").fill(requests[2].reference.toLowerCase());
  await Promise.all([page.waitForURL(`**/staff/requests/${requests[2].reference}`), page.keyboard.press("Enter")]);
  await person.open("/staff/requests");
  await page.keyboard.press("j");
  await Promise.all([page.waitForURL(`**${links[0]}`), page.keyboard.press("Enter")]);
  await Promise.all([page.waitForEvent("load"), page.keyboard.press("t")]);
  await person.look();
  assert.equal(await page.locator("#take").count(), 0, "taken");
  await person.leave();
});

test("the queue shows what came in without a reload, and the line that is looked at stays", async () => {
  await submit(server, "demo", "access");
  const person = await seated(agent);
  const { page } = person;
  await page.keyboard.press("j");
  const looked = await page.evaluate(() => document.activeElement.getAttribute("href"));
  const count = await page.locator(".list tbody tr").count();
  await aWhileLater(person);
  assert.equal(await page.locator(".toast").count(), 0, "nothing changed, nothing is said");
  const request = await submit(server, "demo", "correction");
  await aWhileLater(person);
  await page.locator(`.list a[href="/staff/requests/${request.reference}"]`).waitFor();
  assert.equal(await page.locator(".toast").innerText(), words("ru", "console-list-changed"));
  assert.equal(await page.locator(".list tbody tr").count(), count + 1);
  assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), looked, "the focus stays");
  assert.equal(await page.locator(".list tr.here a").getAttribute("href"), looked);
  await person.leave();
});

test("whoever looks at a request is told when somebody else changes it", async () => {
  const request = await brought(server, { agent, dpo }, "review");
  const person = await seated(agent);
  const { page } = person;
  await person.open(`/staff/requests/${request.reference}`);
  await aWhileLater(person);
  assert.equal(await page.locator(".toast").count(), 0);
  await act(server, dpo, request, "note", { text: "Я уже звонила." });
  await aWhileLater(person);
  const toast = page.locator(".toast[role=status]");
  await toast.waitFor();
  assert.match(await toast.innerText(), new RegExp(words("ru", "console-changed")));
  await toast.evaluate((box) => (box.dataset.seen = "yes"));
  await aWhileLater(person);
  assert.equal(await toast.getAttribute("data-seen"), "yes", "it is said once");
  assert.doesNotMatch(await page.locator("main").innerText(), /Я уже звонила/, "nothing jumps by itself");
  await person.press(".toast a");
  assert.match(await page.locator("main").innerText(), /Я уже звонила/);
  await person.leave();
});

test("whoever comes second sees what stands now, keeps their text, and finds the way back", async () => {
  const request = await brought(server, { agent, dpo }, "preparation");
  const home = `/staff/requests/${request.reference}`;
  const slow = await seated(agent);
  const fast = await seated(dpo, other);
  for (const person of [slow, fast]) {
    await person.open(home);
    await person.press(`main a[href$="/do/propose"]`);
    await person.fill({ outcome: ["granted"], letter: `Ответ, который написали в ${person === slow ? "час" : "минуту"}.` });
  }
  await fast.press("#act button[value=check]");
  await fast.press("#act button[value=send]");
  await slow.press("#act button[value=check]", 412);
  assert.equal(await slow.focus(), "mistakes");
  const told = await slow.page.locator("#mistakes").innerText();
  assert.ok(told.includes(words("ru", "problem-stale_version-title")), told);
  assert.ok(told.includes(words("ru", "status-staff-approval")), "what stands now is said");
  assert.equal(await slow.page.locator("[name=letter]").inputValue(), "Ответ, который написали в час.");
  // The request opens beside the text, which stays.
  const [beside] = await Promise.all([slow.context.waitForEvent("page"), slow.page.locator("#mistakes a").click()]);
  await beside.waitForLoadState();
  assert.match(beside.url(), new RegExp(`${home}$`));
  assert.ok((await beside.locator("main").innerText()).includes(words("ru", "status-staff-approval")));
  await slow.press(`.back a[href="${home}"]`);
  // Sent back, the one who was slower has the word again.
  await act(server, deputy, request, "send_back", { text: "Слишком коротко." });
  await slow.open(home);
  await slow.press(`main a[href$="/do/propose"]`);
  await slow.fill({ outcome: ["granted"], letter: "Ответ, который написали в час." });
  await slow.press("#act button[value=check]");
  await slow.press("#act button[value=send]");
  assert.match(await slow.page.locator("main").innerText(), /написали в час/);
  for (const person of [slow, fast]) await person.leave();
});

test("keys for the queue do nothing where there is no line to go to", async () => {
  const person = await seated(dpo);
  await person.open("/staff/reports");
  for (const key of ["j", "k", "t"]) await person.page.keyboard.press(key);
  assert.equal(new URL(person.page.url()).pathname, "/staff/reports");
  await person.leave();
});

test("the Enter key checks a letter and replaces nothing of it", async () => {
  const request = await brought(server, { agent, dpo }, "preparation");
  const person = await seated(agent);
  const { page } = person;
  await person.open(`/staff/requests/${request.reference}/do/propose`);
  const letter = "Ответ, который написали сами.";
  await person.fill({ outcome: ["granted"], letter });
  await Promise.all([page.waitForEvent("load"), page.locator("input[name=outcome][value=granted]").press("Enter")]);
  await person.look();
  assert.equal(await page.locator(".preview").count(), 1);
  assert.equal(await page.locator("[name=letter]").inputValue(), letter);
  // What is changed after that is shown once more before it is sent.
  await person.fill({ letter: `${letter} И ещё.` });
  await person.press("#act button[value=send]");
  assert.equal(await person.focus(), "mistakes");
  assert.equal(await page.locator("#mistakes").innerText(), words("ru", "console-preview-changed"));
  await person.press("#act button[value=send]");
  assert.match(page.url(), new RegExp(`/staff/requests/${request.reference}$`));
  await person.leave();
});

test("a form is sent once, however often its button is pressed", async () => {
  const request = await brought(server, { agent, dpo }, "review");
  const person = await seated(agent);
  await person.open(`/staff/requests/${request.reference}/do/note`);
  await person.fill({ text: "Один раз." });
  await Promise.all([person.page.waitForEvent("load"), person.page.locator("#act button[value=send]").dblclick()]);
  await person.look();
  assert.equal(await person.page.locator(".messages .lines", { hasText: "Один раз." }).count(), 1);
  await person.leave();
});

test("after sign-out the back button shows nothing", async () => {
  // The browser keeps whole pages for its back button, as it does for people.
  const kept = await launch({ ignoreDefaultArgs: ["--disable-back-forward-cache"] });
  try {
    for (const scripts of [true, false]) {
      const request = await brought(server, { agent, dpo }, "review");
      const person = await Person.at(kept, server, { language: "ru", scripts });
      await person.signIn(agent);
      await person.press(`main a[href="/staff/requests/${request.reference}"]`);
      assert.match(await person.page.locator("main").innerText(), /Сәрсенова/);
      await person.press("form[action='/staff/sign-out'] button");
      for (const step of [1, 2]) {
        await person.page.goBack();
        await person.page.waitForLoadState();
        assert.match(person.page.url(), /\/staff\/sign-in/, `step ${step} back`);
        assert.doesNotMatch(await person.page.locator("main").innerText(), /Сәрсенова/);
      }
      await person.leave();
    }
  } finally {
    await kept.close();
  }
});

test("the language is switched in the middle of a form, and no answer is lost", async () => {
  const person = await Person.at(browser, server, { language: "kk" });
  const { page } = person;
  await person.open("/operators/demo/request?kind=access");
  await person.press("main .buttons button[value=next]");
  await person.fill({ "subject.full_name": "Ахметова Айгүл" });
  person.language = "en";
  await person.press("button[name=lang][value=en]");
  assert.equal(await page.locator("[name='subject.full_name']").inputValue(), "Ахметова Айгүл");
  await person.open("/");
  await person.leave();
});

test("the console is there in the language of whoever signs in, or in the one they choose", async () => {
  const person = await Person.at(browser, server, { language: "ru" });
  await person.signIn(deputy);
  assert.equal(await person.heading(), words("kk", "console-view-all"));
  const request = await submit(server, "demo", "access", "en");
  for (const language of LANGUAGES) {
    person.language = language;
    await person.open(`/staff/requests/${request.reference}?lang=${language}`);
    // All of the page, also what is counted and what happened.
    const text = await person.page.locator("main").innerText();
    for (const key of ["timeline-received", "clock-information", "status-staff-submitted"]) {
      assert.ok(text.includes(words(language, key)), `${key} in ${language}: ${text}`);
    }
  }
  await person.leave();
});
