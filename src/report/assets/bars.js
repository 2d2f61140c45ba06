"use strict";
// Charts of rows: care by specialty, and policies. Each comes with the numbers behind it: `[drawing, { head, rows, digits }]`.
const rowCharts = ({ date, view }) => {
  const { element, format } = page;
  const { RIGHT, FOOT } = frames;
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
    return [svg, { head: ["Specialty", "Patients per provider, nation = 1", "Providers per 100,000"], rows: () => rows.map(([name, providers, index]) => [name, index, providers]), digits: 2 }];
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
    const rows = () => policies.flatMap(([name, levels]) => levels.map(([day, level]) => [POLICIES[name]?.[0] ?? name, day, POLICIES[name]?.[1][level] ?? null, level]));
    return [element("div", {}, svg, element("p", { class: "note" }, `${said.join(" · ")}.`)), { head: ["Policy", "From", "What", "Level"], rows, digits: 0 }];
  }

  return { careChart, policyChart };
};
