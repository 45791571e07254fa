// From the form to the answer, as people go there: in each language, without scripts, and on a phone.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { AIGUL, Person, launch } from "./support/browser.js";
import { Server, link } from "./support/server.js";
import { words } from "./support/words.js";

const OPERATOR = "digital-rocket";
const LETTER = {
  kk: "Сіз туралы атыңызды, ЖСН-іңізді және үш тапсырысыңызды сақтаймыз.",
  ru: "Мы храним Ваше имя, ИИН и три заказа.",
  en: "We hold your name, your IIN and three orders.",
};

let browser, other, server;

before(async () => {
  // Each of the staff has a browser of their own.
  [browser, other, server] = await Promise.all([launch(), launch(), Server.start()]);
});

after(() => Promise.all([browser?.close(), other?.close(), server?.stop()]));

for (const [name, how] of [
  ["in Kazakh", { language: "kk" }],
  ["in Russian", { language: "ru" }],
  ["in English", { language: "en" }],
  ["without scripts", { language: "ru", scripts: false }],
  ["at 360 px", { language: "kk", width: 360 }],
]) {
  test(`a request goes from the form to its answer ${name}`, async () => {
    const aigul = await Person.at(browser, server, how);
    const { reference, receipt } = await asks(aigul);
    await confirms(aigul, reference, receipt);
    const [agent, dpo] = await Promise.all(
      ["agent", "dpo"].map((role) => server.addStaff(`${role}${Date.now()}`, role, OPERATOR, how.language)),
    );
    const daniyar = await Person.at(browser, server, how);
    const saule = await Person.at(other, server, how);
    await answers(daniyar, agent, reference);
    await approves(saule, dpo, reference);
    await reads(aigul, reference);
    for (const person of [aigul, daniyar, saule]) await person.leave();
  });
}

for (const frame of ["request", "embed"]) {
  test(`the Enter key goes on to the next step in the same language (${frame})`, async () => {
    const person = await Person.at(browser, server, { language: "ru" });
    const { page } = person;
    const enter = async (target, status = 200) => {
      await Promise.all([page.waitForEvent("load"), page.locator(target).press("Enter")]);
      await person.look(status);
    };
    await person.open(`/operators/demo/${frame}?kind=access`);
    await enter("#kind-0");
    assert.equal(await person.heading(), words("ru", "page-step-2"));
    await person.fill({ "subject.full_name": AIGUL.name, "subject.iin": AIGUL.iin });
    await enter("[name='subject.email']", 422);
    assert.equal(await person.heading(), words("ru", "page-step-2"), "what is missing is asked for");
    await person.fill({ "subject.email": AIGUL.email });
    await enter("[name='subject.email']");
    assert.equal(await person.heading(), words("ru", "page-step-3"));
    await person.leave();
  });
}

/** Fills the form in, with a mistake on the way, and sends it. */
async function asks(person) {
  const { language, page } = person;
  const next = "main .buttons button[value=next]";
  await person.open("/");
  assert.equal(await person.heading(), words(language, "page-landing-title"));
  await person.press(`a[href="/operators/${OPERATOR}"]`);
  await person.press(`a[href="/operators/${OPERATOR}/request?kind=access"]`);
  assert.ok(await page.locator("#kind-0").isChecked(), "what was pressed is chosen");
  await person.press(next);
  assert.equal(await person.heading(), words(language, "page-step-2"));
  assert.match(await page.locator(".promise .due").innerText(), /20\d\d/, "the date of the answer leads");
  // A wrong number: the summary has the focus, and leads to the field, which says what to do.
  await person.fill({ "subject.full_name": AIGUL.name, "subject.iin": "900101400024", "subject.email": AIGUL.email });
  await person.press(next, 422);
  assert.equal(await person.focus(), "mistakes");
  assert.ok((await page.title()).startsWith(words(language, "page-error-prefix")));
  await page.locator("#mistakes a").click();
  assert.equal(await person.focus(), "subject-iin");
  assert.equal(await page.locator("#subject-iin").getAttribute("aria-invalid"), "true");
  assert.equal(await page.locator("#subject-email").inputValue(), AIGUL.email, "what was typed stays");
  await person.fill({ "subject.iin": AIGUL.iin });
  await person.press(next);
  await person.fill({ details: "Всё о договоре & заказах <2026>" });
  await person.press(next);
  assert.match(await page.locator("main").innerText(), /Всё о договоре & заказах <2026>/);
  // Back and forth costs nothing.
  await person.press("main .buttons button[value=back]");
  assert.equal(await page.locator("[name=details]").inputValue(), "Всё о договоре & заказах <2026>");
  await person.press(next);
  await person.press("main .buttons button[value=send]");
  const reference = await page.locator("h1").innerText();
  assert.match(reference, /^DRK-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]$/);
  assert.match(page.url(), new RegExp(`/requests/${reference}/receipt$`));
  assert.match(await page.locator("main .due").innerText(), /20\d\d/);
  return { reference, receipt: await server.receipt(AIGUL.email, reference) };
}

/** Types the code of the mail in, or presses the button that its link leads to on another device. */
async function confirms(person, reference, receipt) {
  const { page } = person;
  const confirm = `form[action$="/confirm"] button`;
  const phone = await Person.at(other, server, { ...person, width: 360 });
  await person.press(`a.button[href="/requests/${reference}"]`);
  if (person.scripts) {
    await person.fill({ code: receipt.code });
    await person.press(confirm);
    await phone.open(receipt.link);
  } else {
    await phone.open(receipt.link);
    assert.equal(await phone.page.locator("#code").count(), 0, "the link brought the code along");
    await phone.press(confirm);
    await person.open(`/requests/${reference}`);
  }
  for (const { page } of [person, phone]) assert.equal(await page.locator(confirm).count(), 0, "nothing is left to confirm");
  assert.ok(await page.locator("svg.bar").count(), "the deadline is shown as a picture");
  assert.equal(new URL(phone.page.url()).search, "", "the secret does not stay in the address");
  const secret = new URL(receipt.link).searchParams.get("token");
  assert.ok(!(await phone.page.content()).includes(secret), "the secret stands on no page");
  await phone.fill({ text: "Ещё о рассылке, пожалуйста." });
  await phone.press(`form[action$="/messages"] button`);
  assert.match(await phone.page.locator(".messages").innerText(), /Ещё о рассылке/);
  await phone.leave();
}

/** Does an action whose mails are shown before it is done. */
async function acts(person, action, fields, preview = true) {
  await person.press(`main a[href$="/do/${action}"]`);
  await person.fill(fields);
  if (Object.keys(fields).length) await person.press("#act button[value=check]");
  assert.equal(await person.page.locator(".preview").count(), 1, `${action} shows what it sends`);
  assert.equal((await person.page.locator(".preview pre").count()) > 0, preview, `${action} sends something`);
  await person.press("#act button[value=send]");
  assert.match(person.page.url(), /\/staff\/requests\/[^/]+$/);
}

/** Signs in, takes the request, looks for the person, and proposes an answer. */
async function answers(person, member, reference) {
  const { page } = person;
  await person.signIn(member);
  assert.doesNotMatch(await page.locator("main").innerText(), /Сәрсенова/, "the queue is masked");
  await person.press(`main a[href="/staff/requests/${reference}"]`);
  assert.doesNotMatch(await page.locator("main").innerText(), /Сәрсенова|Ещё о рассылке/);
  await person.press("#take button");
  assert.match(await page.locator("main").innerText(), /Сәрсенова Айгүл[^]*Ещё о рассылке/);
  await acts(person, "verify", { result: ["confirmed"], method: ["records"], checked: ["subject"] });
  await acts(person, "start", {});
  await person.press(`main a[href$="/do/propose"]`);
  await person.fill({ outcome: ["granted"] });
  await person.press("#act button[value=compose]");
  const composed = await page.locator("[name=letter]").inputValue();
  assert.match(composed, /\[.+\]/, "a text to begin with, with places to fill in");
  await person.press("#act button[value=check]", 422);
  assert.equal(await person.focus(), "mistakes");
  await person.fill({ letter: LETTER[person.language] });
  await person.press("#act button[value=check]");
  await person.press("#act button[value=send]");
  assert.equal(await page.locator(`a[href$="/do/approve"]`).count(), 0, "nobody approves what is their own");
}

/** Approves, after a look at the answer and at what will be sent. */
async function approves(person, member, reference) {
  const { language, page } = person;
  await person.signIn(member);
  await person.press(`main a[href="/staff/requests/${reference}"]`);
  await person.press(`main a.button[href$="/do/approve"]`);
  assert.ok((await page.locator("main").innerText()).includes(LETTER[language]), "whoever approves sees what");
  assert.match(await page.locator(".preview pre").first().innerText(), new RegExp(reference));
  await person.press("#act button[value=send]");
  assert.equal(await page.locator(`a[href$="/do/approve"]`).count(), 0);
}

/** Opens the link of the mail that says that the answer is there, and reads it. */
async function reads(person, reference) {
  const { language, page } = person;
  const ready = words(language, "mail-answer-ready-subject", { reference });
  const mail = await server.mail(AIGUL.email, reference, ({ subject }) => subject === ready);
  await person.open(link(mail));
  await person.press(`a.button[href="/requests/${reference}/answer"]`);
  assert.ok((await page.locator(".letter").innerText()).includes(LETTER[language]));
  assert.ok((await page.locator("main").innerText()).includes(words(language, "page-complain")));
  await person.open(`/requests/${reference}`);
  await person.press(`form[action$="/leave"] button`);
  await person.open(`/requests/${reference}`);
  assert.equal(await page.locator("[name=secret]").count(), 1, "closed on this device");
}
