// The editor without this script is whole. With it: units follow the chosen probe, a line of an upload is found
// by a click, and leaving with something unsaved is asked about.
"use strict";

(() => {
  const units = () => {
    const found = new Map();
    for (const row of document.querySelectorAll(".probe")) {
      const value = (field) => row.querySelector(`[data-field="${field}"] input`)?.value.trim() ?? "";
      found.set(value("name"), value("unit"));
    }
    return found;
  };

  const showUnits = () => {
    const known = units();
    for (const fields of document.querySelectorAll(".rows-expectation .fields, .rows-abort-condition .fields")) {
      const probe = fields.querySelector('[data-field="probe"] select');
      const unit = fields.querySelector(".field-comparison .unit");
      if (probe && unit && known.has(probe.value)) unit.textContent = known.get(probe.value);
    }
  };

  const findLine = (link) => {
    const text = document.getElementById("text");
    const lines = text.value.split("\n");
    const line = Math.min(Number(link.dataset.line), lines.length) - 1;
    const start = lines.slice(0, line).join("\n").length + (line ? 1 : 0);
    text.focus();
    text.setSelectionRange(start, start + lines[line].length);
    text.scrollTop = Math.max(0, (text.scrollHeight / lines.length) * (line - 4));
  };

  let isChanged = Boolean(document.querySelector('[data-editor="unsaved"]'));
  document.addEventListener("change", (event) => {
    if (!event.target.closest("[data-editor]")) return;
    isChanged = true;
    showUnits();
  });
  document.addEventListener("submit", () => { isChanged = false; });
  window.addEventListener("beforeunload", (event) => { if (isChanged) event.preventDefault(); });
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-leave]")) isChanged = false;
    const link = event.target.closest("a[data-line]");
    if (!link) return;
    event.preventDefault();
    findLine(link);
  });
})();
