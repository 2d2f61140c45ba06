"use strict";
// Charts of daily counts.
const charts = ({ date, view, ENDS, MEDIAN }) => {
  const { element, format } = page;
  const { RIGHT, TOP, FOOT, sum, line, band, niceTop, frame, bar } = frames;
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
    return svg;
  }

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
    return svg;
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
    return frames.toldChart(label, weeks, size, { steps: Math.round((first - last) / 7) + 1, name: days(-first, 7), top }).svg;
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
    return element("figure", {}, element("figcaption", { class: "key" }, "Seven-day new cases per 100,000 people: ", ...names), svg);
  }

  // One bar per specialty from the national level, 1, to the index; the worst first.
  function careChart(specialties, width) {
    const worst = (index) => index ?? Infinity;
    const rows = specialties.slice().sort((a, b) => worst(b[2]) - worst(a[2]));
    const left = 150, right = 64, row = 20, height = rows.length * row + FOOT;
    const top = Math.min(4, Math.max(1.5, ...rows.map(([, , index]) => index ?? 1)));
    const x = (index) => left + (Math.min(index, top) / top) * (width - left - right);
    const shown = (index) => (index === null ? "no provider" : format(index, 2));
    const said = rows.map(([name, , index]) => `${name} ${shown(index)}`).join(", ");
    const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `Patients per provider relative to the nation: ${said}.`, class: "chart" });
    rows.forEach(([name, providers, index], i) => {
      const end = x(index ?? top), y = i * row;
      const rect = element("rect", { class: worst(index) > 1 ? "more" : "less", x: Math.min(end, x(1)), width: Math.abs(end - x(1)), y: y + 3, height: row - 6 });
      rect.append(element("title", {}, `${name}: ${format(providers, 1)} providers per 100,000 people`));
      svg.append(element("text", { x: left - 8, y: y + 14, "text-anchor": "end" }, name), rect,
        element("text", { x: Math.max(end, x(1)) + 6, y: y + 14 }, shown(index)));
    });
    svg.append(element("line", { class: "today", x1: x(1), x2: x(1), y1: 0, y2: height - FOOT }));
    svg.append(element("text", { x: x(1), y: height - 6, "text-anchor": "middle" }, "nation: 1"));
    return svg;
  }

  const POLICIES = {
    schools: ["Schools", ["open", "closing recommended", "some levels closed", "all levels closed"]],
    workplaces: ["Workplaces", ["open", "closing recommended", "some closed", "all but essential ones closed"]],
    gatherings: ["Gatherings", ["unrestricted", "above 1,000 people restricted", "above 100 people restricted", "above 10 people restricted", "10 people or fewer restricted"]],
    stayAtHome: ["Stay at home", ["no order", "recommended", "required, with exceptions", "required, few exceptions"]],
    masks: ["Masks", ["no policy", "recommended", "required in some places", "required in all shared places", "required everywhere outside"]],
  };
  const dayOf = (text) => Date.parse(`${text}T00:00:00Z`) / 86400000;

  // One row per policy: each level from the day it began.
  function policyChart(policies, [width, height], asOf) {
    const left = 104, today = dayOf(asOf);
    const first = Math.max(today - view.days, Math.min(...policies.flatMap(([, levels]) => levels.map(([day]) => dayOf(day)))));
    const row = (height - FOOT) / policies.length;
    const x = (day) => left + ((day - first) / Math.max(1, today - first)) * (width - left - RIGHT);
    const said = policies.map(([name, levels]) => {
      const [title, words] = POLICIES[name] ?? [name, []];
      const [day, level] = levels.at(-1);
      return `${title}: ${words[level] ?? level} since ${day}`;
    });
    const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": `${said.join("; ")}.`, class: "chart" });
    policies.forEach(([name, levels], i) => {
      const [title, words] = POLICIES[name] ?? [name, []];
      svg.append(element("text", { x: left - 6, y: (i + 0.5) * row + 4, "text-anchor": "end" }, title));
      levels.forEach(([day, level], j) => {
        const [from, to] = [Math.max(first, dayOf(day)), j + 1 < levels.length ? dayOf(levels[j + 1][0]) : today];
        if (to <= first) return;
        const block = element("rect", { class: "policy", x: x(from), width: Math.max(0, x(to) - x(from)), y: i * row + 2, height: row - 4, opacity: 0.12 + (0.88 * level) / Math.max(1, words.length - 1) });
        block.append(element("title", {}, `${title}: ${words[level] ?? level} from ${day}`));
        svg.append(block);
      });
    });
    for (let i = 0; i < 4; i++) {
      const day = first + ((i + 0.5) / 4) * (today - first);
      svg.append(element("text", { x: x(day), y: height - 6, "text-anchor": "middle" }, date(Math.round(day - today))));
    }
    return [svg, element("p", { class: "note" }, `${said.join(" · ")}.`)];
  }

  return { weekly, fanChart, riskChart, toldChart, policyChart, compareChart, careChart };
};
