// What the console does better with a script. Without it everything works too.
(() => {
  "use strict";
  const text = (element, name) => (element ? element.dataset[name] || "" : "");
  const toast = (words, link, href) => {
    const old = document.querySelector(".toast");
    // What stands there already is not said once more.
    if (old && old.dataset.words === words) return;
    if (old) old.remove();
    const box = document.createElement("div");
    box.dataset.words = words;
    box.className = "toast";
    box.setAttribute("role", "status");
    box.append(words);
    if (link) {
      const anchor = document.createElement("a");
      anchor.href = href;
      anchor.textContent = link;
      box.append(anchor);
    } else {
      setTimeout(() => box.remove(), 4000);
    }
    document.body.append(box);
  };
  const every = (seconds, work) => {
    let busy = false;
    setInterval(async () => {
      if (busy || document.hidden) return;
      busy = true;
      try {
        await work();
      } catch {
        // The next round asks again.
      }
      busy = false;
    }, seconds * 1000);
  };
  // In seconds.
  const pace = 15;
  // Tells that nobody did anything: such a call keeps no session open.
  const refresh = { "x-refresh": "1" };

  // The queue: refreshed in place; the line that is looked at stays the one.
  const rows = () => [...document.querySelectorAll(".list tbody tr")].filter((row) => row.querySelector("th a"));
  const address = (row) => row.querySelector("th a").getAttribute("href");
  let here = null;
  const mark = (focus) => {
    rows().forEach((row) => row.classList.toggle("here", address(row) === here));
    const row = rows().find((one) => address(one) === here);
    if (row && focus) {
      row.querySelector("th a").focus();
      row.scrollIntoView({ block: "nearest" });
    }
  };
  const move = (by) => {
    const all = rows();
    if (!all.length) return;
    const now = all.findIndex((row) => address(row) === here);
    const next = now < 0 ? (by > 0 ? 0 : all.length - 1) : Math.min(all.length - 1, Math.max(0, now + by));
    here = address(all[next]);
    mark(true);
  };
  const live = document.getElementById("live");
  if (text(live, "live") === "on") {
    every(pace, async () => {
      const answer = await fetch(location.href, { headers: { accept: "text/html", ...refresh }, redirect: "error" });
      if (!answer.ok) return;
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById("live");
      const views = document.querySelector(".views");
      const freshViews = page.querySelector(".views");
      if (views && freshViews) views.replaceChildren(...freshViews.childNodes);
      if (!fresh || fresh.textContent === live.textContent) return;
      const active = document.activeElement;
      const had = active && live.contains(active) ? active.getAttribute("href") : null;
      live.replaceChildren(...fresh.childNodes);
      mark(false);
      const again = had && [...live.querySelectorAll("a")].find((link) => link.getAttribute("href") === had);
      if (again) again.focus({ preventScroll: true });
      toast(text(live, "changed"));
    });
  }

  // A request: somebody else changed what is looked at.
  const watch = document.getElementById("watch");
  if (watch) {
    every(pace, async () => {
      const answer = await fetch(text(watch, "href"), { headers: refresh, redirect: "error" });
      if (!answer.ok) return;
      const { version } = await answer.json();
      if (String(version) !== text(watch, "version")) {
        toast(text(watch, "changed"), text(watch, "reload"), location.pathname);
      }
    });
  }

  const keys = {
    j: () => move(1),
    k: () => move(-1),
    Enter: (target) => target === document.body && here && location.assign(here),
    t: () => document.getElementById("take") && document.getElementById("take").querySelector("button").click(),
    "/": () => document.getElementById("q") && document.getElementById("q").focus(),
    "?": () => document.getElementById("keys").showModal(),
  };
  // On a Kazakh or Russian layout a key is known by its place. Their letters, and the sign "№", come after all those of English.
  const places = { KeyJ: "j", KeyK: "k", KeyT: "t" };
  const pressed = ({ key = "", code, shiftKey }) => {
    const small = key.length === 1 ? key.toLowerCase() : key;
    if (Object.hasOwn(keys, small)) return small;
    if (code === "Slash" && (key > "~" || key === "." || key === ",")) return shiftKey ? "?" : "/";
    return key > "~" && Object.hasOwn(places, code) ? places[code] : "";
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    if (target.closest && target.closest("input, textarea, select, dialog")) return;
    const key = pressed(event);
    if (!key) return;
    if (key !== "Enter") event.preventDefault();
    keys[key](target);
  });

  // A form is sent once, however often the button is pressed.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) event.preventDefault();
    form.dataset.sent = "yes";
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("form").forEach((form) => delete form.dataset.sent));

  const wrong = document.getElementById("mistakes");
  if (wrong) wrong.focus();
})();
