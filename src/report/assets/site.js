"use strict";
// Draws the pages from the data files. Every name reaches the page as text, never as markup.
const countycast = (() => {
  const main = document.getElementById("main");
  const data = { places: {}, policies: {}, borders: null, summary: null, byFips: {}, waiting: {} };
  const view = { measure: "cases", interval: 80, days: 120, ahead: 1 };
  const ENDS = { 50: [2, 4], 80: [1, 5], 95: [0, 6] };
  const MEDIAN = 3;

  // Viridis and a blue–orange scale: both are read alike with and without colour vision.
  const RISING = ["#fde725", "#90d743", "#35b779", "#21918c", "#31688e", "#443983", "#440154"];
  const AROUND = ["#2166ac", "#67a9cf", "#d1e5f0", "#fee0b6", "#f1a340", "#b35806"];
  const MEASURES = {
    cases: { label: "Cases", long: "new cases per 100,000 people in the last 7 days", colours: RISING,
      limits: [10, 25, 50, 100, 200, 400], digits: 0, none: "no data, or counted elsewhere", value: (p) => per100k(p.lastWeek, p) },
    growth: { label: "Growth", long: "cases of the last 7 days over those of the 7 days before", colours: AROUND,
      limits: [0.5, 0.8, 1, 1.25, 2], digits: 2, none: "too few cases or no data",
      value: (p) => (p.weekBefore >= 5 && !p.reportedIn ? p.lastWeek / p.weekBefore : null) },
    rt: { label: "Reproduction number", long: "people infected by one case, R_t", colours: AROUND,
      limits: [0.8, 0.9, 1, 1.1, 1.3], digits: 2, none: "too few cases or no data", value: (p) => (p.rt ? p.rt[0] : null) },
    gap: { label: "Hospital gap", colours: RISING, limits: [0.1, 5, 10, 25, 50, 100], digits: 0, none: "beds unknown, or none",
      long: "intensive-care beds lacking at the peak, % of those staffed in the hospitals that serve the place (nine in ten courses lack no more)",
      value: (p) => (p.icuGap ? (100 * p.icuGap[0]) / p.icuGap[1] : null) },
  };

  function per100k(count, place) {
    return count === null || !place.population || place.reportedIn ? null : (count / place.population) * 1e5;
  }
  function format(value, digits = 0) {
    if (value === null || value === undefined) return "–";
    return value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits });
  }
  function element(tag, attributes = {}, ...children) {
    const svg = ["svg", "path", "rect", "line", "text", "title"].includes(tag);
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
    const { limits, colours, none } = MEASURES[view.measure];
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
    item(null, none);
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
  const aheadChoice = () => choices("Weeks ahead", [[1, "1"], [2, "2"], [3, "3"], [4, "4"]], "ahead");
  const historyChoice = () => choices("History", [[60, "60 days"], [120, "120 days"], [10000, "all"]], "days");

  function date(offset) {
    const day = new Date(`${data.summary.asOf}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + offset);
    return day.toLocaleDateString("en-US", { month: "short", day: "numeric", timeZone: "UTC" });
  }
  const { weekly, fanChart, riskChart, toldChart, policyChart } = charts({ element, format, date, view, ENDS, MEDIAN });

  function table(places, here) {
    const head = ["Place", "Cases, 7 days", "per 100,000", "Growth", "R_t", "ICU beds lacking (90 %)"];
    const rows = places.map((place) => {
      const cell = (text) => element("td", {}, text);
      return element("tr", place === here ? { class: "here" } : {},
        element("td", {}, element("a", { href: address(place) }, place.name)), cell(format(place.lastWeek)),
        cell(format(MEASURES.cases.value(place))), cell(format(MEASURES.growth.value(place), 2)), cell(format(MEASURES.rt.value(place), 2)), cell(format(place.icuGap?.[0])));
    });
    return tableOf(head, rows);
  }
  function tableOf(head, rows) {
    const cells = head.map((text) => element("th", { scope: "col" }, text));
    return element("div", { class: "scroll" }, element("table", {}, element("thead", {}, element("tr", {}, ...cells)), element("tbody", {}, ...rows)));
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
    nodes.push(...reproductionOf(details, width), ...hospitalOf(details, [width, 240]));
    const engines = Object.entries(details.forecast?.weeks ?? {});
    if (engines.length) {
      nodes.push(element("h2", {}, "New cases a week, by model"));
      const weeks = weekly(details.cases);
      nodes.push(element("div", { class: "engines" }, ...engines.map(([model, fan]) => element("div", {},
        element("h3", {}, model), fanChart(weeks, fan, `New cases a week, ${model}`, 7, [340, 200])))));
    }
    return nodes.concat(toldOf(details, width), policiesOf(place, width));
  }
  function reproductionOf(details, width) {
    if (!details.rt.some((estimate) => estimate)) return [];
    const text = "People infected by one case, of the two weeks before each date, with its 90 % interval. Above 1 the epidemic grows.";
    return [element("h2", {}, "Reproduction number"), element("p", { class: "note" }, text), riskChart(details.rt, [width, 200])];
  }
  function hospitalOf(details, size) {
    if (!details.hospital.length) return [];
    const nodes = [element("h2", {}, "Hospital load against beds")];
    const own = (bed) => details.hospital.find((need) => need.bed === bed && need.area !== "catchment");
    const free = (need) => (need && need.beds !== null ? Math.max(0, need.beds - (need.others ?? 0)) : null);
    const [ward, icu] = [free(own("ward")), free(own("icu"))];
    const census = details.forecast?.days ?? {};
    for (const [target, what, beds] of [["hosp census", "Patients in hospital", ward === null ? null : ward + (icu ?? 0)], ["icu census", "Patients in intensive care", icu]])
      if (census[target]) nodes.push(element("h3", {}, what), fanChart([], census[target], what, 1, size, beds));
    const areas = { catchment: "hospitals that serve the residents", county: "hospitals of the county", state: "hospitals of the state", nation: "all hospitals" };
    const head = ["Beds", "Staffed", "Other patients", "Patients at the peak (90 %)", "Overflow", "First day", "Beds lacking (90 %)"];
    const rows = details.hospital.map((need) => {
      const cell = (text) => element("td", {}, text);
      const name = `${need.bed === "icu" ? "Intensive care" : "Ward"}, ${areas[need.area] ?? need.area}`;
      const beds = need.beds === null ? "unknown" : need.beds === 0 ? "no hospital" : format(need.beds);
      const both = (values) => (values[0] === null ? "–" : `${format(values[0])} (${format(values[1])})`);
      return element("tr", {}, cell(name), cell(beds), cell(format(need.others)), cell(both(need.peak)),
        cell(need.overflow === null ? "–" : `${format(100 * need.overflow)} %`), cell(need.firstOverflow ?? "–"), cell(both(need.gap)));
    });
    nodes.push(tableOf(head, rows), element("p", { class: "note" },
      "Peak and lack: median, and what nine in ten courses do not exceed. Overflow: probability that patients exceed the beds others leave free on any of the days. The dashed line marks those beds."));
    return nodes;
  }
  function toldOf(details, width) {
    if (!details.told.length) return [];
    const text = "Bars: weekly cases. Lines: the interval and the median that earlier runs of the blend gave for that week.";
    return [element("h2", {}, "What past projections said"), element("p", { class: "note" }, text), aheadChoice(), toldChart(details.told, [width, 240])];
  }
  function policiesOf(place, width) {
    const policies = Object.entries(data.policies[place.fips.slice(0, 2)] ?? {});
    if (!policies.length) return [];
    return [element("h2", {}, "Policies of the state"),
      element("p", { class: "note" }, "Darker is stricter. Oxford COVID-19 Government Response Tracker (Hale et al. 2021), CC BY 4.0."), ...policyChart(policies, [width, 150], data.summary.asOf)];
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
    places(code, places, policies) {
      data.places[code] = places;
      data.policies[code] = policies;
      (data.waiting[code] ?? []).forEach((then) => then());
    },
  };
})();
