"use strict";
// Charts of counts by day and week. Each comes with the numbers behind it: `[drawing, { head, rows, digits }]`.
const charts = ({ date, iso, view, ENDS, MEDIAN }) => {
  const { element, format } = page;
  const { RIGHT, TOP, sum, line, band, niceTop, frame, bar } = frames;
  const QUANTILES = ["2.5 %", "10 %", "25 %", "Median", "75 %", "90 %", "97.5 %"];
  function weekly(days) {
    const weeks = [];
    for (let end = days.length; end >= 7; end -= 7) weeks.unshift(sum(days.slice(end - 7, end)));
    return weeks;
  }
  // Steps of days from `first`, an offset from the last day.
  const days = (first, stride) => (i) => date(first + i * stride);

  // Past counts and the fan of the future; `stride` is days per step, `beds` a level for comparison, `reach` a value
  // that the axis must include, `repaired` the first and last day of each run of repaired days.
  function fanChart(past, fan, what, stride, size, beds = null, reach = 1, repaired = []) {
    const [low, high] = ENDS[view.interval];
    const mean = stride === 1 ? past.map((_, i) => sum(past.slice(Math.max(0, i - 6), i + 1)) / Math.min(7, i + 1)) : past;
    const from = Math.max(0, past.length - Math.ceil(view.days / stride));
    const shown = past.slice(from), course = mean.slice(from);
    const last = fan.at(-1);
    const now = course.length ? `${format(course.at(-1))} on ${date(0)}; ` : "";
    const end = last ? `in ${fan.length * stride} days ${format(last[MEDIAN])}, ${view.interval} % interval ${format(last[low])} to ${format(last[high])}` : "no projection";
    const level = beds === null ? "" : `; ${format(beds)} free beds`;
    const highest = Math.max(1, reach, ...shown, ...fan.map((q) => q[high]));
    // Beds far above all patients would flatten the curve.
    const top = niceTop(beds !== null && beds < 2.5 * highest ? Math.max(highest, beds) : highest);
    const axes = frame(`${what}: ${now}${end}${level}.`, size,
      { steps: shown.length + fan.length, name: days((1 - shown.length) * stride, stride), top });
    const { svg, x, y, base, left } = axes;
    const tell = (i, text) => axes.tell(i, `${date((1 - shown.length + i) * stride)}: ${text}`);
    const isRepaired = (day) => repaired.some(([first, last]) => first <= day && day <= last);
    shown.forEach((v, i) => svg.append(bar(axes, i, v, isRepaired(from + i) ? "bar repaired" : "bar")));
    if (fan.length) {
      const at = fan.map((_, i) => x(shown.length + i));
      svg.append(band(fan.map((q, i) => [at[i], y(q[high])]), fan.map((q, i) => [at[i], y(q[low])])), line(fan.map((q, i) => [at[i], y(q[MEDIAN])]), "median"));
      const today = (x(shown.length - 1) + x(shown.length)) / 2;
      if (shown.length) svg.append(element("line", { class: "today", x1: today, x2: today, y1: TOP, y2: base }));
    }
    if (course.length) svg.append(line(course.map((v, i) => [x(i), y(v)]), "past"));
    if (beds !== null && beds <= top)
      svg.append(element("line", { class: "beds", x1: left, x2: size[0] - RIGHT, y1: y(beds), y2: y(beds) }));
    if (beds !== null && beds > top)
      svg.append(element("text", { x: left + 8, y: TOP + 12 }, `${format(beds)} free beds, above the chart`));
    shown.forEach((v, i) => tell(i, `${format(v)}${isRepaired(from + i) ? ", repaired" : ""}`));
    fan.forEach((q, i) => tell(shown.length + i, `${format(q[MEDIAN])}, ${view.interval} % interval ${format(q[low])} – ${format(q[high])}`));
    const rows = () => [...shown.map((v, i) => [iso((1 - shown.length + i) * stride), v, isRepaired(from + i) ? "repaired" : "", ...QUANTILES.map(() => null)]),
      ...fan.map((q, i) => [iso((i + 1) * stride), null, "projected", ...q])];
    return [svg, { head: [stride === 1 ? "Day" : "Week to", "Count", "Kind", ...QUANTILES], rows, digits: 1 }];
  }
  // The numbers of the fans of several models.
  const modelsTable = (engines) => ({ head: ["Model", "Week to", ...QUANTILES], digits: 1,
    rows: () => engines.flatMap(([model, fan]) => fan.map((q, i) => [model, iso(7 * (i + 1)), ...q])) });

  // R_t of past weeks, each [median, 5 %, 95 %] or null; the last is of the as-of day.
  function riskChart(estimates, size) {
    const shown = estimates.slice(-Math.ceil(view.days / 7));
    const known = shown.filter((estimate) => estimate);
    const last = shown.at(-1);
    const label = last ? `R_t on ${date(0)}: ${format(last[0], 2)}, 90 % interval ${format(last[1], 2)} to ${format(last[2], 2)}.` : "R_t: too few recent cases.";
    // 2 or 4: whole and half numbers at the gridlines.
    const top = Math.max(0, ...known.map((estimate) => estimate[2])) > 2 ? 4 : 2;
    const week = days(7 * (1 - shown.length), 7);
    const { svg, x, y, left, tell } = frame(label, size, { steps: shown.length, name: week, top, digits: 1 });
    svg.append(element("line", { class: "today", x1: left, x2: size[0] - RIGHT, y1: y(1), y2: y(1) }));
    // Weeks without an estimate interrupt the line.
    let run = [];
    const draw = () => {
      if (run.length) {
        svg.append(band(run.map(([i, e]) => [x(i), y(e[2])]), run.map(([i, e]) => [x(i), y(e[1])])), line(run.map(([i, e]) => [x(i), y(e[0])]), "median"));
      }
      run = [];
    };
    shown.forEach((estimate, i) => (estimate ? run.push([i, estimate]) : draw()));
    draw();
    shown.forEach((estimate, i) => tell(i, `${week(i)}: ` + (estimate ? `${format(estimate[0], 2)}, 90 % interval ${format(estimate[1], 2)} – ${format(estimate[2], 2)}` : "too few cases")));
    const rows = () => shown.map((estimate, i) => [iso(7 * (1 - shown.length + i)), ...(estimate ?? [null, null, null])]);
    return [svg, { head: ["Day", "R_t", "5 %", "95 %"], rows, digits: 2 }];
  }

  // Earlier projections of a week, `view.ahead` weeks before its end, with the observed counts.
  function toldChart(told, size) {
    const [low, high] = ENDS[view.interval];
    const projected = told.map((run) => ({ end: run.daysAgo - 7 * view.ahead, q: run.weeks[view.ahead - 1], truth: run.truth[view.ahead - 1] ?? null }))
      .filter((week) => week.q);
    const first = Math.max(...projected.map((week) => week.end)), last = Math.min(...projected.map((week) => week.end));
    const weeks = projected.map(({ end, q, truth }) => ({ step: (first - end) / 7, interval: [q[low], q[MEDIAN], q[high]], truth }));
    const [within, over] = frames.held(weeks);
    const label = `Weekly cases as projected ${view.ahead} weeks ahead: ${within} of ${over} complete weeks lie within the ${view.interval} % interval.`;
    const top = niceTop(Math.max(1, ...weeks.map((week) => Math.max(week.interval[2], week.truth ?? 0))));
    const rows = () => projected.map(({ end, q, truth }) => [iso(-end), iso(-end - 7 * view.ahead), truth, ...q]);
    return [frames.toldChart(label, weeks, size, { steps: Math.round((first - last) / 7) + 1, name: days(-first, 7), top }).svg,
      { head: ["Week to", "Projected on", "Count", ...QUANTILES], rows, digits: 1 }];
  }

  // Cases of the last seven days per 100,000 people, one line per place; the first is highlighted.
  function compareChart(places, size) {
    const rate = ([place, details]) => {
      const from = Math.max(6, details.cases.length - view.days);
      return details.cases.slice(from).map((_, i) => (sum(details.cases.slice(from + i - 6, from + i + 1)) / place.population) * 1e5);
    };
    const rates = places.map(rate), steps = Math.max(...rates.map((values) => values.length));
    const said = places.map(([place], i) => `${place.name} ${format(rates[i].at(-1))}`).join(", ");
    const label = `Seven-day new cases per 100,000 people on ${date(0)}: ${said}.`;
    const { svg, x, y } = frame(label, size, { steps, name: days(1 - steps, 1), top: niceTop(Math.max(1, ...rates.flat())) });
    rates.map((values, i) => line(values.map((v, at) => [x(steps - values.length + at), y(v)]), i ? "whole" : "median")).reverse().forEach((path) => svg.append(path));
    const names = places.map(([place], i) => element("span", {}, element("i", { class: i ? "whole" : "median" }), place.name));
    const rows = () => rates[0].map((_, i) => [iso(1 - rates[0].length + i), ...rates.map((values) => values.at(i - rates[0].length) ?? null)]);
    return [element("div", {}, element("p", { class: "key" }, "Seven-day new cases per 100,000 people: ", ...names), svg),
      { head: ["Day", ...places.map(([place]) => place.name)], rows, digits: 1 }];
  }

  return { weekly, fanChart, modelsTable, riskChart, toldChart, compareChart };
};
