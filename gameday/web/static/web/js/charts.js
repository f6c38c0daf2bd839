// Each probe as a chart with its limits, its gaps and the fault's window; all share time and crosshair.
// What a canvas shows stands in words and in a table beside it.
"use strict";

(() => {
  const source = document.getElementById("charts");
  if (!source || !window.uPlot || !window.gameday.now) return;
  const data = JSON.parse(source.textContent);
  const { now, tPlus, span } = window.gameday;
  const MOST = 1200; // points a chart
  const SHOWN = 600000; // milliseconds of a live run
  const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600];
  const ROWS = 20;

  // Colours as the page has them now, resolved for the canvas.
  const sample = document.body.appendChild(document.createElement("span"));
  sample.hidden = true;
  let inks = {};
  const ink = (name) => (inks[name] ??= ((sample.style.color = `var(--${name})`), getComputedStyle(sample).color));

  const figure = (value) => {
    if (value === 0) return "0";
    if (Math.abs(value) >= 100) return Math.round(value).toLocaleString("en-GB");
    const decimals = Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 4;
    const text = value.toFixed(decimals).replace(/\.?0+$/, "");
    return text === "0" || text === "-0" ? value.toPrecision(1) : text;
  };
  const withUnit = (value, unit) => `${figure(value)} ${unit}`.trim();
  const COMPARE = {
    "<": (a, b) => a < b, "<=": (a, b) => a <= b, ">": (a, b) => a > b,
    ">=": (a, b) => a >= b, "==": (a, b) => a === b, "!=": (a, b) => a !== b,
  };
  const isGood = (limit, value) => COMPARE[limit.op](value, limit.bound) === (limit.kind === "expected");
  const margin = (limit, value, unit) => {
    const name = limit.kind === "stop" ? "the stop" : "the limit";
    const ordered = "<>".includes(limit.op[0]);
    if (ordered && value !== limit.bound) {
      return `${withUnit(Math.abs(value - limit.bound), unit)} ${value > limit.bound ? "above" : "below"} ${name}`;
    }
    if (isGood(limit, value)) return limit.kind === "stop" ? "not at the stop" : ordered ? "at the limit" : "as expected";
    return ordered ? `at ${name}` : `${figure(value)} is${value === limit.bound ? "" : " not"} ${figure(limit.bound)}`;
  };

  const marks = { zero: data.fault?.[0] ?? data.from, from: data.fault?.[0], to: data.fault?.[1], stop: data.stop };
  const window_ = () => {
    const end = data.live ? now() + 1000 : data.until + 2000;
    return [Math.max(data.from, data.live ? end - SHOWN : data.from) / 1000, end / 1000];
  };
  const clock = (seconds) => tPlus(seconds * 1000, marks.zero);

  class Chart {
    constructor(element, probe) {
      this.element = element;
      this.probe = probe;
      this.readings = probe.readings;
      this.plot = element.querySelector("[data-plot]");
      this.u = new window.uPlot(this.options(), this.columns(), this.plot);
      new ResizeObserver(() => this.u.setSize(this.size())).observe(this.plot);
      element.querySelector("details").addEventListener("toggle", () => this.rows());
    }

    size() { return { width: Math.max(120, this.plot.clientWidth), height: 160 }; }

    columns() {
      // A stretch without any reading is a gap like one of unknown readings: nobody saw.
      const spacing = this.readings.length > 2 ? (this.readings.at(-1)[0] - this.readings[0][0]) / this.readings.length : 0;
      const longest = 3 * Math.max(this.probe.interval, spacing) + 2000;
      const [xs, ys] = [[], []];
      this.gaps = [];
      let last = null;
      for (const [at, value] of this.readings) {
        if (last !== null && at - last > longest) {
          this.gaps.push([last / 1000, at / 1000]);
          xs.push((last + at) / 2000);
          ys.push(null);
        }
        if (value === null) this.gaps.push([(last ?? at - this.probe.interval) / 1000, at / 1000]);
        xs.push(at / 1000);
        ys.push(value);
        last = at;
      }
      return [xs, ys];
    }

    yRange(low, high) {
      const values = low === null || low === undefined ? [] : [low, high];
      for (const limit of this.probe.limits) if (limit.kind === "expected") values.push(limit.bound);
      const most = Math.max(...values, 0);
      for (const limit of this.probe.limits) {
        if (limit.kind === "stop" && Math.abs(limit.bound) <= 4 * most) values.push(limit.bound);
      }
      const [bottom, top] = [Math.min(0, ...values), Math.max(...values, 0)];
      return [bottom, top === bottom ? bottom + 1 : top + (top - bottom) * 0.14];
    }

    options() {
      const quiet = () => ink("quiet");
      const grid = { stroke: () => ink("line"), width: 1 };
      return {
        ...this.size(),
        legend: { show: false },
        padding: [18, 30, 0, 0], // above the plot stands what happened, beside it the newest of it
        cursor: { sync: { key: "room" }, y: false, drag: { x: false, y: false } },
        scales: { x: { time: false, range: window_ }, y: { range: (u, low, high) => this.yRange(low, high) } },
        axes: [
          { stroke: quiet, grid, ticks: grid, size: 28, font: "11px Inter, sans-serif", splits: ticks, values: (u, at) => at.map(clock) },
          { stroke: quiet, grid, ticks: grid, size: (u, labels) => 18 + 7 * Math.max(3, ...(labels ?? []).map((text) => text.length)), font: "11px Inter, sans-serif", space: 34, values: (u, at) => at.map(figure) },
        ],
        series: [{}, { stroke: () => ink("accent"), width: 2, points: { show: (u) => u.data[0].length < 3 } }],
        hooks: {
          drawClear: [(u) => this.behind(u)],
          draw: [(u) => this.limits(u)],
          setCursor: [(u) => this.pointed(u)],
        },
      };
    }

    behind(u) {
      const { left, top, width, height } = u.bbox;
      const band = (from, to, wash) => {
        const [start, end] = [from, to].map((at) => Math.min(left + width, Math.max(left, u.valToPos(at, "x", true))));
        u.ctx.fillStyle = wash;
        u.ctx.fillRect(start, top, Math.max(end - start, 1), height);
        return start;
      };
      u.ctx.save();
      if (marks.from) {
        const start = band(marks.from / 1000, (marks.to ?? now()) / 1000, ink("armed-wash"));
        // To the left of where it began, so that a stop soon after it can be told from it.
        const isFar = start - left > 30 * devicePixelRatio;
        this.above(u, "fault", start, isFar ? "right" : "left", "armed");
      }
      for (const [from, to] of this.gaps) band(from, to, ink("blind-wash"));
      u.ctx.restore();
    }

    above(u, text, x, side, name) {
      const pixel = devicePixelRatio;
      u.ctx.font = `${11 * pixel}px Inter, sans-serif`;
      u.ctx.textBaseline = "bottom";
      u.ctx.textAlign = side;
      u.ctx.fillStyle = ink(name);
      u.ctx.fillText(text, x + (side === "left" ? 0 : 4 * pixel), u.bbox.top - 2 * pixel);
    }

    limits(u) {
      const { left, top, width, height } = u.bbox;
      const ctx = u.ctx;
      const pixel = devicePixelRatio;
      ctx.save();
      ctx.font = `${11 * pixel}px Inter, sans-serif`;
      ctx.textAlign = "left"; // where the fault has not been yet
      let above = -Infinity; // where the label before this one stands
      for (const limit of [...this.probe.limits].sort((one, other) => other.bound - one.bound)) {
        const isStop = limit.kind === "stop";
        const isOff = limit.bound > u.scales.y.max || limit.bound < u.scales.y.min;
        ctx.strokeStyle = ctx.fillStyle = ink(isStop ? "bad" : "quiet");
        ctx.lineWidth = pixel;
        const y = isOff ? top : Math.round(u.valToPos(limit.bound, "y", true));
        if (!isOff) {
          ctx.setLineDash(isStop ? [] : [5 * pixel, 4 * pixel]);
          ctx.beginPath();
          ctx.moveTo(left, y);
          ctx.lineTo(left + width, y);
          ctx.stroke();
        }
        const text = isOff ? `${limit.label} ${limit.bound > u.scales.y.max ? "\u2191" : "\u2193"}` : limit.label;
        // On the side of the line where no reading should be: above a ceiling, below a floor.
        const isFloor = isStop === ["<", "<="].includes(limit.op);
        const foot = Math.max(isFloor && !isOff ? y + 14 * pixel : y - 2 * pixel, above + 13 * pixel);
        above = foot;
        ctx.textBaseline = "bottom";
        ctx.lineWidth = 3 * pixel;
        ctx.setLineDash([]);
        ctx.strokeStyle = ink("ground");
        ctx.strokeText(text, left + 4 * pixel, foot);
        ctx.fillText(text, left + 4 * pixel, foot);
      }
      if (marks.stop) {
        const x = u.valToPos(marks.stop / 1000, "x", true);
        if (x >= left && x <= left + width) {
          ctx.strokeStyle = ctx.fillStyle = ink("bad");
          ctx.lineWidth = pixel;
          ctx.beginPath();
          ctx.moveTo(x, top);
          ctx.lineTo(x, top + height);
          ctx.stroke();
          this.above(u, "stop", x, "left", "bad");
        }
      }
      ctx.restore();
    }

    pointed(u) {
      const index = u.cursor.idx;
      const at = u.cursor.left >= 0 && index !== null && index !== undefined ? u.data[0][index] : null;
      if (at === null || at === undefined) return this.words();
      const value = u.data[1][index];
      const text = value === null ? "unknown" : withUnit(value, this.probe.unit);
      this.say("[data-value]", text);
      this.say("[data-age]", `at ${clock(at)}`);
    }

    add(readings) {
      const newest = this.readings.at(-1)?.[0] ?? 0;
      const fresh = readings.filter(([at]) => at > newest);
      if (!fresh.length) return;
      this.readings.push(...fresh);
      if (this.readings.length > MOST) this.readings = this.readings.filter((_, index) => index > MOST / 2 || index % 2);
      this.words();
      this.rows();
    }

    say(selector, text) {
      const place = this.element.querySelector(selector);
      if (place && place.textContent !== text) place.textContent = text;
    }

    words() {
      const last = this.readings.at(-1);
      if (!last) return;
      const [at, value, why] = last;
      this.say("[data-value]", value === null ? "Unknown" : withUnit(value, this.probe.unit));
      this.say("[data-age]", `measured ${span(Math.max(0, now() - at) / 1000)} ago`);
      this.say("[data-unknown]", why ? ` Unknown: ${why}` : "");
      let harm = false;
      this.probe.limits.forEach((limit, index) => {
        const line = this.element.querySelector(`[data-limit="${index}"]`);
        const good = value === null ? null : isGood(limit, value);
        line.querySelector("[data-margin]").textContent = value === null ? "" : margin(limit, value, this.probe.unit);
        line.classList.toggle("limit-good", good === true);
        line.classList.toggle("limit-off", good === false && limit.kind !== "stop");
        line.classList.toggle("limit-harm", good === false && limit.kind === "stop");
        harm ||= good === false && limit.kind === "stop";
      });
      const isOld = data.live && now() - at > 3 * this.probe.interval + 3000;
      this.element.classList.toggle("chart-breach", harm);
      this.element.classList.toggle("chart-unknown", value === null || isOld);
    }

    rows() {
      const body = this.element.querySelector("[data-rows]");
      if (!this.element.querySelector("details").open) return;
      body.replaceChildren(...this.readings.slice(-ROWS).reverse().map(([at, value, why]) => {
        const row = document.createElement("tr");
        const time = new Date(at).toISOString().slice(11, 19);
        for (const [text, name] of [[time, ""], [value === null ? "unknown" : figure(value), "number"], [why, ""]]) {
          const cell = row.insertCell();
          cell.textContent = text;
          cell.className = name;
        }
        return row;
      }));
    }

    draw() { this.u.setData(this.columns()); }
  }

  function ticks(u, axis, low, high) {
    const most = Math.max(2, Math.floor(u.bbox.width / devicePixelRatio / 64));
    const step = STEPS.find((one) => (high - low) / one <= most) ?? 7200;
    const zero = marks.zero / 1000;
    const found = [];
    for (let at = zero + Math.ceil((low - zero) / step) * step; at <= high; at += step) found.push(at);
    return found;
  }

  const charts = new Map();
  for (const probe of data.probes) {
    const element = document.getElementById(`chart-${probe.name}`);
    if (element) charts.set(probe.name, new Chart(element, probe));
  }
  if (!charts.size) return;
  const drawAll = () => { if (!document.hidden) for (const chart of charts.values()) chart.draw(); };
  for (const chart of charts.values()) chart.words();

  document.addEventListener("gameday:samples", (event) => {
    const { run, probe, readings } = event.detail;
    if (run === data.run) charts.get(probe)?.add(readings);
  });
  document.addEventListener("gameday:regions", () => {
    const known = document.querySelector("[data-region=status] .status")?.dataset;
    if (!known || known.run !== data.run) return;
    const at = (text) => (text ? Date.parse(text) : null);
    Object.assign(marks, { from: at(known.faultFrom), to: at(known.faultTo), stop: at(known.stop) });
    marks.zero = marks.from ?? data.from;
    if (known.until && data.live) [data.live, data.until] = [false, at(known.until)];
    drawAll();
  });
  setInterval(() => {
    for (const chart of charts.values()) if (!(chart.u.cursor.left >= 0)) chart.words();
    if (data.live) drawAll();
  }, 1000);
  document.addEventListener("visibilitychange", drawAll);
  const recolour = () => { inks = {}; for (const chart of charts.values()) chart.u.redraw(false); };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", recolour);
  document.fonts?.ready.then(() => { for (const chart of charts.values()) chart.u.redraw(false); });
})();
