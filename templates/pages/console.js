// What the console does better with a script. Without it everything works too.
(() => {
  "use strict";
  const text = (element, name) => (element ? element.dataset[name] || "" : "");
  const toast = (words, link, href) => {
    document.querySelectorAll(".toast").forEach((old) => old.remove());
    const box = document.createElement("div");
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

  // The queue: refreshed in place; the line that is looked at stays the one.
  const rows = () => [...document.querySelectorAll(".list tbody tr")];
  const address = (row) => row && row.querySelector("th a") && row.querySelector("th a").getAttribute("href");
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
      const answer = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "error" });
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
      const answer = await fetch(text(watch, "href"), { redirect: "error" });
      if (!answer.ok) return;
      const { version } = await answer.json();
      if (String(version) !== text(watch, "version")) {
        toast(text(watch, "changed"), text(watch, "reload"), location.pathname);
      }
    });
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    if (target.closest && target.closest("input, textarea, select, dialog")) return;
    const keys = {
      j: () => move(1),
      k: () => move(-1),
      Enter: () => target === document.body && here && location.assign(here),
      t: () => document.getElementById("take") && document.getElementById("take").querySelector("button").click(),
      "/": () => document.getElementById("q") && document.getElementById("q").focus(),
      "?": () => document.getElementById("keys").showModal(),
    };
    const action = keys[event.key];
    if (!action) return;
    if (event.key !== "Enter") event.preventDefault();
    action();
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
