// Stop, and Halt, wherever the button is: sent beside the page, which stays and says how it stands, and sent again
// every second until it is through, for ten minutes at most. Without this script the browser sends the form by itself.
"use strict";

(() => {
  const said = document.querySelector("[data-stopping]");
  const tries = document.querySelector("[data-stop-tries]");
  if (!said || !window.fetch || !window.AbortSignal?.timeout) return;
  const ANSWERS = 3000; // the server gives the clusters two seconds before it answers
  const AGAIN = 1000;
  const GIVEN_UP = 10000; // a request that hangs; others are under way long before
  const LASTS = 600000; // the server counts no older press either: what is live then may be another's
  const AT_ONCE = 3; // of the six connections that a browser opens
  const DOING = { Stop: "Stopping\u2026", Halt: "Halting\u2026" };
  let current = null;

  const clock = () => new Date(window.gameday?.now?.() ?? Date.now()).toISOString().slice(11, 19);
  const say = (kind, words = {}) => {
    const part = document.querySelector(`template[data-stop-says="${kind}"]`).content.cloneNode(true);
    for (const [name, text] of Object.entries(words)) {
      for (const place of part.querySelectorAll(`[data-says-${name}]`)) place.textContent = text;
    }
    said.replaceChildren(part);
    tries.textContent = "";
  };

  const stay = (event) => event.preventDefault(); // the browser asks before it leaves
  const end = (stopping) => {
    clearTimeout(stopping.late);
    clearInterval(stopping.again);
    stopping.label.innerHTML = stopping.was;
    removeEventListener("beforeunload", stay);
    current = null;
  };
  const keepOn = (stopping, what) => {
    if (stopping !== current) return;
    if (stopping.what !== what) say("trying", { what });
    stopping.what = what;
    if (stopping.again) return;
    stopping.again = setInterval(() => attempt(stopping), AGAIN);
    addEventListener("beforeunload", stay);
  };

  const through = (stopping, { told, is_whole: isWhole, where }) => {
    end(stopping);
    say(isWhole ? "through" : "partly", { word: stopping.word, at: clock(), told });
    const link = said.querySelector("[data-says-where]");
    const isHere = where === location.pathname;
    if (!where || (isHere && document.body.dataset.live)) return link.remove();
    link.href = where;
    link.textContent = isHere ? "Show this page as it is now" : "See how it goes on";
  };

  // Nobody presses a button for tomorrow: a page that was left open, or slept, asks to be pressed again.
  const giveUp = (stopping) => {
    end(stopping);
    say("given-up", { word: stopping.word });
  };

  // Signed in again since this page was opened: the answer has a token that is good.
  const renew = (stopping, page) => {
    const token = page.querySelector("[name=csrfmiddlewaretoken]")?.value;
    if (!token || stopping.isRenewed) return false;
    stopping.isRenewed = true;
    for (const one of document.querySelectorAll("[name=csrfmiddlewaretoken]")) one.value = token;
    attempt(stopping);
    return true;
  };

  const take = async (stopping, answer) => {
    const isData = answer.ok && answer.headers.get("Content-Type")?.startsWith("application/json");
    const text = await answer.text();
    if (stopping !== current) return;
    if (isData) return through(stopping, JSON.parse(text));
    if (new URL(answer.url).pathname === said.dataset.signIn) {
      end(stopping);
      return location.assign(answer.url); // it says that nothing was stopped
    }
    const page = new DOMParser().parseFromString(text, "text/html");
    if (answer.status === 403 && renew(stopping, page)) return;
    const why = page.querySelector("main .notice-bad")?.textContent.trim() ?? `Gameday answered ${answer.status}.`;
    keepOn(stopping, `${stopping.word} did not go through. ${why}`);
  };

  // Once one may have arrived, none that is refused later proves that none has.
  const failed = (stopping, error) => {
    if (error.name !== "TypeError") stopping.isUnknown = true;
    const unknown = `Gameday has not answered: whether ${stopping.word} reached it is not known.`;
    keepOn(stopping, stopping.isUnknown ? unknown : `${stopping.word} did not reach Gameday.`);
  };

  const attempt = async (stopping) => {
    if (stopping !== current) return;
    const ago = Date.now() - stopping.since; // also while the machine slept
    if (ago > LASTS) return giveUp(stopping);
    if (stopping.underway >= AT_ONCE) return;
    stopping.underway += 1;
    stopping.count += 1;
    if (stopping.what) tries.textContent = `Tried ${stopping.count} times, last at ${clock()} UTC.`;
    const { form } = stopping;
    try {
      const body = new URLSearchParams(new FormData(form));
      body.set("ago", Math.max(0, ago / 1000).toFixed(1));
      const signal = AbortSignal.timeout(GIVEN_UP);
      const headers = { Accept: "application/json" };
      await take(stopping, await fetch(form.action, { method: "POST", body, headers, signal, keepalive: true }));
    } catch (error) {
      failed(stopping, error);
    }
    stopping.underway -= 1;
  };

  const begin = (form) => {
    if (current?.form === form) { // pressed again: once more, now, and it counts from now
      current.since = Date.now();
      return attempt(current);
    }
    if (current) end(current);
    const word = form.dataset.stop;
    const label = form.querySelector(".stop > span");
    const stopping = { form, word, label, was: label.innerHTML, what: "", count: 0, underway: 0, since: Date.now() };
    current = stopping;
    label.textContent = DOING[word];
    say("sent", { doing: DOING[word] });
    stopping.late = setTimeout(() => failed(stopping, { name: "TimeoutError" }), ANSWERS);
    return attempt(stopping);
  };

  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-stop]")) return;
    try { begin(event.target); } catch { return; } // then the browser sends it
    event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target.closest?.("[data-stop-close]")) said.replaceChildren();
  });
})();
