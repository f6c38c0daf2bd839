// What every page does: keep ages true, look for alarms, copy commands, close menus, say when we are offline.
"use strict";

(() => {
  const FORTNIGHT = 14 * 86400; // from here on nobody asks for hours
  const YEAR = 365 * 86400;
  const UNITS = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];

  const span = (seconds) => {
    if (Math.abs(seconds) >= 2 * YEAR) return `${Math.floor(Math.abs(seconds) / YEAR)} years`;
    const parts = [];
    let left = Math.round(Math.abs(seconds));
    for (const [name, size] of UNITS) {
      const count = Math.floor(left / size);
      left -= count * size;
      if (count) parts.push(`${count} ${name}`);
    }
    return parts.slice(0, Math.abs(seconds) >= FORTNIGHT ? 1 : 2).join(" ") || "0 s";
  };

  const refresh = () => {
    for (const time of document.querySelectorAll("time[data-ago]")) {
      const gone = (Date.now() - Date.parse(time.dateTime)) / 1000;
      time.textContent = gone >= 0 ? `${span(gone)} ago` : `in ${span(gone)}`;
    }
  };

  const own = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "medium" });
  const title = (time) => {
    if (!time.title) time.title = `${own.format(new Date(time.dateTime))} your time`;
  };

  window.gameday = { span };
  setInterval(refresh, 1000);
  document.addEventListener("pointerover", (event) => {
    const time = event.target.closest?.("time[datetime]");
    if (time) title(time);
  });
  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const menu of document.querySelectorAll("details.menu[open]")) menu.open = false;
  });
  // What is stranded or halted comes to pages that are open, too; it is put in only when it is another thing.
  const ALARMS_EVERY = 10000;
  const alarm = document.getElementById("alarm");
  const alarms = (within) => within.querySelector("[data-alarms]")?.dataset.alarms;
  const lookForAlarms = async () => {
    if (document.hidden) return;
    try {
      const wanted = { headers: { "HX-Request": "true" }, redirect: "error", signal: AbortSignal.timeout(8000) };
      const answer = await fetch(alarm.dataset.address, wanted);
      if (!answer.ok) return;
      const found = new DOMParser().parseFromString(await answer.text(), "text/html").body;
      const said = alarms(found);
      // Blind, it is not known whether what stands there is over.
      if (said === undefined || said === "blind" || said === alarms(alarm)) return;
      alarm.replaceChildren(...found.children);
    } catch { /* the next look is soon; what is on the page stays */ }
  };
  if (alarm) {
    setInterval(lookForAlarms, ALARMS_EVERY);
    document.addEventListener("visibilitychange", lookForAlarms);
  }

  // A command is copied as it stands; where the browser does not let us, it is marked to be copied by hand.
  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("[data-copy]");
    const command = button && document.getElementById(button.dataset.copy);
    if (!command) return;
    const says = button.querySelector("[data-says]");
    try {
      await navigator.clipboard.writeText(command.textContent);
      says.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(command);
      says.textContent = "Marked: copy it";
    }
    setTimeout(() => { says.textContent = "Copy"; }, 4000);
  });

  const offline = document.getElementById("offline");
  document.addEventListener("htmx:sendError", () => { if (offline) offline.hidden = false; });
  document.addEventListener("htmx:afterRequest", (event) => { if (offline && event.detail.successful) offline.hidden = true; });
})();
