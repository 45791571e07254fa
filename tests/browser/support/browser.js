// People at real browsers. Whatever page they come to is looked at: its language, its width, and what must never be there.

import assert from "node:assert/strict";
import { chromium } from "playwright-core";

/** The person who asks. The name is invented; the number only has a right control digit. */
export const AIGUL = { name: "Сәрсенова Айгүл", iin: "900101400023", email: "aigul@mail.example.kz" };

/** What must stand in no address and in no title. */
const PERSONAL = [AIGUL.iin, AIGUL.email, "Сәрсенова", "token=", "%D0%A1%D3%99%D1%80"];

/** A text that is missing shows as its key. */
const MISSING_TEXT = /(?:^|[\s">])(?:page|console|action|kind|status|event|timeline|field|problem)-[a-z_]+(?:-[a-z_]+)*(?=$|[\s"<])/;

const FLAGS = [
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-gpu",
  "--disable-quic",
  "--disable-sync",
  "--no-first-run",
  "--no-sandbox",
];

/** A browser. CHROMIUM names another program than Debian's. */
export function launch({ args = [], ...options } = {}) {
  const executablePath = process.env.CHROMIUM || "/usr/bin/chromium";
  return chromium.launch({ executablePath, args: [...FLAGS, ...args], ...options });
}

/** Somebody at a browser of their own. */
export class Person {
  /** What went wrong without anybody looking: errors of scripts, of the content policy, calls to other hosts. */
  problems = [];
  /** The addresses of the pages that were seen, without what differs from one request to the next. */
  seen = new Set();
  #pages = new Set();

  static async at(browser, server, { language = "ru", scripts = true, width = 1280, scheme = "light" } = {}) {
    const person = new Person();
    Object.assign(person, { server, language, scripts });
    person.context = await browser.newContext({
      baseURL: server.base,
      colorScheme: scheme,
      javaScriptEnabled: scripts,
      locale: { kk: "kk-KZ", ru: "ru-RU", en: "en-GB" }[language],
      reducedMotion: "reduce",
      timezoneId: "Asia/Almaty",
      viewport: { width, height: width < 640 ? 740 : 900 },
    });
    person.context.setDefaultTimeout(20_000);
    person.page = await person.context.newPage();
    person.#watch();
    return person;
  }

  #watch() {
    this.context.on("request", (request) => {
      if (!request.url().startsWith(`${this.server.base}/`)) this.problems.push(`a call to ${request.url()}`);
      if (request.isNavigationRequest()) this.#pages.add(request.url());
    });
    this.context.on("requestfailed", (request) => {
      // A page that is left takes its calls with it, and what is saved as a file is no page.
      if (request.failure()?.errorText !== "net::ERR_ABORTED") this.problems.push(`${request.url()} failed`);
    });
    this.context.on("weberror", (error) => this.problems.push(`a script failed: ${error.error()}`));
    this.context.on("console", (message) => {
      if (!["error", "warning"].includes(message.type())) return;
      // That a page itself came with 404 or 422 is told there as well.
      const isStatus = message.text().startsWith("Failed to load resource") && this.#pages.has(message.location().url);
      if (!isStatus) this.problems.push(`${message.type()} on ${this.page.url()}: ${message.text()}`);
    });
    this.page.on("response", (response) => {
      const request = response.request();
      const isPage = request.isNavigationRequest() && request.frame() === this.page.mainFrame();
      if (isPage && (response.status() < 300 || response.status() >= 400)) this.response = response;
    });
  }

  /** Opens an address. */
  async open(path, status = 200) {
    await this.page.goto(path);
    await this.look(status);
    return this.page;
  }

  /** Presses what leads to a page. */
  async press(target, status = 200) {
    const button = typeof target === "string" ? this.page.locator(target) : target;
    const before = this.response;
    await Promise.all([this.page.waitForEvent("load"), button.click()]);
    assert.notEqual(this.response, before, "no page came");
    await this.look(status);
    return this.page;
  }

  /** Looks at the page as a whole. */
  async look(status = 200) {
    const { page, response } = this;
    const where = `${new URL(page.url()).pathname} (${this.language})`;
    assert.equal(response.status(), status, where);
    this.seen.add(new URL(page.url()).pathname.replace(/[A-Z]{3}-[0-9A-Z-]+/, "…"));
    const headers = response.headers();
    assert.equal(headers["cache-control"], "no-store", where);
    assert.equal(headers["referrer-policy"], "no-referrer", where);
    assert.match(headers["content-security-policy"], /default-src 'self'/, where);
    assert.doesNotMatch(headers["content-security-policy"], /unsafe/, where);
    const sight = await page.evaluate(() => ({
      language: document.documentElement.lang,
      title: document.title,
      headings: document.querySelectorAll("h1").length,
      text: document.body.innerText,
      inner: document.documentElement.clientWidth,
      needed: document.documentElement.scrollWidth,
    }));
    assert.equal(sight.language, this.language, where);
    assert.equal(sight.headings, 1, `headings of ${where}`);
    assert.ok(sight.needed <= sight.inner, `${where} is ${sight.needed} wide where ${sight.inner} is there`);
    assert.doesNotMatch(sight.text, MISSING_TEXT, where);
    for (const personal of PERSONAL) {
      assert.ok(!page.url().includes(personal) && !sight.title.includes(personal), `${personal} stands in the address`);
    }
  }

  /** The heading of the page. */
  heading() {
    return this.page.locator("h1").innerText();
  }

  /** The id of what has the focus. */
  focus() {
    return this.page.evaluate(() => document.activeElement?.id || document.activeElement?.tagName);
  }

  /** Fills fields in by their names: a text for what is typed, a list for what is ticked or chosen. */
  async fill(fields) {
    for (const [name, value] of Object.entries(fields)) {
      if (Array.isArray(value)) {
        // The whole line is what people press, not the small circle.
        for (const one of value) await this.page.locator(`input[name="${name}"][value="${one}"] + label`).click();
      } else {
        await this.page.locator(`[name="${name}"]`).fill(value);
      }
    }
  }

  /** Signs in to the console. */
  async signIn(member) {
    await this.open("/staff");
    await this.fill({ email: member.email, password: member.password });
    // From here on pages are in the member's own language.
    this.language = member.language;
    await this.press("main button[type=submit]");
    assert.ok(!this.page.url().includes("sign-in"), "signed in");
  }

  /** Closes the browser's window. Fails when something went wrong that nobody looked at. */
  async leave() {
    await this.context.close();
    assert.deepEqual(this.problems, []);
  }
}
