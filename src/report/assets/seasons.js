"use strict";
// Charts of weekly signals. A course is a signal's weeks in an area: `from`, the place of the first week in the calendar,
// `published`, `first` publications, the forecast `fan` and earlier ones, `told`.
const seasons = ({ calendar, view, MEDIAN, AHEAD }) => {
  const { element, format } = page;
  const { TOP, line, band, frame, bar, range } = frames;
  // Ends of the 95, 80 and 50 % intervals.
  const BANDS = [[0, 6], [1, 5], [2, 4]];
  const END_80 = [1, 5];

  // A top of the axis whose quarters are short numbers, and their decimals.
  function axisOf(signal, highest) {
    if (signal.admissions) return { top: frames.niceTop(highest), digits: 0, unit: "" };
    const power = 10 ** Math.floor(Math.log10(Math.max(highest, 0.04)));
    const top = [1, 1.2, 1.6, 2, 2.4, 3.2, 4, 6, 8, 10, 12].map((n) => n * power).find((top) => top >= highest) ?? 12 * power;
    const whole = (digits) => Math.abs((top / 4) * 10 ** digits - Math.round((top / 4) * 10 ** digits)) < 1e-6;
    return { top, digits: [0, 1, 2].find(whole) ?? 3, unit: " %" };
  }
  const course = (signal, series) => {
    const weeks = new Map(series.published.map((value, i) => [series.from + i, value]).filter(([, value]) => value !== null));
    const last = Math.max(...weeks.keys());
    // The forecast begins with the last week before the reference week: its value once revised.
    const fan = (series.fan ?? []).map((q, i) => [calendar.reference - 1 + i, q]);
    return { weeks, last, fan, signal };
  };

  // Places of weeks on the axis of a season: from week 31 to week 30, with a place for week 53 if one of them has it.
  function slots(weeks) {
    const has53 = weeks.some((week) => calendar.number(week) === 53);
    const order = [...Array.from({ length: has53 ? 23 : 22 }, (_, i) => 31 + i), ...Array.from({ length: 30 }, (_, i) => 1 + i)];
    return { order, of: (week) => order.indexOf(calendar.number(week)) };
  }
  function bySeason(weeks) {
    const found = new Map();
    for (const [week, value] of weeks) {
      const season = calendar.season(week);
      if (!found.has(season)) found.set(season, []);
      found.get(season).push([week, value]);
    }
    return found;
  }
  // Weeks in a row: a line ends where weeks are missing.
  function runs(points) {
    const found = [];
    for (const point of points) {
      const before = found.at(-1)?.at(-1);
      if (before && point[0] - before[0] === 1) found.at(-1).push(point);
      else found.push([point]);
    }
    return found;
  }

  // The season's course with the forecast, on top of those of earlier seasons; `followed` names the area whose forecast it is
  // where nothing has been reported for long.
  function seasonChart(signal, series, what, size, followed = null) {
    const { weeks, last, fan } = course(signal, series), unitOf = (value) => told(signal, value);
    const current = calendar.season(calendar.reference);
    const all = bySeason(weeks), past = [...all.keys()].filter((season) => season < current).sort().slice(-3);
    const drawn = [...past, current].flatMap((season) => all.get(season) ?? []);
    const { order, of } = slots([...drawn.map(([week]) => week), ...fan.map(([week]) => week)]);
    const highest = Math.max(...drawn.map(([, value]) => value), ...fan.map(([, q]) => q[6]), 0);
    // Every fourth week, and the last of the year.
    const every = size[0] > 500 ? 4 : 8, end = Math.max(...order);
    const ticks = order.map((_, i) => i).filter((i) => order[i] === end || (order[i] % every === 0 && Math.abs(order[i] - end) > 0.7 * every));
    const peaks = past.map((season) => {
      const [week, value] = all.get(season).reduce((a, b) => (b[1] > a[1] ? b : a));
      return `${seasonName(season)} at most ${unitOf(value)}, in ${calendar.name(week)}`;
    });
    const later = fan.at(-1);
    const ahead = later ? `${followed ? `no report since, as ${followed}: ` : ""}forecast for ${calendar.name(later[0])}: ${unitOf(later[1][MEDIAN])}, 95 % interval ${interval(signal, later[1], 0, 6)}` : "no forecast";
    const label = `${what} by epidemiological week: ${unitOf(weeks.get(last))} in ${calendar.name(last)}; ${ahead}. ${peaks.join("; ")}.`;
    const axes = frame(label, size, { steps: order.length, name: (i) => `wk ${order[i]}`, ticks, ...axisOf(signal, highest) });
    const { svg, x, y, base, tell } = axes;
    past.forEach((season, i) => runs(all.get(season)).forEach((run) =>
      svg.append(line(run.map(([week, value]) => [x(of(week)), y(value)]), `season s${past.length - i}`))));
    // A forecast that reaches into the next season goes on at the left.
    const parts = bySeason(fan), mark = followed ? " follows" : "";
    for (const part of parts.values()) {
      for (const [low, high] of BANDS)
        svg.append(band(part.map(([week, q]) => [x(of(week)), y(q[high])]), part.map(([week, q]) => [x(of(week)), y(q[low])]), `fan${mark}`));
      svg.append(line(part.map(([week, q]) => [x(of(week)), y(q[MEDIAN])]), `median${mark}`));
    }
    for (const run of runs(all.get(current) ?? [])) {
      svg.append(line(run.map(([week, value]) => [x(of(week)), y(value)]), "past"));
      if (run.length === 1) svg.append(element("circle", { class: "point", cx: x(of(run[0][0])), cy: y(run[0][1]), r: 3 }));
    }
    if (fan.length) {
      const today = x(of(calendar.reference));
      svg.append(element("line", { class: "today", x1: today, x2: today, y1: TOP, y2: base }));
    }
    const values = (number) => {
      const said = drawn.filter(([week]) => calendar.number(week) === number).map(([week, value]) => `${seasonName(calendar.season(week))}: ${unitOf(value)}`);
      const next = fan.find(([week]) => calendar.number(week) === number);
      if (next) said.push(`forecast: ${unitOf(next[1][MEDIAN])}, 80 % interval ${interval(signal, next[1], 1, 5)}`);
      return said.reverse();
    };
    order.forEach((number, i) => tell(i, [`week ${number}`, ...values(number)].join("\n")));
    const key = [...past.map((season, i) => [`s${past.length - i}`, seasonName(season)]), ...(all.has(current) ? [["now", seasonName(current)]] : []), ...(fan.length ? [[mark.trim(), `${followed ? `no report, follows ${followed}` : "forecast"}, 50, 80 and 95 %`]] : [])];
    const names = key.map(([mark, text]) => element("span", {}, element("i", { class: mark }), text));
    return element("figure", {}, element("figcaption", { class: "key" }, ...names), svg);
  }

  // The last weeks as first published, as published now, and as foreseen once they are revised.
  function recentChart(signal, series, what, size) {
    const { weeks, last, fan } = course(signal, series);
    const from = Math.max(series.from, calendar.reference - 12), to = fan.at(-1)?.[0] ?? last;
    const firsts = new Map(series.first.map(([week, value]) => [week, value]));
    const within = (week) => week >= from;
    const values = [...[...weeks].filter(([week]) => within(week)).map(([, value]) => value),
      ...series.first.filter(([week]) => within(week)).map(([, value]) => value), ...fan.map(([, q]) => q[END_80[1]])];
    const revised = fan.length && last === calendar.reference - 1 ? fan[0][1] : null;
    const end = revised ? `; once revised ${told(signal, revised[MEDIAN])}, 80 % interval ${interval(signal, revised, 1, 5)}` : "";
    const label = `${what}: ${calendar.name(last)} published as ${told(signal, weeks.get(last))}${end}.`;
    const axes = frame(label, size, { steps: to - from + 1, name: (i) => calendar.day(from + i), ...axisOf(signal, Math.max(...values, 0)) });
    const { svg, x, y, wide, tell } = axes;
    for (let week = from; week <= to; week++) {
      const i = week - from, value = weeks.get(week), first = firsts.get(week), q = fan.find(([of]) => of === week)?.[1];
      if (value !== undefined) svg.append(bar(axes, i, value));
      if (first !== undefined) svg.append(element("line", { class: "first", x1: x(i) - wide * 0.4, x2: x(i) + wide * 0.4, y1: y(first), y2: y(first) }));
      if (q) range(axes, i, [q[END_80[0]], q[MEDIAN], q[END_80[1]]]);
      const said = [`week to ${calendar.day(week)}`];
      if (value !== undefined) said.push(`published: ${told(signal, value)}`);
      if (first !== undefined) said.push(`first: ${told(signal, first)}`);
      if (q) said.push(`${week === last ? "once revised" : "forecast"}: ${told(signal, q[MEDIAN])} (${interval(signal, q, 1, 5)})`);
      tell(i, said.join("\n"));
    }
    return svg;
  }

  // Earlier forecasts of a week, `view.ahead` weeks after the last that was published, with what came.
  function earlier(signal, series) {
    const { weeks } = course(signal, series);
    return series.told.map(([reference, fan]) => {
      const week = reference - 1 + view.ahead, q = fan[view.ahead];
      return { week, interval: [q[END_80[0]], q[MEDIAN], q[END_80[1]]], truth: weeks.get(week) ?? null };
    });
  }
  function toldChart(signal, series, what, size) {
    const shown = earlier(signal, series);
    const first = shown[0].week, steps = shown.at(-1).week - first + 1;
    const placed = shown.map((week) => ({ ...week, step: week.week - first }));
    const [within, over] = frames.held(placed);
    const label = `${what} as forecast for ${AHEAD[view.ahead]}: ${within} of ${over} published weeks lie within the 80 % interval.`;
    const highest = Math.max(0, ...placed.map(({ interval, truth }) => Math.max(interval[2], truth ?? 0)));
    const axes = frames.toldChart(label, placed, size, { steps, name: (i) => calendar.day(first + i), ...axisOf(signal, highest) });
    for (const { step, week, interval: [low, median, high], truth } of placed)
      axes.tell(step, `week to ${calendar.day(week)}\nforecast: ${told(signal, median)} (${ends(signal, low, high)})\ncame: ${truth === null ? "not yet published" : told(signal, truth)}`);
    return axes.svg;
  }

  function toldTable(signal, series) {
    const rows = earlier(signal, series).map(({ week, interval: [low, median, high], truth }) =>
      tables.rowOf([calendar.day(week), told(signal, median), ends(signal, low, high), truth === null ? "not yet published" : told(signal, truth)]));
    return tables.tableOf(["Week to", "Forecast", "80 %", "Came"], rows);
  }

  // Every season's weeks beside each other: what the chart of seasons shows.
  function seasonTable(signal, series) {
    const { weeks } = course(signal, series);
    const all = bySeason(weeks), names = [...all.keys()].sort().slice(-4);
    const { order, of } = slots(names.flatMap((season) => all.get(season).map(([week]) => week)));
    const at = new Map(names.flatMap((season) => all.get(season).map(([week, value]) => [`${season} ${of(week)}`, value])));
    const rows = order.map((number, i) => tables.rowOf([[number, 0], ...names.map((season) => [at.get(`${season} ${i}`) ?? null, signal.admissions ? 0 : 2])]));
    return tables.tableOf(["Week", ...names.map(seasonName)], rows);
  }
  const seasonName = (year) => `${year}/${String((year + 1) % 100).padStart(2, "0")}`;
  const told = (signal, value) => (signal.admissions ? format(value) : `${format(value, 2)} %`);
  const ends = (signal, low, high) => (signal.admissions ? `${format(low)} – ${format(high)}` : `${format(low, 2)} – ${format(high, 2)} %`);
  const interval = (signal, q, low, high) => ends(signal, q[low], q[high]);

  return { seasonChart, recentChart, toldChart, toldTable, seasonTable, told, interval, course };
};
