// The control room: its clock, the note box, the filter of the timeline, keys, and the hold on Inject.
// Every act here is a form that works without this script. No key starts or stops anything.
"use strict";

(() => {
  const source = document.getElementById("charts");
  if (!source) return;
  const main = document.getElementById("main");
  const kept = (store, key, value) => {
    try {
      if (value === undefined) return store.getItem(key);
      if (value === null) store.removeItem(key); else store.setItem(key, value);
    } catch { /* a browser that keeps nothing keeps nothing */ }
    return null;
  };

  // The server's clock: a laptop's own may be minutes off, and stands still while it sleeps.
  let ahead = JSON.parse(source.textContent).now - Date.now();
  const now = () => Date.now() + ahead;
  const two = (count) => String(count).padStart(2, "0");
  const tPlus = (at, zero) => {
    const seconds = Math.floor(Math.abs(at - zero) / 1000);
    const sign = at < zero && seconds ? "\u2212" : "+";
    const hours = Math.floor(seconds / 3600);
    const rest = `${two(Math.floor((seconds % 3600) / 60))}:${two(seconds % 60)}`;
    return hours ? `T${sign}${hours}:${rest}` : `T${sign}${rest}`;
  };
  Object.assign(window.gameday, { now, tPlus });

  const tick = () => {
    for (const time of document.querySelectorAll("[data-timer]")) {
      const until = time.dataset.until ? Date.parse(time.dataset.until) : now();
      const text = tPlus(until, Date.parse(time.dateTime));
      if (time.textContent !== text) time.textContent = text;
    }
    for (const line of document.querySelectorAll(".armed-line")) line.hidden = Date.parse(line.dataset.until) < now();
  };
  setInterval(tick, 250);
  document.addEventListener("visibilitychange", tick);

  // How live the page is.
  const age = document.querySelector("[data-age-of-page]");
  const say = (text) => { if (age && age.textContent !== text) age.textContent = text; };
  document.addEventListener("gameday:beat", (event) => {
    const at = Date.parse(event.detail?.at);
    if (at && Math.abs(at - now()) > 300) ahead = at - Date.now();
    say("live");
  });
  document.addEventListener("gameday:stale", () => { main.classList.add("stale"); say("not live"); });
  document.addEventListener("gameday:fresh", () => { main.classList.remove("stale"); say("live"); });

  // The parts that are the same for everybody come from the stream; one's own is asked for when it may differ.
  const status = () => document.querySelector("[data-region=status] .status");
  const run = status()?.dataset.run;
  const seen = () => status()?.dataset.mine;
  let before = seen();
  let sentAt = 0;
  window.addEventListener("submit", (event) => { if (!event.defaultPrevented) sentAt = Date.now(); });
  let stopped = Boolean(document.querySelector("[data-region=status] .notice-bad"));
  const isBusy = (mine) => mine.contains(document.activeElement) || mine.querySelector("details[open], .holding, form.htmx-request");
  const refresh = () => {
    const mine = document.getElementById("mine");
    if (!mine || isBusy(mine)) return false;
    window.htmx?.trigger(mine, "refresh");
    return true;
  };
  // What was asked for before somebody began to use this part comes too late: it would close what they opened, and
  // take away the place that the answer to what they sent belongs in.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig } = event.detail;
    if (target?.id !== "mine" || requestConfig?.verb !== "get" || !isBusy(target)) return;
    event.detail.shouldSwap = false;
    before = null;
  });
  document.addEventListener("gameday:regions", () => {
    tick();
    if (status() && status().dataset.run !== run) {
      // Another run is in focus, with other charts. A form that was just sent leads there by itself.
      if (Date.now() - sentAt > 8000) location.reload();
      return;
    }
    // What was kept from this person is over: its charts come with the page. Whoever types has the link to them.
    const isTyping = document.activeElement?.matches("textarea, input");
    const veil = document.querySelector("[data-region=veil]");
    if (veil && !veil.querySelector("[data-veiled]") && !isTyping) return location.reload();
    const bad = document.querySelector("[data-region=status] .notice-bad");
    if (bad && !stopped) document.querySelector("[data-alarm]").textContent = bad.textContent.trim();
    stopped = Boolean(bad);
    if (["completed", "aborted", "failed"].includes(status()?.dataset.state)) {
      for (const button of document.querySelectorAll("[data-stop] .stop")) button.classList.add("stop-idle");
    }
    if (seen() !== before && refresh()) before = seen();
  });
  document.addEventListener("focusout", () => setTimeout(() => { if (seen() !== before && refresh()) before = seen(); }, 200));
  setInterval(() => { if (!document.hidden && document.querySelector("#mine[data-refresh]")) refresh(); }, 15000);

  const focus = document.querySelector(".sheet-focus");
  const sheet = focus?.closest(".room-left");
  if (sheet) sheet.scrollTop = focus.offsetTop - sheet.clientHeight / 3;

  // The timeline: it stays where it is read, and follows where its end is in sight. What came while it was scrolled
  // away, or while another tab was looked at, is counted until its end has been in sight.
  const scroll = document.querySelector("[data-scroll]");
  const list = document.querySelector(".room-right .timeline");
  const below = document.querySelector("[data-to-newest]");
  const isAtEnd = () => scroll.scrollHeight - scroll.scrollTop - scroll.clientHeight < 48;
  const title = document.title;
  let unseen = [];
  const count = () => {
    const shown = unseen.filter((row) => row.isConnected && getComputedStyle(row).display !== "none");
    below.hidden = !shown.length;
    below.querySelector("[data-count]").textContent = `${shown.length} new`;
    document.title = document.hidden && shown.length ? `(${shown.length}) ${title}` : title;
    return shown;
  };
  const see = () => { unseen = []; count(); };
  const toEnd = () => { scroll.scrollTop = scroll.scrollHeight; see(); };
  if (scroll && list) {
    let follows = true;
    toEnd();
    const look = () => { follows = isAtEnd(); if (follows && !document.hidden) see(); else count(); };
    scroll.addEventListener("scroll", look, { passive: true });
    document.addEventListener("visibilitychange", look);
    new MutationObserver((changes) => {
      document.querySelector("[data-no-entries]")?.remove();
      if (follows && !document.hidden) return toEnd();
      unseen.push(...changes.flatMap((change) => [...change.addedNodes]).filter((node) => node.matches?.("[data-seq]")));
      count();
    }).observe(list, { childList: true });
    below.addEventListener("click", () => {
      const [first] = count();
      if (first) scroll.scrollTop += first.getBoundingClientRect().top - scroll.getBoundingClientRect().top;
      scroll.focus({ preventScroll: true });
      look();
    });
    const filter = document.querySelector("[data-filter]");
    if (filter) filter.hidden = false;
    filter?.addEventListener("click", (event) => {
      const chip = event.target.closest("[data-show]");
      if (!chip) return;
      list.dataset.show = chip.dataset.show;
      for (const one of filter.querySelectorAll("[data-show]")) one.setAttribute("aria-pressed", String(one === chip));
      toEnd();
    });
  }

  // Notes: stamped at the first keystroke, sent by Enter, and never lost on the way.
  const box = () => document.getElementById("note-box");
  const key = () => `gameday:note:${box().dataset.plan}`;
  const restore = () => {
    const form = box();
    if (!form || form.elements.text.value) return;
    const draft = JSON.parse(kept(sessionStorage, key()) || "null");
    if (draft) [form.elements.text.value, form.elements.at.value] = [draft.text, draft.at];
  };
  restore();
  document.addEventListener("input", (event) => {
    if (event.target.id !== "note-text") return;
    const { text, at } = box().elements;
    if (!text.value) at.value = ""; else if (!at.value) at.value = String(Math.round(now()));
    kept(sessionStorage, key(), text.value ? JSON.stringify({ text: text.value, at: at.value }) : null);
  });
  document.addEventListener("keydown", (event) => {
    if (event.target.id !== "note-text" || event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    if (event.target.value.trim()) box().requestSubmit(); // Enter once more, after it was sent, is no mistake
  });
  document.addEventListener("submit", (event) => {
    if (event.target.id === "note-box" && !window.htmx) kept(sessionStorage, key(), null);
  });
  document.addEventListener("htmx:afterSettle", () => {
    if (!box() || !("sent" in box().dataset)) return;
    delete box().dataset.sent;
    kept(sessionStorage, key(), null);
  });
  for (const name of ["htmx:sendError", "htmx:responseError"]) {
    document.addEventListener(name, (event) => {
      if (event.target.id !== "note-box") return;
      document.getElementById("note-help").textContent = "Not sent; it is kept here. Press Enter to try again.";
    });
  }

  // Inject: hold it for a second, or open it and press the button in it. Sent once.
  let holding = null;
  const release = () => {
    if (!holding) return;
    clearTimeout(holding.timer);
    holding.button.classList.remove("holding");
    holding = null;
  };
  document.addEventListener("pointerdown", (event) => {
    const button = event.target.closest?.("[data-hold]");
    if (!button || event.button !== 0) return;
    const timer = setTimeout(() => {
      button.dataset.held = "";
      const form = button.closest("form");
      release();
      form.requestSubmit();
    }, 1000);
    holding = { button, timer };
    button.classList.add("holding");
  });
  for (const name of ["pointerup", "pointercancel", "blur"]) window.addEventListener(name, release);
  document.addEventListener("pointerout", (event) => { if (holding && !holding.button.contains(event.relatedTarget)) release(); });
  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-hold]");
    if (button && "held" in button.dataset) event.preventDefault();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-inject]")) return;
    if ("sent" in form.dataset) return event.preventDefault();
    form.dataset.sent = "";
    for (const button of form.querySelectorAll(".button")) button.setAttribute("aria-disabled", "true");
  });
  window.addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });

  // Keys, for those who want them.
  const keys = document.getElementById("keys");
  const OFF = "gameday:keys-off";
  const opener = document.querySelector("[data-keys]");
  const switched = keys?.querySelector("[data-keys-on]");
  if (opener) opener.hidden = false;
  if (switched) switched.checked = !kept(localStorage, OFF);
  switched?.addEventListener("change", () => kept(localStorage, OFF, switched.checked ? null : "1"));
  opener?.addEventListener("click", () => keys.showModal());
  const go = (selector) => {
    const there = document.querySelector(selector);
    there?.focus();
    there?.scrollIntoView({ block: "nearest" });
  };
  const KEYS = {
    n: () => go("#note-text"),
    m: () => go("#marking button"),
    c: () => go(".charts"),
    t: () => { go("[data-scroll]"); toEnd(); },
    "?": () => keys?.showModal(),
  };
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable], dialog");
    if (typing || event.ctrlKey || event.metaKey || event.altKey || kept(localStorage, OFF)) return;
    const act = KEYS[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  document.addEventListener("click", (event) => {  // on a phone the bar's links lead into forms
    const link = event.target.closest?.(".room-bar a[href^='#']");
    if (!link) return;
    event.preventDefault();
    go(link.hash === "#marking" ? "#marking button" : link.hash);
  });
})();
