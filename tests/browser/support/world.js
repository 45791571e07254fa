// A server with a queue that looks like one: made-up requests of the last weeks, and one in each state whose secret is known.

import { createHmac } from "node:crypto";
import { SAID, act, brought, call, signedIn, submit } from "./api.js";
import { AIGUL } from "./browser.js";
import { Server } from "./server.js";

/** The code that an authenticator app shows for a secret in base32. */
function totp(secret) {
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret].map((one) => letters.indexOf(one).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => parseInt(byte, 2)));
  const step = Buffer.alloc(8);
  step.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac("sha1", key).update(step).digest();
  const number = hash.readUInt32BE(hash.at(-1) & 15) & 0x7fff_ffff;
  return String(number % 1_000_000).padStart(6, "0");
}

/** Starts it, and tells who works there and which requests there are. The people of these write in one language. */
export async function startWorld({ requests = 40, language = "ru" } = {}) {
  const people = {};
  const server = await Server.start(async (empty) => {
    const told = await empty.run(["demo", "--requests", `${requests}`, "--closed", "20", "--seed", "7"]);
    const password = told.match(/shown only now: (\S+)/)[1];
    const made = (email, role) => ({ email, role, language: "ru", password });
    // They work for all operators.
    people.dpo = made("dpo@desk.example.kz", "dpo");
    people.agent = made("agent@desk.example.kz", "agent");
    people.deputy = await empty.addStaff("Марат Үлгі", "dpo", "demo", "ru", "deputy@demo.example.kz");
    people.auditor = await empty.addStaff("Гүлнар Бақылау", "auditor", "demo", "ru", "auditor@demo.example.kz");
    people.admin = await empty.addStaff("Арман Жүйе", "admin", null, "ru", "admin@office.example.kz");
    people.careful = await empty.addStaff("Дана Сақ", "agent", "demo", "ru", "careful@demo.example.kz");
    people.away = await empty.addStaff("Ерлан Демалыс", "agent", "demo", "ru", "away@demo.example.kz");
  });
  const world = { server, people, cases: {}, language };
  for (const status of ["submitted", "review", "clarification", "preparation", "approval", "answered"]) {
    world.cases[status] = await brought(server, people, status, { language });
  }
  await underWay(world, world.cases.review);
  await underWay(world, world.cases.clarification);
  world.cases.refused = await refused(world);
  world.cases.execution = await executed(world);
  world.cases.cancelled = await submit(server, "demo", "objection");
  const { reference, token } = world.cases.cancelled;
  await call(server, `/requests/${reference}/cancel`, { body: { reason: "Передумала." }, token });
  await secondFactor(world, people.careful);
  await away(world);
  return world;
}

/** Lets one be some days old, with a proven address and a word of the person. */
async function underWay({ server, people, language }, request) {
  const { reference, token } = request;
  const { code } = await server.receipt(AIGUL.email, reference);
  await call(server, `/requests/${reference}/confirm`, { body: { code }, token });
  const received_at = new Date(Date.now() - 2 * 86_400_000).toISOString();
  await act(server, people.dpo, request, "amend_receipt", { received_at, reason: SAID[language].reason });
}

/** One that was refused in part, with grounds. */
async function refused({ server, people, language }) {
  const request = await brought(server, people, "preparation", { language });
  const { items, none, part } = SAID[language];
  const grounds = [{ code: "wrong_operator", text: none }];
  await act(server, people.agent, request, "propose", {
    outcome: "partly_granted",
    letter: part,
    decisions: [
      { about: items[0], result: "granted" },
      { about: items[1], result: "refused", text: none, grounds },
    ],
    grounds,
  });
  await act(server, people.dpo, request, "approve");
  return request;
}

/** One whose grant is still to be carried out. */
async function executed({ server, people, language }) {
  const request = await brought(server, people, "preparation", { kind: "deletion", language });
  await act(server, people.agent, request, "propose", { outcome: "granted", letter: SAID[language].letter });
  await act(server, people.dpo, request, "approve");
  return request;
}

/** A member who has a second factor. */
async function secondFactor({ server }, member) {
  const token = await signedIn(server, member);
  const begun = await call(server, "/auth/totp", { body: { password: member.password }, token });
  await call(server, "/auth/totp/confirm", { body: { code: totp(begun.body.secret) }, token });
}

/** A member who is away, and for whom another one stands in. */
async function away({ server, people }) {
  const token = await signedIn(server, people.away);
  const { body: me } = await call(server, "/staff/me", { token });
  const deputy = (await call(server, "/staff/me", { token: await signedIn(server, people.careful) })).body;
  const day = (days) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const body = { from: day(1), until: day(9), deputy_id: deputy.id };
  await call(server, `/staff/users/${me.id}/absences`, { body, token });
}
