"use strict";
// Pages of weekly signals: the nation, states, Health Service Areas and their counties.
const countycast = (() => {
  const main = document.getElementById("main");
  const { format, element, dark } = page;
  const { RISING, AROUND } = scales;
  const { rowOf, tableOf } = tables;
  const { isCounty } = finder;
  const files = page.loader();
  const data = { borders: null, summary: null, areas: {}, counties: {}, members: {} };
  // What can be chosen beside the disease, which stands in the path, and what is at first.
  const KINDS = { measure: { first: "visits", values: ["admissions", "rise"] }, week: { first: 1, values: [-1, 0, 2, 3] }, ahead: { first: 1, values: [2, 3, 4] } };
  const view = { disease: "influenza", ...addresses.parse("", KINDS).settings };
  const MEDIAN = 3, MONTH = 4;
  // Cells of an area's outlook: the last published week and its value; that week once revised; from here on four numbers each,
  // medians of the coming weeks, probabilities of a rise and of one by a quarter.
  const [LAST, PUBLISHED, REVISED, MEDIANS, RISE, MARKED] = [0, 1, 2, 3, 7, 11];
  const AHEAD = ["the last week before, once revised", "the same week", "the week after", "two weeks after", "three weeks after"];
  const DISEASES = {
    influenza: { name: "Influenza", within: "influenza", visits: [0.5, 1, 2, 4, 6, 9], admissions: [1, 2, 4, 8, 12, 16] },
    covid: { name: "COVID-19", within: "COVID-19", visits: [0.25, 0.5, 1, 1.5, 2, 3], admissions: [0.5, 1, 2, 3, 5, 8] },
    rsv: { name: "RSV", within: "RSV", visits: [0.1, 0.2, 0.3, 0.5, 0.75, 1], admissions: [0.25, 0.5, 1, 2, 3, 4] },
    "influenza-like": { name: "Influenza-like illness", within: "influenza-like illness", visits: [1, 2, 3, 4, 6, 8], admissions: [1, 2, 4, 8, 12, 16] },
  };

  // The calendar of epidemiological weeks, to which all weeks refer by their place in it.
  const calendar = {
    get reference() { return data.summary.reference; },
    number: (week) => data.summary.weeks[week][1],
    season: (week) => data.summary.weeks[week][2],
    name: (week) => `week ${data.summary.weeks[week][1]} of ${data.summary.weeks[week][0]}`,
    day: (week, year = false) => {
      const day = new Date(`${data.summary.firstWeek}T00:00:00Z`);
      day.setUTCDate(day.getUTCDate() + 7 * week);
      return day.toLocaleDateString("en-US", { month: "short", day: "numeric", timeZone: "UTC", ...(year ? { year: "numeric" } : {}) });
    },
  };
  const charts = seasons({ calendar, view, MEDIAN, AHEAD });
  const { told, interval } = charts;

  const isState = (area) => /^[0-9]{2}$/.test(area.area);
  const below = (area) => area.area !== "US" && !isState(area);
  // Diseases that can be chosen: those of the run, but one that is counted in a single city.
  const diseases = () => Object.keys(DISEASES).filter((disease) => disease !== "influenza-like" && data.summary.signals.some((s) => s.disease === disease));
  // The address of a place, seen as this one is.
  const address = (code) => {
    const kind = code === "US" ? "nation" : isCounty(code) ? "county" : /^[0-9]{2}$/.test(code) ? "state" : "area";
    const other = view.disease === diseases()[0] ? [] : [view.disease];
    return addresses.format(code === "US" && !other.length ? [] : [kind, code, ...other], view, KINDS);
  };
  const link = (area) => ({ href: address(area.area), name: area.name });
  const signalOf = (admissions, disease = view.disease) => data.summary.signals.find((s) => s.disease === disease && s.admissions === admissions);
  const outlook = (area, signal) => (signal && area?.outlook[signal.name]) ?? null;
  // Whether the last week before the reference week is published; whether there is a forecast.
  const isCurrent = (cells) => cells !== null && cells[LAST] === calendar.reference - 1;
  const isForecast = (cells) => cells !== null && cells.length > REVISED;
  // The area whose forecast stands for that of an area of which nothing has been reported for long: the state or nation around.
  const followed = (area, signal) => data.areas[(signal && area?.follows[signal.name]) ?? null] ?? null;
  const since = (cells) => calendar.day(cells[LAST], true);
  // An area's name in a sentence.
  const spoken = (area) => (area.area === "US" ? `the ${area.name}` : area.name);
  // Whether later weeks are published that are not believed: zeros where a report is missing.
  const isDoubted = (area, signal) => area.doubted.includes(signal.name);
  const digits = (signal) => (signal.admissions ? 0 : 2);
  const unit = (signal) => (signal.admissions ? "" : " %");

  // Words for a probability of a rise, as likelihoods are commonly put: likely from two thirds, very likely from nine tenths.
  function direction(probability) {
    const [up, likely] = [probability > 50, Math.max(probability, 100 - probability)];
    if (likely < 66) return ["→", "About as likely to rise as to fall", "even"];
    return [up ? "↗" : "↘", `${likely >= 90 ? "Very likely" : "Likely"} ${up ? "rising" : "falling"}`, up ? "up" : "down"];
  }
  const percent = (probability) => (probability >= 99 ? "at least 99\u00a0%" : probability <= 1 ? "at most 1\u00a0%" : `${format(probability)}\u00a0%`);
  function directionOf(cells, horizon) {
    const [arrow, words, name] = direction(cells[RISE + horizon]);
    const up = cells[RISE + horizon], told = name === "down" ? 100 - up : up;
    const text = name === "even" ? `${words}: ${percent(up)} that` : `${words}: ${percent(told)} that`;
    return [arrow, `${text} the week to ${calendar.day(calendar.reference + horizon)} is ${name === "down" ? "below" : "above"} the last`, name];
  }

  // One signal of an area: its last week, the coming four, and where it is heading.
  function tile(area, signal, fan) {
    const cells = outlook(area, signal), { name } = DISEASES[signal.disease];
    const head = element("h2", {}, `${name}: ${signal.admissions ? "hospital admissions" : "emergency visits"}`);
    const box = element("div", { class: "tile", "data-signal": signal.name }, head);
    if (!cells) {
      box.append(element("p", { class: "note" }, isDoubted(area, signal) ? "What is published, 0, is taken for a missing report." : "Nothing is published."));
      return box;
    }
    const what = signal.admissions ? "new admissions" : "of all visits";
    // What was last published is no news where that is long ago.
    const old = cells[LAST] < calendar.reference - MONTH, around = followed(area, signal);
    box.append(element("p", { class: "value" }, old ? told(signal, cells[PUBLISHED]) : element("b", {}, told(signal, cells[PUBLISHED])), ` ${what}, week to ${calendar.day(cells[LAST], !isCurrent(cells))}${isCurrent(cells) ? "" : `, the last that is ${isDoubted(area, signal) ? "believed" : "published"}`}`));
    const nothing = isDoubted(area, signal) ? "What has been published since, 0, is taken for a missing report" : "Nothing has been published since";
    if (!isForecast(cells)) {
      box.append(element("p", { class: "note" }, old ? `${nothing}, and so there is no forecast.` : "No forecast: too few weeks are published."));
      return box;
    }
    if (around) box.append(element("p", { class: "warning" }, `${nothing}: the forecast follows that of `, element("a", { href: address(around.area) }, spoken(around)), ", and nothing is said of rising or falling."));
    const revised = fan?.[0], range = (q) => ` (${interval(signal, q, 1, 5)})`;
    box.append(element("p", { class: "value" }, `${isCurrent(cells) ? "once revised" : `week to ${calendar.day(calendar.reference - 1)}, not published`}: ${told(signal, cells[REVISED])}${revised ? range(revised) : ""}`));
    if (!around) {
      const [arrow, words, way] = directionOf(cells, 1);
      box.append(element("p", { class: `way ${way}` }, element("i", { "aria-hidden": "true" }, arrow), words));
    }
    const rows = [0, 1, 2, 3].map((h) => rowOf([`to ${calendar.day(calendar.reference + h)}`, told(signal, cells[MEDIANS + h]), fan ? range(fan[h + 1]).trim() : null]));
    box.append(element("table", {}, element("caption", {}, `${around ? `Forecast after that of ${spoken(around)}` : "Forecast"}, median and 80 % interval`), element("tbody", {}, ...rows)));
    return box;
  }
  const tiles = (area, details) => element("div", { class: "tiles" }, ...data.summary.signals
    .filter((signal) => signal.disease !== "influenza-like" || outlook(area, signal))
    .filter((signal) => !signal.admissions || !below(area))
    .map((signal) => tile(area, signal, details?.[signal.name]?.fan)));

  // What the map shows: a value of an area by the choices on the page; null where it is unknown.
  function measured() {
    const admissions = view.measure === "admissions", signal = signalOf(admissions);
    const disease = DISEASES[view.disease], h = view.week;
    const when = h < 0 ? `in the week to ${calendar.day(calendar.reference - 1)}` : `in the week to ${calendar.day(calendar.reference + h)}, forecast`;
    const cells = (area) => outlook(area, signal);
    if (view.measure === "rise") {
      const week = Math.max(0, h);
      return { signal, colours: AROUND, limits: [10, 25, 50, 75, 90], unit: " %", none: "no forecast", digits: 0, horizon: week,
        long: `the probability that the week to ${calendar.day(calendar.reference + week)} is above the last week`,
        value: (area) => (isForecast(cells(area)) && !followed(area, signal) ? cells(area)[RISE + week] : null) };
    }
    const raw = (area) => (h < 0 ? (isCurrent(cells(area)) ? cells(area)[PUBLISHED] : null) : isForecast(cells(area)) ? cells(area)[MEDIANS + h] : null);
    const rate = (area) => (raw(area) === null || !area.population ? null : (raw(area) / area.population) * 1e5);
    return { signal, colours: RISING, limits: disease[view.measure], horizon: h, digits: admissions ? 1 : 2, none: h < 0 ? "not published" : "no forecast",
      unit: admissions ? "" : " %", value: admissions ? rate : raw,
      long: admissions ? `new admissions with ${disease.within} per 100,000 people, ${when}` : `share of emergency visits with ${disease.within}, ${when}` };
  }
  // States that share nothing below the state of a signal, and so have one value.
  function wholeStates(signal) {
    const sharing = new Set(Object.values(data.areas).filter((area) => area.area.startsWith("H") && outlook(area, signal)).map((area) => area.state));
    return new Set(Object.values(data.areas).filter((area) => isState(area) && outlook(area, signal) && (signal.admissions || !sharing.has(area.area))).map((area) => area.area));
  }
  function map(state, here) {
    const measure = measured(), whole = wholeStates(measure.signal), areaWise = !measure.signal?.admissions;
    const said = (value) => (value === null ? measure.none : `${format(value, measure.digits)}${measure.unit}`);
    let dotted = false;
    const spot = (area, text, href) => {
      const value = area ? measure.value(area) : null, around = value === null ? null : followed(area, measure.signal);
      dotted ||= around !== null && (!state || area.state === state);
      const why = around ? `, as ${spoken(around)}: no report since ${since(outlook(area, measure.signal))}` : "";
      return { fill: value === null ? null : scales.colour(measure, value, dark.matches), dotted: around !== null, said: `${text}: ${said(value)}${why}`, href };
    };
    const county = (fips) => {
      const known = data.counties[fips], area = data.areas[fips.slice(0, 2)];
      if (whole.has(fips.slice(0, 2))) return spot(area, areaWise ? `${known?.name ?? fips}, the value of ${area.name}, which shares nothing below the state` : area.name, areaWise && known ? address(fips) : address(area.area));
      if (!known) return area ? { fill: null, said: `${fips}, ${area.name}: ${measure.none}`, href: address(area.area) } : null;
      const own = data.areas[known.area];
      return spot(own, own ? `${known.name}, as in its Health Service Area ${own.name}` : `${known.name}, whose Health Service Area shares nothing`, address(fips));
    };
    const ofState = (fips) => {
      const area = data.areas[fips];
      return area ? { ...spot(area, area.name, address(fips)), hatched: areaWise && whole.has(fips) } : null;
    };
    const label = `Map of counties coloured by ${measure.long}. The tables below have the same numbers.`;
    const hatched = areaWise && [...whole].some((code) => !state || code === state) ? "value of the state, which shares nothing below it" : null;
    const drawn = maps.map(data.borders, { state, here, label, county, whole: ofState, width: Math.max(320, main.clientWidth - 32) });
    return [drawn.svg, maps.legend(measure, hatched, dotted ? "no report for more than four weeks: follows the state or nation" : null)];
  }
  function mapNote() {
    const measure = measured();
    if (measure.signal?.admissions) return "Hospital admissions are published by state.";
    if (!data.summary.counties.length) return "The run's data had no crosswalk of counties and Health Service Areas, without which these are not on the map.";
    const whole = wholeStates(measure.signal), short = (areas) => areas.map((area) => area.abbreviation ?? area.name).sort().join(", ");
    const states = Object.values(data.areas).filter(isState), hatched = short(states.filter((area) => whole.has(area.area)));
    const silent = short(states.filter((area) => area.abbreviation && !outlook(area, measure.signal)));
    return `A county's value is that of its Health Service Area: one county or several whose residents go to the same hospitals.${hatched ? ` Hatched: ${hatched} share nothing below the state; their counties have the state's value.` : ""}${silent ? ` Nothing is published of ${silent}.` : ""}`;
  }

  // After a choice the address is that of the new view, without another step of the history.
  function changed() {
    const [, code = "US"] = addresses.parse(location.hash, KINDS).parts;
    history.replaceState(null, "", address(code));
    show(false);
  }
  const choices = page.chooser(view, changed);
  function diseaseChoice() {
    const box = element("div", { class: "choices", role: "group", "aria-label": "Disease" }, element("span", {}, "Disease"));
    for (const disease of diseases())
      box.append(element("button", { type: "button", "data-choice": `disease-${disease}`, "aria-pressed": view.disease === disease, onclick: () => choose(disease) }, DISEASES[disease].name));
    return box;
  }
  function choose(disease) {
    view.disease = disease;
    changed();
  }
  // Admissions are published by state: a map of one state has nothing of them to show.
  const measureChoice = (nation) => choices("Show", [["visits", "Emergency visits"], ["admissions", "Hospital admissions"], ["rise", "Chance of a rise"]]
    .filter(([key]) => signalOf(key === "admissions") && (nation || key !== "admissions")), "measure");
  const weekChoice = () => choices("Week to", [[-1, `${calendar.day(calendar.reference - 1)}, published`], ...[0, 1, 2, 3].map((h) => [h, calendar.day(calendar.reference + h)])]
    .filter(([h]) => h >= 0 || view.measure !== "rise"), "week");
  const aheadChoice = () => choices("Weeks ahead", [[1, "0"], [2, "1"], [3, "2"], [4, "3"]], "ahead");

  // Areas that are most likely to rise by a quarter; small values, where a quarter is nothing, are left out.
  function risingTable(areas, most) {
    const signal = signalOf(false);
    if (!signal) return [];
    const h = Math.max(0, view.week), least = DISEASES[view.disease].visits[0];
    const found = areas.map((area) => [area, outlook(area, signal)])
      .filter(([area, cells]) => isForecast(cells) && !followed(area, signal) && cells[MARKED + h] >= 50 && cells[MEDIANS + h] >= least)
      .sort(([, a], [, b]) => b[MARKED + h] - a[MARKED + h] || b[MEDIANS + h] / b[REVISED] - a[MEDIANS + h] / a[REVISED]).slice(0, most);
    const end = calendar.day(calendar.reference + h);
    const nodes = [element("h2", {}, "Most likely to rise by a quarter or more"), element("p", { class: "note" },
      `Emergency visits with ${DISEASES[view.disease].within}: probability that their share in the week to ${end} is a quarter or more above that of the last week, at a median of ${least} % or more.`)];
    if (!found.length) return nodes.concat(element("p", {}, "No area is more likely than not to rise by a quarter."));
    const rows = found.map(([area, cells]) => rowOf([link(area), data.areas[area.state]?.name ?? null, [cells[MARKED + h], 0, " %"], [cells[RISE + h], 0, " %"],
      [isCurrent(cells) ? cells[PUBLISHED] : null, 2, " %"], [cells[REVISED], 2, " %"], [cells[MEDIANS + h], 2, " %"]]));
    return nodes.concat(tableOf(["Area", "State", "Up by a quarter", "Up at all", "Last week", "Once revised", `To ${end}`], rows));
  }
  // A row an area: the last week, the coming four, the chance of a rise, and admissions where they are published.
  function areaTable(areas, here) {
    const [visits, admissions] = [signalOf(false), signalOf(true)], h = Math.max(0, view.week);
    const withAdmissions = admissions && areas.some((area) => outlook(area, admissions));
    const days = [0, 1, 2, 3].map((week) => calendar.day(calendar.reference + week));
    const head = ["Area", `Visits, week to ${calendar.day(calendar.reference - 1)}`, "Once revised", ...days.map((day) => `To ${day}`), `Rise to ${days[h]}`,
      ...(withAdmissions ? ["Admissions", "Once revised", `To ${days[h]}`, `Rise to ${days[h]}`] : [])];
    const rows = areas.map((area) => {
      const [cells, beds] = [outlook(area, visits), outlook(area, admissions)];
      const own = (of, at) => (isForecast(of) ? of[at] : null), last = (of) => (isCurrent(of) ? of[PUBLISHED] : null);
      const rise = (of, signal) => [followed(area, signal) ? null : own(of, RISE + h), 0, " %"];
      const around = [visits, admissions].map((signal) => [signal, followed(area, signal)]).find(([, around]) => around);
      const note = around ? `no report since ${since(outlook(area, around[0]))}, follows ${spoken(around[1])}` : null;
      return rowOf([{ ...link(area), note }, [last(cells), 2, " %"], [own(cells, REVISED), 2, " %"], ...[0, 1, 2, 3].map((week) => [own(cells, MEDIANS + week), 2, " %"]), rise(cells, visits),
        ...(withAdmissions ? [[last(beds), 0], [own(beds, REVISED), 0], [own(beds, MEDIANS + h), 0], rise(beds, admissions)] : [])], area === here);
    });
    return tableOf(head, rows);
  }
  const byShare = (areas) => areas.slice().sort((a, b) => (outlook(b, signalOf(false))?.[PUBLISHED] ?? -1) - (outlook(a, signalOf(false))?.[PUBLISHED] ?? -1));

  function forecastTable(signal, series) {
    const { weeks, last, fan } = charts.course(signal, series), firsts = new Map(series.first.map(([week, ...rest]) => [week, rest]));
    const both = (q, low, high) => (q ? interval(signal, q, low, high) : null);
    const from = last < calendar.reference - MONTH ? calendar.reference - 1 : Math.max(series.from, calendar.reference - 4), rows = [];
    for (let week = from; week <= Math.max(last, fan.at(-1)?.[0] ?? last); week++) {
      const q = fan.find(([of]) => of === week)?.[1], first = firsts.get(week);
      rows.push(rowOf([`${calendar.day(week)} (week ${calendar.number(week)})`, [weeks.get(week) ?? null, digits(signal), unit(signal)], [q ? q[MEDIAN] : null, digits(signal), unit(signal)],
        both(q, 1, 5), both(q, 2, 4), both(q, 0, 6), first ? `${told(signal, first[0])} (${first[1]})` : null]));
    }
    return tableOf(["Week to", "Published", "Median", "80 %", "50 %", "95 %", "First published (on)"], rows);
  }
  // The weeks of a signal in an area, open or behind a summary, with a file of them.
  const saved = (signal, what, area, table) => [tables.download(`${area.area} ${signal.name} ${what} ${data.summary.referenceDate}`, table), table];
  const behind = (name, nodes) => element("details", {}, element("summary", {}, name), ...nodes);
  // The last weeks and the coming ones, and what earlier forecasts said of them.
  function recentOf(signal, series, what, width, area) {
    const half = series.told.length && width > 720 ? (width - 16) / 2 : width;
    const pair = element("div", { class: "pair" }, element("div", {}, element("h3", {}, "Recent weeks as published and as foreseen"), element("p", { class: "note" },
      "Bars: as published now. Lines across: as first published. Blue: the last week once revised, and the forecast, with the 80 % interval."), charts.recentChart(signal, series, what, [half, 240])));
    if (series.told.length) pair.append(element("div", {}, element("h3", {}, "Earlier forecasts against what came"), aheadChoice(), charts.toldChart(signal, series, what, [half, 240]), behind("As a table", saved(signal, "earlier forecasts", area, charts.toldTable(signal, series)))));
    return [pair, ...saved(signal, "forecast", area, forecastTable(signal, series))];
  }
  // The chosen disease's signals in an area.
  function chartsOf(area, details) {
    const width = Math.max(320, main.clientWidth - 32), height = width > 500 ? 320 : 240;
    const nodes = [];
    const wanted = [signalOf(false), signalOf(true), signalOf(false, "influenza-like")].filter((signal) => signal && (signal.disease === view.disease || view.disease === "influenza"));
    for (const signal of wanted) {
      const series = details?.[signal.name], { name, within } = DISEASES[signal.disease];
      const what = signal.admissions ? `Hospital admissions with ${within} in ${area.name}` : `Emergency visits with ${within} in ${area.name}, share of all visits`;
      if (!series) {
        if (!signal.admissions && signal.disease === view.disease) nodes.push(element("h2", {}, `Emergency visits: ${name}`), element("p", { class: "note" }, `Nothing is published for ${area.name}.`));
        continue;
      }
      const where = area.area === "US" ? ", United States" : "";
      nodes.push(element("h2", {}, (signal.admissions ? `Hospital admissions: ${name}` : `Emergency visits: ${name}, share of all visits`) + where), charts.seasonChart(signal, series, what, [width, height], followed(area, signal) && spoken(followed(area, signal))));
      if (outlook(area, signal)[LAST] >= calendar.reference - MONTH) nodes.push(...recentOf(signal, series, what, width, area));
      else if (series.fan) nodes.push(...saved(signal, "forecast", area, forecastTable(signal, series)));
      nodes.push(behind("All weeks of the last seasons as a table", saved(signal, "seasons", area, charts.seasonTable(signal, series))));
    }
    return nodes;
  }
  function notices() {
    const { notices } = data.summary;
    if (!notices.length) return [];
    return [element("details", { class: "warning" }, element("summary", {}, `${notices.length} notices about the data and the run`), element("ul", {}, ...notices.map((text) => element("li", {}, text))))];
  }
  const published = () => `As published up to ${data.summary.asOf}. The last week before the forecast is ${calendar.name(calendar.reference - 1)}, to ${calendar.day(calendar.reference - 1, true)}.`;

  function nationPage(nation, details) {
    const nodes = [element("h1", {}, "Flu, COVID-19 and RSV in the United States"), element("p", { class: "note" }, published()), ...notices()];
    if (nation) nodes.push(tiles(nation, details));
    nodes.push(element("h2", {}, "By county"), diseaseChoice(), measureChoice(true), weekChoice(), element("p", { class: "note" }, `Colour: ${measured().long}. ${mapNote()}`), ...map(null, []));
    nodes.push(...risingTable(Object.values(data.areas).filter((area) => area.area !== "US"), 20));
    nodes.push(element("h2", {}, `States: ${DISEASES[view.disease].name}`), element("p", { class: "note" }, "Medians. Rise: the probability that the week is above the last one, as that will be once revised. Click a column heading to sort."),
      areaTable(byShare(Object.values(data.areas).filter(isState))));
    if (nation) nodes.push(...chartsOf(nation, details));
    return nodes;
  }
  const people = (area) => (area.population ? `${format(area.population)} people. ` : "");
  function membersOf(area) {
    const members = data.members[area.area] ?? [];
    if (!members.length) return [];
    const names = members.flatMap((fips, i) => [i ? ", " : "", element("a", { href: address(fips) }, data.counties[fips].name)]);
    const one = members.length === 1;
    return [element("p", { class: "note" }, `Health Service Area ${area.area.slice(1)}, ${one ? "one county" : `${members.length} counties`}: `, ...names, ". What is published is the whole area's: a county's value is its area's.")];
  }
  // The page of an area, or of a county, whose values are those of its area or, where that shares nothing, of its state.
  function areaPage(area, details, fips) {
    const state = isState(area) ? area : data.areas[area.state], county = data.counties[fips];
    const nodes = [];
    if (state && (state !== area || county)) nodes.push(element("a", { href: address(state.area) }, `← ${state.name}`));
    nodes.push(element("h1", {}, county ? county.name : area.name), element("p", { class: "note" }, (county ? "" : people(area)) + published()));
    if (county && area === state) {
      const whole = wholeStates(signalOf(false)).has(state.area);
      nodes.push(element("p", { class: "warning" }, whole ? `${state.name} shares nothing below the state: what stands here is the state's.` : `Nothing is published for this county's Health Service Area: what stands here is the state's, ${state.name}.`));
    } else if (county) nodes.push(element("p", { class: "warning" }, "What stands here is the value of the county's Health Service Area, ", element("a", { href: address(area.area) }, area.name), "."));
    if (below(area)) nodes.push(...membersOf(area));
    if (isState(area) && !county && wholeStates(signalOf(false)).has(area.area)) nodes.push(element("p", { class: "note" }, `${area.name} shares nothing below the state.`));
    nodes.push(tiles(area, details), diseaseChoice(), ...chartsOf(area, details));
    if (!state) return nodes;
    if (view.measure === "admissions") view.measure = "visits";
    const siblings = byShare(Object.values(data.areas).filter((other) => below(other) && other.state === state.area));
    const here = county ? [fips] : data.members[area.area] ?? [];
    nodes.push(element("h2", {}, isState(area) && !county ? "By county" : `In ${state.name}`), measureChoice(false), weekChoice(), element("p", { class: "note" }, `Colour: ${measured().long}. A county's value is that of its Health Service Area.`), ...map(state.area, here));
    const regions = siblings.some((other) => !/^H[0-9]/.test(other.area));
    if (siblings.length) nodes.push(element("h2", {}, `Health Service Areas${regions ? " and regions of a hub" : ""}`), areaTable(siblings, area));
    return nodes;
  }

  // The area whose values stand for a code: a county's own area if anything is published for it, otherwise its state.
  function areaOf(code) {
    if (!isCounty(code)) return data.areas[code];
    const own = data.areas[data.counties[code]?.area];
    return own ?? data.areas[code.slice(0, 2)];
  }
  function show(fromTop = true) {
    if (!data.summary || !data.borders) return;
    const { parts: [, code = "US", disease], settings } = addresses.parse(location.hash, KINDS);
    Object.assign(view, settings, { disease: diseases().includes(disease) ? disease : diseases()[0] });
    if (!signalOf(view.measure === "admissions")) view.measure = view.measure === "admissions" ? "visits" : "admissions";
    const area = areaOf(code), known = area && (!isCounty(code) || code in data.counties);
    const draw = (nodes) => page.replace(main, nodes, fromTop);
    const title = data.counties[code]?.name ?? area?.name;
    document.title = known && code !== "US" ? `${title} – countycast` : "Flu, COVID-19 and RSV – countycast";
    if (code === "US") return area ? files.wanted(["US"], () => draw(nationPage(area, files.groups.US?.US))) : draw(nationPage(null, null));
    if (!known) return draw([element("h1", {}, "Unknown area"), element("p", {}, "Nothing is published for this code. "), element("a", { href: "#/" }, "Back to the map")]);
    const group = area.state ?? "US";
    files.wanted([group], () => {
      const details = files.groups[group]?.[area.area];
      draw(details ? areaPage(area, details, isCounty(code) ? code : null) : [element("h1", {}, area.name), element("p", {}, "The data file of this area is missing.")]);
    });
  }
  addEventListener("hashchange", () => show());
  dark.addEventListener("change", () => show(false));

  return {
    borders(packed) { data.borders = borders.unpack(packed); show(); },
    summary(summary) {
      data.summary = summary;
      for (const area of summary.areas) data.areas[area.area] = area;
      for (const [fips, name, area] of summary.counties) {
        data.counties[fips] = { name, area };
        (data.members[area] ??= []).push(fips);
      }
      const counties = summary.counties.map(([code, name, , size]) => ({ code, name, population: size }));
      const areas = summary.areas.map(({ area, name, population, abbreviation }) => ({ code: area, name, population, state: abbreviation }));
      finder.search([...areas, ...counties], (place) => address(place.code));
      document.getElementById("footer").textContent = `countycast ${summary.version} · forecasts of ${summary.referenceDate} by ${summary.engines.join(", ")} · borders: us-atlas, US Census Bureau`;
      show();
    },
    places(code, places) { files.arrived(code, places); },
  };
})();
