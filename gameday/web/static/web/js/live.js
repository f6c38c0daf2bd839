// The live stream of a day: <body data-live="…/stream" data-live-since="…/since" data-live-cursor="12.345">.
//
// One page of a browser leads: it holds the stream and tells the others, since a browser opens six connections to a
// server at most, and Stop must never wait behind streams. A page that leads without a stream asks every 3 s.
// What comes is told to the page as `gameday:entry|samples|regions|beat`, once each; how live it is, as
// `gameday:stale|fresh`. Rows are put into [data-timeline], HTML into [data-region=name].
"use strict";

(() => {
  const { live, liveSince, liveCursor, liveAudience = "" } = document.body.dataset;
  if (!live || !liveCursor) return;
  const EVENTS = ["entry", "samples", "regions", "beat"];
  const SILENT = 11000; // two beats of 5 s, and some
  const POLL = 3000;
  const sleep = (ms) => new Promise((wake) => setTimeout(wake, ms));
  const emit = (name, detail) => document.dispatchEvent(new CustomEvent(`gameday:${name}`, { detail }));

  // How far this page has read. Every source tells without a gap from where it was asked on, so that what is not
  // beyond this was told before. Late entries come out of turn, at the end of their run.
  let [seq, chunk] = liveCursor.split(".").map(Number);
  const late = new Set();
  const isNew = (name, data) => {
    if (name === "samples") {
      if (data.chunk <= chunk) return false;
      chunk = data.chunk;
    } else if (name === "entry" && data.late) {
      if (late.has(data.seq)) return false;
      late.add(data.seq);
    } else if (name === "entry") {
      if (data.seq <= seq) return false;
      seq = data.seq;
    }
    return true;
  };
  const after = (address) => `${address}?after=${seq}.${chunk}`;

  // How live it is.
  let heard = Date.now(), trouble = "", strip = null;
  const watch = () => {
    const age = Date.now() - heard;
    if (age < SILENT && !trouble) {
      if (strip) { strip.remove(); strip = null; document.body.classList.remove("stale"); emit("fresh"); }
      return;
    }
    if (!strip) {
      strip = document.createElement("p");
      strip.className = "strip strip-blind not-live";
      strip.innerHTML = '<span role="status" class="visually-hidden"></span><span aria-hidden="true"></span>';
      (document.querySelector(".under-top") ?? document.body).append(strip);
      document.body.classList.add("stale");
      strip.firstChild.textContent = `Not live. ${trouble}`;
    }
    strip.lastChild.textContent = `Not live: last update ${window.gameday.span(age / 1000)} ago. ${trouble}`;
    emit("stale", { age, trouble });
  };
  const hear = (name, data) => {
    trouble = name === "beat" ? data.blind : trouble;
    if (!trouble) heard = Date.now();
    watch();
  };

  // The timeline: rows in batches, each where its number belongs.
  const list = document.querySelector("[data-timeline]");
  let rows = [];
  const flush = () => {
    const batch = rows;
    rows = [];
    for (const { seq: number, html } of batch) {
      const template = document.createElement("template");
      template.innerHTML = html.trim();
      const row = template.content.firstElementChild;
      if (!row || list.querySelector(`:scope > [data-seq="${number}"]`)) continue;
      row.dataset.seq = number;
      let before = list.lastElementChild;
      while (before && Number(before.dataset.seq) > number) before = before.previousElementSibling;
      if (before) before.after(row); else list.prepend(row);
      window.htmx?.process(row);
    }
  };
  const add = (entry) => {
    if (!list || (list.dataset.timeline && list.dataset.timeline !== entry.run)) return;
    if (!rows.length) setTimeout(flush, 50);
    rows.push(entry);
  };

  // The regions. None is exchanged under a pressed pointer, which would swallow the click.
  const shown = new Map();
  let pressed = false, waiting = {};
  const place = (element, html) => {
    const opened = [...element.querySelectorAll("details[open][id]")].map((one) => one.id);
    const focus = element.contains(document.activeElement) ? document.activeElement : null;
    const { id, name, value, selectionStart, selectionEnd } = focus ?? {};
    element.innerHTML = html;
    for (const one of opened) document.getElementById(one)?.setAttribute("open", "");
    window.htmx?.process(element);
    if (!focus) return;
    const again = (id && document.getElementById(id)) || (name && element.querySelector(`[name="${CSS.escape(name)}"]`));
    if (!again) { element.tabIndex = -1; return element.focus({ preventScroll: true }); }
    again.focus({ preventScroll: true });
    if (!again.matches("textarea, input:not([type=hidden])")) return;
    again.value = value;
    if (selectionStart != null) again.setSelectionRange(selectionStart, selectionEnd);
  };
  const exchange = (regions) => {
    Object.assign(waiting, regions);
    if (pressed) return;
    const changed = Object.fromEntries(Object.entries(waiting).filter(([name, html]) => shown.get(name) !== html));
    waiting = {};
    for (const [name, html] of Object.entries(changed)) {
      shown.set(name, html);
      const element = document.querySelector(`[data-region="${name}"]`);
      if (element) place(element, html);
    }
    if (Object.keys(changed).length) emit("regions", { regions: changed });
  };
  addEventListener("pointerdown", (event) => { pressed = Boolean(event.target.closest?.("[data-region]")); }, true);
  for (const end of ["pointerup", "pointercancel"]) {
    addEventListener(end, () => setTimeout(() => { pressed = false; exchange({}); }), true);
  }

  const take = (name, data) => {
    hear(name, data);
    if (!isNew(name, data)) return;
    if (name === "regions") return exchange(data.regions);
    if (name === "entry") add(data);
    emit(name, data);
  };

  // Asking, for who leads without a stream and for who has to catch up.
  const ask = async (tell) => {
    for (let more = true; more;) {
      const answer = await fetch(after(liveSince), { signal: AbortSignal.timeout(10000) });
      if (answer.redirected) trouble = "You are signed out; reload the page to sign in.";
      if (answer.redirected || !answer.ok) throw new Error(`no events: ${answer.status}`);
      const found = await answer.json();
      for (const { event, data } of found.events) tell(event, JSON.parse(data));
      more = found.more;
    }
  };

  // Following: what the leader tells, after what was missed before it was heard.
  const room = new BroadcastChannel(`gameday:${live}:${liveAudience}`);
  let leads = false, pending = [], catching = false;
  room.onmessage = ({ data: [name, data] }) => {
    if (leads) return;
    if (pending) pending.push([name, data]); else take(name, data);
  };
  const catchUp = async () => {
    if (leads || catching) return;
    [catching, pending] = [true, []];
    try {
      await ask(take);
      for (const told of pending) take(...told);
      pending = null;
    } catch {
      setTimeout(catchUp, POLL);
    }
    catching = false;
  };

  // Leading: the stream where it can be had, else asking; who leads tells the others.
  let source = null, sourceHeard = 0, failures = 0, retry = 0, asking = false, mayStream = false;
  const tell = (name, data) => { room.postMessage([name, data]); take(name, data); };
  const open = () => {
    clearTimeout(retry);
    source?.close();
    source = null;
    if (!leads || !mayStream) return;
    source = new EventSource(after(live));
    sourceHeard = Date.now();
    for (const name of EVENTS) {
      source.addEventListener(name, (event) => {
        sourceHeard = Date.now();
        [failures, asking] = [0, false];
        tell(name, JSON.parse(event.data));
      });
    }
    source.onerror = lost;
  };
  const lost = () => {
    source?.close();
    source = null;
    failures += 1;
    clearTimeout(retry);
    retry = setTimeout(open, Math.min(30000, 500 * 2 ** failures) * (0.5 + Math.random()));
    if (failures > 1) keepAsking();
  };
  const keepAsking = async () => {
    if (asking) return;
    asking = true;
    while (asking && leads) {
      await ask(tell).catch(() => {});
      await sleep(POLL);
    }
    asking = false;
  };

  // Who leads: whoever holds the lock, and the stream needs a lock of its own, one for all days. A page that
  // sleeps keeps its locks; one that is looked at and hears nothing takes them away.
  const held = (name, steal, begin, robbed) =>
    navigator.locks.request(name, { steal }, () => { begin(); return new Promise(() => {}); }).catch(robbed);
  const seekStream = (steal) => held("gameday:stream", steal, () => { mayStream = true; open(); }, () => {
    mayStream = false;
    source?.close();
    source = null;
    seekStream(false);
    if (leads) keepAsking();
  });
  const lead = (steal) => {
    if (leads) return;
    [leads, pending] = [true, null];
    if (!navigator.locks) { mayStream = true; return open(); }
    if (mayStream) return open();
    seekStream(steal);
    setTimeout(() => { if (leads && !mayStream) keepAsking(); }, 1000);
  };
  const seekLead = (steal) => held(`gameday:lead:${live}:${liveAudience}`, steal, () => lead(steal), () => {
    [leads, asking] = [false, false];
    open(); // which only closes it
    seekLead(false);
    catchUp();
  });
  if (navigator.locks) seekLead(false); else lead(false);
  setTimeout(catchUp, 300);

  const back = () => {
    if (document.hidden) return;
    if (!leads) return catchUp();
    if (Date.now() - sourceHeard > 6000) { failures = 0; open(); }
  };
  document.addEventListener("visibilitychange", back);
  addEventListener("online", back);
  let robs = 0;
  setInterval(() => {
    watch();
    const silence = Date.now() - heard;
    if (leads && source && Date.now() - sourceHeard > SILENT) lost();
    if (leads || document.hidden || trouble || silence < SILENT || Date.now() - robs < SILENT) return;
    robs = Date.now();
    seekLead(true);
  }, 1000);
})();
