"use strict";
// Axes, bars and fans, of which the charts consist. Each chart has a text alternative that describes it.
const frames = (() => {
  const { element, format } = page;
  const RIGHT = 8, TOP = 10, FOOT = 24;
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  const trace = (points) => points.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join("L");
  const line = (points, name) => element("path", { class: name, d: `M${trace(points)}` });
  const band = (upper, lower, name = "fan") => element("path", { class: name, d: `M${trace([...upper, ...lower.slice().reverse()])}Z` });
  function niceTop(value) {
    const power = 10 ** Math.floor(Math.log10(Math.max(value, 4)));
    const tops = [1, 1.2, 1.6, 2, 2.4, 3, 4, 5, 6, 8, 10].map((n) => Math.round(n * power * 10) / 10);
    return tops.find((top) => top >= value && top % 4 === 0) || 20 * power;
  }

  // Axes of `steps` steps, which `name` names, and of values up to `top`; x() is the middle of a step. `ticks` are the steps
  // that are named below the axis, otherwise a few at equal distances.
  function frame(label, [width, height], { steps, name, top, digits = 0, unit = "", ticks = spread(steps, width) }) {
    const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, class: "chart" });
    const labels = [0, 1, 2, 3, 4].map((i) => format((top * i) / 4, digits) + unit);
    // As wide as the longest number.
    const left = Math.max(36, 12 + 7 * Math.max(...labels.map((text) => text.length)));
    const base = height - FOOT, wide = (width - left - RIGHT) / steps;
    const x = (i) => left + (i + 0.5) * wide;
    const y = (v) => base - (Math.min(v, top) / top) * (base - TOP);
    for (let i = 0; i <= 4; i++) {
      const at = y((top * i) / 4);
      svg.append(element("line", { x1: left, x2: width - RIGHT, y1: at, y2: at, class: "grid" }));
      svg.append(element("text", { x: left - 6, y: at + 4, "text-anchor": "end" }, labels[i]));
    }
    for (const step of ticks) svg.append(element("text", { x: x(step), y: height - 6, "text-anchor": "middle" }, name(step)));
    // What a step holds, for the pointer.
    const tell = (i, text) => {
      const rect = element("rect", { class: "step", x: x(i) - wide / 2, width: wide, y: TOP, height: base - TOP });
      rect.append(element("title", {}, text));
      svg.append(rect);
    };
    return { svg, x, y, base, wide, left, tell };
  }
  function spread(steps, width) {
    const count = Math.min(steps, width > 500 ? 6 : 3);
    return Array.from({ length: count }, (_, i) => Math.round(((i + 0.5) / count) * (steps - 1)));
  }
  function bar({ x, y, base, wide }, i, v, name = "bar") {
    const width = Math.min(wide * 0.8, 56);
    return element("rect", { class: name, x: x(i) - width / 2, width, y: y(v), height: base - y(v) });
  }
  // An interval and its median at one step.
  function range({ svg, x, y, wide }, i, [low, median, high]) {
    const reach = Math.min(14, wide * 0.3);
    svg.append(element("rect", { class: "fan", x: x(i) - reach / 2, width: reach, y: y(high), height: Math.max(1, y(low) - y(high)) }),
      element("line", { class: "median", x1: x(i) - reach, x2: x(i) + reach, y1: y(median), y2: y(median) }));
  }
  // How many of these forecasts of past weeks, each an interval and what came, if that is known, held what came.
  function held(weeks) {
    const over = weeks.filter((week) => week.truth !== null);
    return [over.filter((week) => week.interval[0] <= week.truth && week.truth <= week.interval[2]).length, over.length];
  }
  // Earlier forecasts of single weeks beside what came; `weeks` have a `step`.
  function toldChart(label, weeks, size, axes) {
    const drawn = frame(label, size, axes);
    for (const { step, interval, truth } of weeks) {
      if (truth !== null) drawn.svg.append(bar(drawn, step, truth));
      range(drawn, step, interval);
    }
    return drawn;
  }
  return { RIGHT, TOP, FOOT, sum, trace, line, band, niceTop, frame, bar, range, held, toldChart };
})();
