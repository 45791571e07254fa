// Every page, with its states. A new page is one line: its name, who is there, its address or the way to it, its status.

import { act, submit } from "./api.js";
import { AIGUL } from "./browser.js";

const NEXT = "main .buttons button[value=next]";
const CHECK = "#act button[value=check]";

/** What the third step needs, by kind. */
const DETAILS = {
  access: { details: "Всё о договоре" },
  correction: { "corrections.0.field": "Телефон", "corrections.0.desired": "+7 702 000 00 00" },
  blocking: { grounds: ["no_consent"] },
  deletion: { grounds: ["own_wish"] },
  consent_withdrawal: { "withdrawal.scope": ["all"], acknowledged: ["agreement_may_end"] },
  cookies: {},
  objection: { "objection.to": "Отказ в рассрочке" },
  claim: { "claim.remedy": "Прекратите рассылку" },
};

/** Who asks. */
export const filled = { "subject.full_name": AIGUL.name, "subject.iin": AIGUL.iin, "subject.email": AIGUL.email };

/** The form up to one of its steps. */
export const form = (kind, step, more = {}, where = "request") => async (person) => {
  await person.open(`/operators/demo/${where}?kind=${kind}`);
  if (step === 1) return;
  await person.fill(more);
  await person.press(NEXT);
  if (step === 2) return;
  await person.fill(filled);
  await person.press(NEXT);
  if (step === 3) return;
  await person.fill(DETAILS[kind]);
  await person.press(NEXT);
};

/** First this, then that: what is filled in, what is pressed, and with which status the page comes. */
export const sent = (way, fields, button, status) => async (person, world) => {
  await go(person, world, way);
  await person.fill(fields);
  await person.press(button, status);
};

/** A page of a request in a state, for whoever asked. No code of a link is left from a page before. */
export const own = (state, rest = "") => async (person, { cases }) => {
  const { reference, token } = cases[state];
  await person.context.clearCookies({ name: /otinish_code/ });
  await person.open(`/requests/${reference}?token=${token}`);
  if (rest) await person.open(`/requests/${reference}${rest}`);
};

/** A page of a request in a state, for the staff. */
export const desk = (state, rest = "") => (person, { cases }) => person.open(`/staff/requests/${cases[state].reference}${rest}`);

/** The form of an action on a new request, after some acts of a colleague's. */
const after = (kind, before, action) => async (person, { people, server }) => {
  const request = await submit(server, "demo", kind);
  for (const name of before) await act(server, people.deputy, request, name, { reason: "По письму надзора." });
  await person.open(`/staff/requests/${request.reference}/do/${action}`);
  if (!person.page.url().endsWith(`/do/${action}`)) throw new Error(`${action} is not offered`);
};

/** A form of an action that somebody else was faster than. */
const stale = async (person, world) => {
  const { people, server } = world;
  const request = await submit(server, "demo", "access");
  await person.open(`/staff/requests/${request.reference}/do/note`);
  await person.fill({ text: "Я звонила." });
  await act(server, people.deputy, request, "note", { text: "Я тоже." });
  await person.press("#act button[value=send]", 412);
};

/** Sends a file that is none. */
const badFile = (way, status) => async (person, world) => {
  await go(person, world, way);
  await person.page.locator("#file").setInputFiles({ name: "a.exe", mimeType: "text/plain", buffer: Buffer.from("MZ\x90\x00\x03") });
  await person.press("form[action$='/files'] button", status);
};

/** The panel of a page that stands folded. */
const unfolded = (way, index = 0) => async (person, world) => {
  await go(person, world, way);
  await person.page.locator("details summary").nth(index).click();
};

/** Goes to a page: by its address or by a way. */
export const go = (person, world, way, status) => (typeof way === "string" ? person.open(way, status) : way(person, world));

const public_pages = [
  ["the operators", "/"],
  ["an operator", "/operators/demo"],
  ["an operator with services", "/operators/kazteleport"],
  ["an operator that is not there", "/operators/nobody", 404],
  ["an address that is no page", "/requests/a/b/c", 404],
  ["the form: what", "/operators/demo/request"],
  ["the form: nothing was chosen", sent("/operators/demo/request", {}, NEXT, 422)],
  ["the form: who", form("access", 2)],
  ["the form: who, with mistakes", sent(form("access", 2), { "subject.iin": "900101400024" }, NEXT, 422)],
  ["the form: who, without an IIN", unfolded(form("access", 2))],
  ["the form: for another", form("access", 2, { capacity: ["representative"] })],
  ["the form: for another, with mistakes", sent(form("access", 2, { capacity: ["representative"] }), {}, NEXT, 422)],
  ...Object.keys(DETAILS).map((kind) => [`the form: details of ${kind}`, form(kind, 3)]),
  ["the form: details with mistakes", sent(form("correction", 3), {}, NEXT, 422)],
  ["the form: details of a deletion with mistakes", sent(form("deletion", 3), {}, NEXT, 422)],
  ["the form: check", form("deletion", 4)],
  ["the form for a frame", "/operators/demo/embed"],
  ["the form for a frame with mistakes", sent("/operators/demo/embed", {}, NEXT, 422)],
  ["the form for a frame: who", form("access", 2, {}, "embed")],
  ["the form for a frame: details", form("correction", 3, {}, "embed")],
  ["the form for a frame: check", form("deletion", 4, {}, "embed")],
  ["the form for a frame: the receipt", sent(form("access", 4, {}, "embed"), {}, "main .buttons button[value=send]", 200)],
  ["no such page", (person) => person.open("/nowhere", 404)],
  ["number and secret", "/requests"],
  ["number and secret that do not fit", sent("/requests", { reference: "DEM-1", secret: "x" }, "main form button", 404)],
  ["the receipt", own("submitted", "/receipt")],
  ["a request: to confirm", own("submitted")],
  ["a request: to confirm by the link", async (person, { cases, server }) => {
    const { link } = await server.receipt(AIGUL.email, cases.submitted.reference);
    await person.open(link);
  }],
  ["a request: a wrong code", sent(own("submitted"), { code: "12" }, "form[action$='/confirm'] button", 422)],
  ["a request: an empty message", sent(own("submitted"), {}, "form[action$='/messages'] button", 422)],
  ["a request: a file that is none", badFile(own("submitted"), 415)],
  ["a request: a question", own("clarification")],
  ["a request: withdrawal", unfolded(own("review"), -1)],
  ["a request: answered", own("answered")],
  ["a request: to be carried out", own("execution")],
  ["a request: withdrawn", own("cancelled")],
  ["an answer", own("answered", "/answer")],
  ["an answer that refuses in part", own("refused", "/answer")],
  ["an answer that is not there yet", async (person, world) => {
    await go(person, world, own("review"));
    await person.open(`/requests/${world.cases.review.reference}/answer`, 404);
  }],
  ["signing in", "/staff/sign-in"],
  ["signing in: wrong", sent("/staff/sign-in", { email: "a@b.kz", password: "x" }, "main form button", 401)],
  ["signing in: the code", async (person, { people }) => {
    await person.open("/staff/sign-in");
    await person.fill({ email: people.careful.email, password: people.careful.password });
    await person.press("main form button");
  }],
  ["signing in: a wrong code", async (person, { people }) => {
    await person.open("/staff/sign-in");
    await person.fill({ email: people.careful.email, password: people.careful.password });
    await person.press("main form button");
    await person.fill({ code: "12" });
    await person.press("main form button", 401);
  }],
];

/** The actions that are begun on pages, each with a request in whose state it is possible. */
const ACTIONS = {
  assign: "review",
  verify: "submitted",
  ask: "review",
  reply: "clarification",
  start: "review",
  propose: "preparation",
  approve: "approval",
  send_back: "approval",
  complete: "execution",
  reopen: "execution",
  cancel: "review",
  dismiss: "submitted",
  block: "review",
  reclassify: "review",
  amend_receipt: "review",
  note: "review",
  hold: "review",
};

/** A day off some days from now, when deadlines run. */
const soon = (days) => new Date(Date.now() + days * 86_400_000);
const weekday = [4, 5, 6].map(soon).find((day) => ![0, 6].includes(day.getUTCDay()));
export const CHANGE = {
  date: weekday.toISOString().slice(0, 10),
  "name.kk": "Қосымша демалыс",
  "name.ru": "Дополнительный выходной",
  "name.en": "An additional day off",
  source: "№ 412",
};

const console_pages = [
  ["the queue", "agent", "/staff/requests"],
  ["the queue of who oversees", "dpo", "/staff/requests?due=overdue"],
  ["the queue with filters", "agent", unfolded("/staff/requests")],
  ["the queue: nothing fits", "agent", "/staff/requests?kind=objection&status=execution&blocking=provisional"],
  ["the queue: a filter that is none", "agent", "/staff/requests?kind=nonsense", 422],
  ["a search", "dpo", sent("/staff/requests", { q: AIGUL.iin }, ".find button", 200)],
  ["a search for a name", "dpo", sent("/staff/requests", { q: "Сәрсенова" }, ".find button", 422)],
  ["a search that finds nothing", "dpo", sent("/staff/requests", { q: "900101400033" }, ".find button", 200)],
  ["a request that is not one's own", "agent", desk("submitted")],
  ["a request in hand", "agent", desk("review")],
  ["a request that is waited for", "agent", desk("clarification")],
  ["a request to approve", "dpo", desk("approval")],
  ["a request that was refused in part", "dpo", desk("refused")],
  ["a request to be carried out", "dpo", desk("execution")],
  ["a request that was withdrawn", "dpo", desk("cancelled")],
  ["a request as an auditor sees it", "auditor", desk("answered")],
  ["a request: a file that is none", "agent", badFile(desk("review"), 415)],
  ...Object.entries(ACTIONS).map(([action, state]) => [`the action ${action}`, "dpo", desk(state, `/do/${action}`)]),
  ["the action unblock", "dpo", after("access", ["block"], "unblock")],
  ["the action confirm_violation", "dpo", after("access", ["mark_violation"], "confirm_violation")],
  ["the action dismiss_violation", "dpo", after("access", ["mark_violation"], "dismiss_violation")],
  ["the action release_hold", "dpo", after("access", ["hold"], "release_hold")],
  ["the action mark_consumer", "dpo", after("claim", [], "mark_consumer")],
  ["the action documents_received", "dpo", after("correction", [], "documents_received")],
  ["the action waive_documents", "dpo", after("correction", [], "waive_documents")],
  ["an action with mistakes", "dpo", sent(desk("submitted", "/do/verify"), {}, CHECK, 422)],
  ["an answer with mistakes", "dpo", sent(desk("preparation", "/do/propose"), { outcome: ["refused"] }, CHECK, 422)],
  ["an answer that is composed", "dpo", sent(desk("preparation", "/do/propose"), { outcome: ["granted"] }, "[value=compose]", 200)],
  ["an action with what it sends", "dpo", sent(desk("review", "/do/ask"), { text: "О каком договоре?" }, CHECK, 200)],
  ["a change of kind", "dpo", sent(desk("review", "/do/reclassify"), { kind: ["deletion"] }, "#act button[value=next]", 200)],
  ["an action that somebody else was faster than", "dpo", stale],
  ["a page of the console that is not there", "agent", "/staff/requests/DEM-0000-0000-0", 404],
  ["a page of the console that is not for everybody", "agent", "/staff/users", 403],
  ["one's account", "agent", "/staff/account"],
  ["one's account: a wrong password", "agent", sent("/staff/account", { current_password: "x", new_password: "y" }, "form[action$='/password'] button", 422)],
  ["one's account: a new second factor", "deputy", async (person, { people }) => {
    await person.open("/staff/account");
    await person.page.locator("#totp-password").fill(people.deputy.password);
    await person.press("form[action='/staff/account/totp'] button");
  }],
  ["one's account: absences", "away", "/staff/account"],
  ["the mails", "dpo", "/staff/mails"],
  ["the mails: none", "dpo", "/staff/mails?state=dead"],
  ["the mails: a number that is none", "dpo", "/staff/mails?reference=x", 422],
  ["a mail", "dpo", async (person) => {
    await person.open("/staff/mails");
    await person.press(".list tbody th a >> nth=0");
  }],
  ["recording a request", "dpo", "/staff/record"],
  ["recording a request: nothing was chosen", "dpo", sent("/staff/record", { received_on: "" }, "main .buttons button[value=next]", 422)],
  ["recording a request: who and what", "dpo", sent("/staff/record", { kind: ["correction"] }, "main .buttons button[value=next]", 200)],
  ["recording a request: with mistakes", "dpo", sent(
    sent("/staff/record", { kind: ["correction"] }, "main .buttons button[value=next]", 200),
    { "subject.iin": "900101400024" }, "main .buttons button[value=next]", 422,
  )],
  ["the reports", "dpo", "/staff/reports"],
  ["the reports of who counts", "agent", "/staff/reports"],
  ["the reports: a period that is none", "dpo", "/staff/reports?from=2026-12-02&to=2026-12-01", 422],
  ["the calendar", "agent", "/staff/calendar"],
  ["the calendar of who may change it", "admin", "/staff/calendar"],
  ["the calendar: a change with mistakes", "admin", sent("/staff/calendar", {}, "form[action$='/day'] button", 422)],
  ["the calendar: a change to look at", "admin", sent("/staff/calendar", CHANGE, "form[action$='/day'] button", 200)],
  ["the organisations", "admin", "/staff/operators"],
  ["the staff", "admin", "/staff/users"],
  ["the staff: a new account", "admin", unfolded("/staff/users")],
  ["the staff: a new account with mistakes", "admin", sent(unfolded("/staff/users"), { email: "x" }, "form[action='/staff/users'] button", 422)],
  ["a member", "admin", async (person) => {
    await person.open("/staff/users");
    await person.press(".list tbody a >> nth=0");
  }],
];

/** All of them: name, who is there, the way, the status. */
export const PAGES = [...public_pages.map(([name, ...rest]) => [name, "nobody", ...rest]), ...console_pages];
