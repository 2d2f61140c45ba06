"use strict";
// Draws the pages from the data files. Every name reaches the page as text, never as markup.
const countycast = (() => {
  const main = document.getElementById("main");
  const data = { places: {}, borders: null, summary: null, byFips: {}, waiting: {} };
  const view = { measure: "cases", interval: 80, days: 120 };
  const ENDS = { 50: [2, 4], 80: [1, 5], 95: [0, 6] };
  const MEDIAN = 3;

  // Viridis and a blue–orange scale: both are read alike with and without colour vision.
  const RISING = ["#fde725", "#90d743", "#35b779", "#21918c", "#31688e", "#443983", "#440154"];
  const AROUND = ["#2166ac", "#67a9cf", "#d1e5f0", "#fee0b6", "#f1a340", "#b35806"];
  const MEASURES = {
    cases: { label: "Cases", long: "new cases per 100,000 people in the last 7 days", colours: RISING,
      limits: [10, 25, 50, 100, 200, 400], digits: 0, value: (p) => per100k(p.lastWeek, p) },
    growth: { label: "Growth", long: "cases of the last 7 days over those of the 7 days before", colours: AROUND,
      limits: [0.5, 0.8, 1, 1.25, 2], digits: 2,
      value: (p) => (p.weekBefore >= 5 && !p.reportedIn ? p.lastWeek / p.weekBefore : null) },
    rt: { label: "Reproduction number", long: "people infected by one case, R_t", colours: AROUND,
      limits: [0.8, 0.9, 1, 1.1, 1.3], digits: 2, value: (p) => (p.rt ? p.rt[0] : null) },
  };

  function per100k(count, place) {
    return count === null || !place.population || place.reportedIn ? null : (count / place.population) * 1e5;
  }
  function format(value, digits = 0) {
    if (value === null || value === undefined) return "–";
    return value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits });
  }
  function element(tag, attributes = {}, ...children) {
    const svg = ["svg", "path", "rect", "line", "g", "text", "title"].includes(tag);
    const node = svg ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else node.setAttribute(key, value);
    }
    node.append(...children);
    return node;
  }
  const isCounty = (place) => place.fips.length === 5;
    const address = (place) => (place.fips === "US" ? "#/" : isCounty(place) ? `#/county/${place.fips}` : `#/state/${place.fips}`);
  const colour = (measure, value) => measure.colours[measure.limits.filter((limit) => value >= limit).length];

  // TopoJSON: arcs are chains of differences, shared by the areas on both sides.
  function arcPoints(topology, index) {
    const { scale, translate } = topology.transform;
    let x = 0, y = 0;
    const points = topology.arcs[index < 0 ? ~index : index].map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [(x * scale[0] + translate[0]).toFixed(1), (y * scale[1] + translate[1]).toFixed(1)];
    });
    return index < 0 ? points.reverse() : points;
  }
  function outline(topology, geometry) {
    const polygons = geometry.type === "Polygon" ? [geometry.arcs] : geometry.arcs || [];
    return polygons.flat().map((ring) => `M${ring.flatMap((arc) => arcPoints(topology, arc)).join("L")}Z`).join("");
  }

  function map(state) {
    const measure = MEASURES[view.measure];
    const within = (geometry) => !state || String(geometry.id).startsWith(state);
    const { counties, states } = data.borders.objects;
    const text = `Map of counties coloured by ${measure.long}. The table below has the same numbers.`;
    const svg = element("svg", { viewBox: "0 0 975 610", role: "img", "aria-label": text, class: "map" });
    for (const geometry of counties.geometries.filter(within)) {
      const place = data.byFips[geometry.id];
      const value = place ? measure.value(place) : null;
      const path = element("path", { d: outline(data.borders, geometry), class: "county", "data-fips": geometry.id });
      if (value === null) path.classList.add("none");
      else path.setAttribute("fill", colour(measure, value));
      if (place) {
        path.append(element("title", {}, `${place.name}: ${format(value, measure.digits)}`));
        path.addEventListener("click", () => { location.hash = address(place); });
      }
      svg.append(path);
    }
    for (const geometry of states.geometries.filter(within))
      svg.append(element("path", { d: outline(data.borders, geometry), class: "borders" }));
    if (state) requestAnimationFrame(() => {
      const box = svg.getBBox();
      if (box.width) svg.setAttribute("viewBox", `${box.x - 4} ${box.y - 4} ${box.width + 8} ${box.height + 8}`);
      svg.style.maxHeight = "60vh";
    });
    return svg;
  }
  function legend() {
    const { limits, colours, digits } = MEASURES[view.measure];
    const box = element("div", { class: "legend" });
    const item = (fill, text) => {
      const square = element("rect", { width: 14, height: 14, ...(fill ? { fill } : { class: "none" }) });
      const svg = element("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, square);
      box.append(element("span", {}, svg, text));
    };
    colours.forEach((fill, index) => {
      const from = limits[index - 1], to = limits[index];
      const text = from === undefined ? `below ${to}` : to === undefined ? `${from} and more` : `${from} – ${to}`;
      item(fill, text);
    });
    item(null, digits === 0 ? "no data, or counted elsewhere" : "too few cases or no data");
    return box;
  }
  function choices(label, options, key) {
    const box = element("div", { class: "choices", role: "group", "aria-label": label }, element("span", {}, label));
    for (const [value, text] of options)
      box.append(element("button", { type: "button", "data-choice": `${key}-${value}`, "aria-pressed": view[key] === value,
        onclick: () => { view[key] = value; show(false); } }, text));
    return box;
  }
  const measureChoice = () => choices("Show", Object.entries(MEASURES).map(([key, m]) => [key, m.label]), "measure");
  const intervalChoice = () => choices("Interval", [[50, "50 %"], [80, "80 %"], [95, "95 %"]], "interval");
  const historyChoice = () => choices("History", [[60, "60 days"], [120, "120 days"], [10000, "all"]], "days");

  function date(offset) {
    const day = new Date(`${data.summary.asOf}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + offset);
    return day.toLocaleDateString("en-US", { month: "short", day: "numeric", timeZone: "UTC" });
  }
  function niceTop(value) {
    const power = 10 ** Math.floor(Math.log10(Math.max(value, 4)));
    return [1, 2, 4, 5, 10].map((n) => n * power).find((top) => top >= value && top % 4 === 0) || 20 * power;
  }

  // A chart of past counts and the fan of the future; `stride` is days per step.
  function fanChart(past, fan, what, stride, [width, height]) {
    const [low, high] = ENDS[view.interval];
    const mean = stride === 1 ? past.map((_, i) => sum(past.slice(Math.max(0, i - 6), i + 1)) / Math.min(7, i + 1)) : past;
    const first = Math.max(0, past.length - Math.ceil(view.days / stride));
    const shown = past.slice(first), line = mean.slice(first), steps = shown.length + fan.length;
    const top = niceTop(Math.max(1, ...shown, ...fan.map((q) => q[high])));
    const left = 48, base = height - 24;
    const x = (i) => left + ((i + 0.5) / steps) * (width - left - 8);
    const y = (v) => base - (Math.min(v, top) / top) * (base - 10);
    const trace = (points) => points.map(([px, py]) => `${px.toFixed(1)},${py.toFixed(1)}`).join("L");
    const last = fan.at(-1);
    const end = last ? `; in ${fan.length * stride} days ${format(last[MEDIAN])}, ${view.interval} % interval ${format(last[low])} to ${format(last[high])}` : "";
    const label = `${what}: ${format(line.at(-1), 0)} on ${date(0)}${end}.`;
    const svg = element("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": label, class: "chart" });
    for (let i = 0; i <= 4; i++) {
      const at = y((top * i) / 4);
      svg.append(element("line", { x1: left, x2: width - 8, y1: at, y2: at, class: "grid" }));
      svg.append(element("text", { x: left - 6, y: at + 4, "text-anchor": "end" }, format((top * i) / 4)));
    }
    const wide = (width - left - 8) / steps;
    shown.forEach((v, i) => svg.append(element("rect", { class: "bar", x: x(i) - wide * 0.4, width: wide * 0.8, y: y(v), height: base - y(v) })));
    const ticks = width > 500 ? 6 : 3;
    for (let i = 0; i < ticks; i++) {
      const step = Math.round(((i + 0.5) / ticks) * (steps - 1));
      svg.append(element("text", { x: x(step), y: height - 6, "text-anchor": "middle" }, date((step - shown.length + 1) * stride)));
    }
    if (fan.length) {
      const at = fan.map((_, i) => x(shown.length + i));
      const band = [...fan.map((q, i) => [at[i], y(q[high])]), ...fan.map((q, i) => [at[i], y(q[low])]).reverse()];
      svg.append(element("path", { class: "fan", d: `M${trace(band)}Z` }));
      svg.append(element("path", { class: "median", d: `M${trace(fan.map((q, i) => [at[i], y(q[MEDIAN])]))}` }));
      const today = (x(shown.length - 1) + x(shown.length)) / 2;
      svg.append(element("line", { class: "today", x1: today, x2: today, y1: 10, y2: base }));
    }
    svg.append(element("path", { class: "past", d: `M${trace(line.map((v, i) => [x(i), y(v)]))}` }));
    return svg;
  }
  const sum = (values) => values.reduce((a, b) => a + b, 0);
  function weekly(days) {
    const weeks = [];
    for (let end = days.length; end >= 7; end -= 7) weeks.unshift(sum(days.slice(end - 7, end)));
    return weeks;
  }

  function table(places, here) {
    const head = element("tr", {}, ...["Place", "Cases, 7 days", "per 100,000", "Growth", "R_t"].map((t) => element("th", { scope: "col" }, t)));
    const rows = places.map((place) => {
      const cell = (text) => element("td", {}, text);
      return element("tr", place === here ? { class: "here" } : {},
        element("td", {}, element("a", { href: address(place) }, place.name)), cell(format(place.lastWeek)),
        cell(format(MEASURES.cases.value(place))), cell(format(MEASURES.growth.value(place), 2)), cell(format(MEASURES.rt.value(place), 2)));
    });
    return element("div", { class: "scroll" }, element("table", {}, element("thead", {}, head), element("tbody", {}, ...rows)));
  }
  const byCases = (places) => places.slice().sort((a, b) => (MEASURES.cases.value(b) ?? -1) - (MEASURES.cases.value(a) ?? -1));

  function facts(place, details) {
    const box = element("div", { class: "facts" });
    const fact = (value, text) => box.append(element("div", {}, element("b", {}, value), element("span", {}, text)));
    const [low, high] = ENDS[view.interval];
    const week = details.forecast?.weeks.blend?.[0];
    fact(format(place.lastWeek), "new cases in the last 7 days");
    if (week) fact(`${format(week[low])} – ${format(week[high])}`, `projected for the next 7 days (${view.interval} %)`);
    fact(format(MEASURES.cases.value(place)), "cases per 100,000 in 7 days");
    if (place.rt) fact(format(place.rt[0], 2), `R_t (90 %: ${format(place.rt[1], 2)} – ${format(place.rt[2], 2)})`);
    return box;
  }
  function chartsOf(place, details) {
    const nodes = [facts(place, details), intervalChoice(), historyChoice()];
    const days = details.forecast?.days ?? {};
    // Drawn at the width of the screen, so that the text keeps its size on a phone.
    const width = Math.max(320, main.clientWidth - 32), height = width > 500 ? 320 : 240;
    const bars = "Bars: daily counts after repair. Dark line: 7-day mean. Blue: the blend's median and interval.";
    nodes.push(element("h2", {}, "New cases a day"), element("p", { class: "note" }, bars));
    nodes.push(fanChart(details.cases, days["inc case"] ?? [], "New cases a day", 1, [width, height]));
    nodes.push(element("h2", {}, "New deaths a day"));
    nodes.push(fanChart(details.deaths, days["inc death"] ?? [], "New deaths a day", 1, [width, 240]));
    const engines = Object.entries(details.forecast?.weeks ?? {});
    if (engines.length) {
      nodes.push(element("h2", {}, "New cases a week, by model"));
      const weeks = weekly(details.cases);
      nodes.push(element("div", { class: "engines" }, ...engines.map(([model, fan]) => element("div", {},
        element("h3", {}, model), fanChart(weeks, fan, `New cases a week, ${model}`, 7, [340, 200])))));
    }
    return nodes;
  }
  function remarks(place) {
    const notes = [];
    if (data.summary.synthetic) notes.push(element("p", { class: "warning" }, "Synthetic data: these are no real counts."));
    if (place?.reportedIn) notes.push(element("p", { class: "warning" }, `Cases of this county are reported in ${place.reportedIn}.`));
    if (place?.phase === "fallback") notes.push(element("p", { class: "note" }, "Too few cases for a projection of its own: its state's projection, scaled to this county."));
    return notes;
  }

  function pageOf(place, details) {
    const state = isCounty(place) ? place.fips.slice(0, 2) : place.fips;
    const siblings = byCases(data.summary.places.filter((p) => isCounty(p) && p.fips.startsWith(state)));
    const nodes = [];
    if (isCounty(place) && data.byFips[state]) nodes.push(element("a", { href: `#/state/${state}` }, `← ${data.byFips[state].name}`));
    const people = place.population ? `${format(place.population)} people · ` : "";
    nodes.push(element("h1", {}, place.name), element("p", { class: "note" }, `${people}data to ${date(0)}, ${data.summary.asOf.slice(0, 4)}`), ...remarks(place));
    nodes.push(...chartsOf(place, details));
    const rank = siblings.indexOf(place) + 1;
    nodes.push(element("h2", {}, isCounty(place) ? "Among the state's counties" : "Counties"));
    if (isCounty(place)) nodes.push(element("p", { class: "note" }, `Number ${rank} of ${siblings.length} by cases per 100,000.`));
    nodes.push(measureChoice(), map(state), legend(), table(siblings, place));
    return nodes;
  }
  function nationPage(nation, details) {
    const nodes = [element("h1", {}, "County projections of COVID-19"),
      element("p", { class: "note" }, `Data to ${date(0)}, ${data.summary.asOf.slice(0, 4)}. Colour: ${MEASURES[view.measure].long}.`), ...remarks()];
    nodes.push(measureChoice(), map(null), legend());
    if (nation && details) nodes.push(element("h2", {}, nation.name), ...chartsOf(nation, details));
    nodes.push(element("h2", {}, "States"), table(byCases(data.summary.places.filter((p) => p.fips.length === 2 && p.fips !== "US"))));
    return nodes;
  }

  function withPlaces(code, then) {
    if (code in data.places) return then();
    (data.waiting[code] ??= []).push(then);
    if (data.waiting[code].length > 1) return;
    const missing = () => { data.places[code] = {}; data.waiting[code].forEach((f) => f()); };
    document.body.append(element("script", { src: `data/${code}.js`, onerror: missing }));
  }
  function show(fromTop = true) {
    if (!data.summary || !data.borders) return;
    const [, kind, fips] = location.hash.split("/");
    const place = data.byFips[kind ? fips : "US"];
    const draw = (nodes) => { main.replaceChildren(...nodes); if (fromTop) scrollTo(0, 0); };
    document.title = place && kind ? `${place.name} – countycast` : "County projections – countycast";
    if (!kind) {
      const draws = () => draw(nationPage(place, data.places.US?.US));
      return place ? withPlaces("US", draws) : draws();
    }
    if (!place) return draw([element("h1", {}, "No such place"), element("p", {}, "This run has no place with that code. "), element("a", { href: "#/" }, "Back to the map")]);
    withPlaces(fips.slice(0, 2), () => {
      const details = data.places[fips.slice(0, 2)]?.[fips];
      draw(details ? pageOf(place, details) : [element("h1", {}, place.name), element("p", {}, "The data file of this place is missing.")]);
    });
  }

  const search = document.getElementById("search");
  search.addEventListener("change", () => {
    const wanted = search.value.trim().toLowerCase();
    if (!wanted) return;
    const starts = (p) => p.name.toLowerCase().startsWith(wanted);
    const found = data.summary.places.find((p) => p.name.toLowerCase() === wanted) ?? data.summary.places.find(starts);
    search.setCustomValidity(found ? "" : "No place of this name");
    if (found) { location.hash = address(found); search.value = ""; } else search.reportValidity();
  });
  search.addEventListener("input", () => search.setCustomValidity(""));
  addEventListener("hashchange", () => show());

  return {
    borders(topology) { data.borders = topology; show(); },
    summary(summary) {
      data.summary = summary;
      for (const place of summary.places) data.byFips[place.fips] = place;
      document.getElementById("names").append(...summary.places.map((p) => element("option", { value: p.name })));
      document.getElementById("footer").textContent = `countycast ${summary.version} · projections of ${summary.horizonDays} days from ${summary.asOf} · borders: us-atlas, US Census Bureau`;
      show();
    },
    places(code, places) {
      data.places[code] = places;
      (data.waiting[code] ?? []).forEach((then) => then());
    },
  };
})();
