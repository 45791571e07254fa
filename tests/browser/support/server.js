// The program itself, with a folder of its own, as somebody starts it who tries it out.

import { spawn } from "node:child_process";
import { mkdtemp, readFile, readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import PostalMime from "postal-mime";

/** The folder of the project. */
export const checkout = fileURLToPath(new URL("../../../", import.meta.url));

/** What every made-up member of the staff signs in with. */
const PASSWORD = "saddle the grey horse";

/** How long anything may take before a test gives up, in milliseconds. */
const PATIENCE = 60_000;

const program = process.env.OTINISH ? resolve(process.env.OTINISH) : join(checkout, "target/debug/otinish");

/** Asks again until there is an answer. */
export async function waited(what, ask) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const answer = await ask();
    if (answer) return answer;
    if (Date.now() > end) throw new Error(`waited in vain for ${what}`);
    await pause(50);
  }
}

/** A port that nothing listens on. */
function freePort() {
  return new Promise((found, failed) => {
    const probe = createServer();
    probe.once("error", failed);
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => found(port));
    });
  });
}

/** A running server. */
export class Server {
  #child;
  #output = "";

  /** Starts one over an empty folder, or over what was done there before. */
  static async start(before = async () => {}) {
    const server = new Server();
    server.folder = await mkdtemp(join(tmpdir(), "otinish-browser-"));
    const port = await freePort();
    server.base = `http://127.0.0.1:${port}`;
    try {
      await before(server);
      server.#child = server.#spawn([], `127.0.0.1:${port}`);
      await server.#listens();
    } catch (error) {
      await server.stop();
      throw error;
    }
    return server;
  }

  async #listens() {
    const child = this.#child;
    const note = (chunk) => (this.#output += chunk);
    child.stdout.on("data", note);
    child.stderr.on("data", note);
    child.stdin.end();
    await waited("the server to listen", () => {
      if (child.exitCode !== null || !child.pid) throw new Error(`the server ended: ${this.#output}`);
      return this.#output.includes(" listens on ");
    });
  }

  /** Nothing of the environment but what the program needs, so that no setting of the person's shell counts. */
  #spawn(args, bind = "127.0.0.1:0") {
    const env = {
      BIND_ADDR: bind,
      CONFIG_DIR: checkout,
      DATA_DIR: this.folder,
      DATABASE_CONNECTIONS: "4",
      PUBLIC_URL: this.base,
      // Many people sit at one address here.
      RATE_LIMITS: "off",
    };
    const child = spawn(program, args, { cwd: this.folder, env, stdio: ["pipe", "pipe", "pipe"] });
    child.on("error", (error) => (this.#output += `${program}: ${error.message}; build it by cargo build first`));
    return child;
  }

  /** Runs a command of the program to its end, and gives what it printed. */
  async run(args, input = "") {
    const child = this.#spawn(args);
    let [out, err] = ["", ""];
    child.stdout.on("data", (chunk) => (out += chunk));
    child.stderr.on("data", (chunk) => (err += chunk));
    child.stdin.end(input);
    const code = await new Promise((ended) => child.once("close", ended));
    if (code !== 0) throw new Error(`${args.slice(0, 2).join(" ")} failed: ${out}${err}`);
    return out;
  }

  /** Makes an account. A member of several operators is added once for each. */
  async addStaff(name, role, operator, language = "ru", email = `${name.toLowerCase()}@${operator}.example.kz`) {
    const place = operator ? ["--operator", operator] : [];
    const who = ["--email", email, "--name", name, "--role", role, "--language", language];
    await this.run(["staff", "add", ...who, ...place, "--password-stdin"], PASSWORD);
    return { email, name, role, language, password: PASSWORD };
  }

  /** All mails that left so far, the oldest first: where to, what about, the text. */
  async mails() {
    const folder = join(this.folder, "mail");
    const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".eml")).sort();
    return Promise.all(
      names.map(async (name) => {
        const mail = await PostalMime.parse(await readFile(join(folder, name)));
        return { to: mail.to.map((one) => one.address), subject: mail.subject, text: mail.text };
      }),
    );
  }

  /** Waits for a mail to an address about a request; the newest that fits. */
  async mail(to, reference, fits = () => true) {
    const wanted = (mail) => mail.to.includes(to) && mail.text.includes(reference) && fits(mail);
    return waited(`a mail to ${to} about ${reference}`, async () => (await this.mails()).reverse().find(wanted));
  }

  /** The code and the link of the receipt of a request. */
  async receipt(to, reference) {
    const mail = await this.mail(to, reference, ({ text }) => /^\d{6}$/m.test(text));
    return { code: mail.text.match(/^\d{6}$/m)[0], link: link(mail), mail };
  }

  /** Ends the server, and takes its folder away. */
  async stop() {
    const child = this.#child;
    if (child?.pid && child.exitCode === null && child.signalCode === null) {
      const ended = new Promise((done) => child.once("close", done));
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 15_000);
      await ended;
      clearTimeout(late);
    }
    await rm(this.folder, { recursive: true, force: true });
  }
}

/** The link of a mail that opens a request. */
export function link(mail) {
  return mail.text.match(/http:\/\/\S+\/requests\/\S+\?token=\S+/)[0];
}
