// Requests brought to where a test needs them by the API, which is faster than pages.

import { randomUUID } from "node:crypto";
import { AIGUL } from "./browser.js";

/** Calls the API and gives its answer, which must be a good one. */
export async function call(server, path, { body, headers, token, method = body ? "POST" : "GET" } = {}) {
  const answer = await fetch(`${server.base}/api/v1${path}`, {
    method,
    headers: {
      "accept-language": "en",
      ...(body && { "content-type": "application/json" }),
      ...(token && { authorization: `Bearer ${token}` }),
      ...headers,
    },
    body: body && JSON.stringify(body),
  });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
  return { headers: answer.headers, body: answer.status === 204 ? null : await answer.json() };
}

/** What each kind of request needs besides the person. */
const PARTS = {
  access: {},
  blocking: { grounds: ["inaccurate"] },
  claim: { claim: { remedy: "Прекратите рассылку." } },
  consent_withdrawal: { acknowledged: ["agreement_may_end"], withdrawal: { scope: "all" } },
  correction: { corrections: [{ field: "телефон", current: "+7 701 000 00 00", desired: "+7 702 000 00 00" }] },
  deletion: { grounds: ["purpose_reached"] },
  objection: { objection: { to: "Отказ в рассрочке, который решила программа." } },
};

/** Hands a request in. */
export async function submit(server, operator, kind = "access", language = "ru") {
  const body = {
    kind,
    language,
    subject: { full_name: AIGUL.name, iin: AIGUL.iin, email: AIGUL.email, phone: "+77010000000" },
    submitted_by: { capacity: "subject" },
    ...PARTS[kind],
  };
  const headers = { "idempotency-key": randomUUID() };
  const { reference, token } = (await call(server, `/operators/${operator}/requests`, { body, headers })).body;
  return { reference, token, operator, kind };
}

/** Does something to a request as a member of the staff. */
export async function act(server, member, request, action, body = {}) {
  const path = `/staff/requests/${request.reference}`;
  const token = await signedIn(server, member);
  const etag = (await call(server, path, { token })).headers.get("etag");
  return (await call(server, `${path}/${action}`, { body, token, headers: { "if-match": etag } })).body;
}

/** What is written to people, in their language. */
export const SAID = {
  kk: {
    letter: "Сіз туралы атыңызды, ЖСН-іңізді, мекенжайыңызды және үш тапсырыс туралы мәліметті сақтаймыз.",
    part: "Деректердің бір бөлігін хабарлаймыз, қалғанын бере алмаймыз.\n\nАты-жөні: Сәрсенова Айгүл. Телефоны: +7 701 000 00 00.",
    items: ["Аты-жөні мен телефоны", "Сөйлесу жазбалары"],
    none: "Бізде ондай жазба жоқ: қоңырауларды басқа компания қабылдайды.",
    question: "Өтінішіңіз қай шарт туралы?",
    reason: "Құжатта көрсетілген күн.",
  },
  ru: {
    letter: "Мы храним Ваше имя, ИИН, адрес и сведения о трёх заказах.",
    part: "Часть данных мы сообщаем, часть не можем.\n\nИмя: Сәрсенова Айгүл. Телефон: +7 701 000 00 00.",
    items: ["Имя и телефон", "Записи разговоров"],
    none: "Записей у нас нет: звонки принимает другая компания.",
    question: "О каком договоре идёт речь?",
    reason: "Так стоит на документе.",
  },
  en: {
    letter: "We hold your name, your IIN, your address and three orders.",
    part: "We can tell you a part of it, and the rest we do not have.\n\nName: Сәрсенова Айгүл. Phone: +7 701 000 00 00.",
    items: ["Name and phone", "Recordings of calls"],
    none: "We have no recordings: another company takes the calls.",
    question: "Which contract do you mean?",
    reason: "As stamped on the document.",
  },
};

/** Brings a new request to a status. */
export async function brought(server, desk, status, { operator = "demo", kind = "access", language = "ru" } = {}) {
  const request = await submit(server, operator, kind, language);
  const { letter, question } = SAID[language];
  const steps = [
    ["verification", desk.agent, "assign", { assignee: "me" }],
    ["review", desk.agent, "verify", { result: "confirmed", method: "records" }],
    ["preparation", desk.agent, "start"],
    ["approval", desk.agent, "propose", { outcome: "granted", letter }],
    ["answered", desk.dpo, "approve"],
  ];
  if (status === "submitted") return request;
  if (status === "clarification") {
    steps.splice(2, 3, ["clarification", desk.agent, "ask", { text: question }]);
  }
  for (const [reached, member, action, body] of steps) {
    await act(server, member, request, action, body);
    if (reached === status) break;
  }
  return request;
}

/** The access token of a member. */
export async function signedIn(server, member) {
  const { email, password } = member;
  member.token ??= (await call(server, "/auth/login", { body: { email, password } })).body.access_token;
  return member.token;
}
