// What every page does: keep ages true, show the reader's own time, close menus, say when we are offline.
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
  const offline = document.getElementById("offline");
  document.addEventListener("htmx:sendError", () => { if (offline) offline.hidden = false; });
  document.addEventListener("htmx:afterRequest", (event) => { if (offline && event.detail.successful) offline.hidden = true; });
})();
