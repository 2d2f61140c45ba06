"use strict";
// Pages of daily cases and deaths.
const countycast = (() => {
  const main = document.getElementById("main");
  const { RISING, AROUND, colour, format, element, legend, rowOf, tableOf } = page;
  const files = page.loader();
  const data = { places: files.groups, policies: {}, borders: null, summary: null, byFips: {} };
  const view = { measure: "cases", interval: 80, days: 120, ahead: 1 };
  const ENDS = { 50: [2, 4], 80: [1, 5], 95: [0, 6] };
  const MEDIAN = 3;

  // Intensive-care beds and needs in the hospitals that serve a place, in the order of the data file.
  const [BEDS, FREE, PEAK, PEAK_90, OVERFLOW, FIRST_DAY, LACK, LACK_90, RANK, SERVED] = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9];
  const lacking = (place) => place.icu?.[LACK_90] ?? null;
  const MEASURES = {
    cases: { label: "Cases", long: "new cases per 100,000 people in the last 7 days", colours: RISING,
      limits: [10, 50, 100, 200, 400, 800], digits: 0, none: "no data", value: (p) => per100k(counted(p).lastWeek, counted(p)) },
    next: { label: "Projected cases", long: "projected new cases per 100,000 people in the next 7 days (median)", colours: RISING,
      limits: [10, 50, 100, 200, 400, 800], digits: 0, none: "no projection", value: (p) => per100k(coming(p, 0), p) },
    later: { label: "Change in four weeks", long: "projected cases of the fourth week relative to the last 7 days", colours: AROUND,
      limits: [0.5, 0.8, 1, 1.25, 2], digits: 2, none: "too few cases, or no projection",
      value: (p) => (p.lastWeek >= 5 && coming(p, 1) !== null ? coming(p, 1) / p.lastWeek : null) },
    deaths: { label: "Deaths", long: "new deaths per million people in the last 7 days", colours: RISING,
      limits: [1, 5, 15, 30, 60, 120], digits: 0, none: "no data, or counted elsewhere", value: (p) => perMillion(p.deaths, p) },
    dying: { label: "Projected deaths", long: "projected new deaths per million people in the next 7 days (median)", colours: RISING,
      limits: [1, 5, 15, 30, 60, 120], digits: 0, none: "no projection", value: (p) => perMillion(coming(p, 2), p) },
    growth: { label: "Growth", long: "cases of the last 7 days relative to the 7 days before", colours: AROUND,
      limits: [0.5, 0.8, 1, 1.25, 2], digits: 2, none: "too few cases or no data",
      value: (p) => (counted(p).weekBefore >= 5 ? counted(p).lastWeek / counted(p).weekBefore : null) },
    rt: { label: "Reproduction number", long: "reproduction number R_t: infections caused by one infection", colours: AROUND,
      limits: [0.8, 0.9, 1, 1.1, 1.3], digits: 2, none: "too few cases or no data", value: (p) => (p.rt ? p.rt[0] : null) },
    gap: { label: "Hospital gap", colours: RISING, limits: [0.1, 5, 10, 25, 50, 100], digits: 0, none: "beds unknown, or none",
      long: "shortfall of intensive-care beds at the peak, % of staffed beds in the hospitals that serve the place (90 % quantile)",
      value: (p) => (p.icu?.[BEDS] > 0 && lacking(p) !== null ? (100 * lacking(p)) / p.icu[BEDS] : null) },
    care: { label: "Care gap", colours: AROUND, limits: [0.7, 0.85, 1, 1.2, 1.5], digits: 2, none: "no data",
      long: "hospital patients of all kinds per provider, relative to the nation (median of 16 specialties)", value: (p) => p.care ?? null },
  };

  // Who counts a place's cases: the district that reports for it, or itself.
  const counted = (place) => place.reportedIn ?? place;
  // Medians of cases of the next week and the fourth, and of deaths; a district has none.
  const coming = (place, which) => (place.reportedIn ? null : place.next?.[which] ?? null);
  const per100k = (count, place) => (count === null || !place.population ? null : (count / place.population) * 1e5);
  const perMillion = (count, place) => (place.reportedIn || count === null || !place.population ? null : (count / place.population) * 1e6);
  const isCounty = (place) => place.fips.length === 5;
  const address = (place) => (place.fips === "US" ? "#/" : isCounty(place) ? `#/county/${place.fips}` : `#/state/${place.fips}`);
  const link = (place) => ({ href: address(place), name: place.name });

  function map(state, here) {
    const measure = MEASURES[view.measure];
    const found = state ? "The table below has the same numbers." : "Pages of states have the same numbers in tables.";
    const spot = (fips) => {
      const place = data.byFips[fips];
      if (!place) return null;
      const value = measure.value(place);
      const counter = place.reportedIn ? ` (counted in ${place.reportedIn.name})` : "";
      return { fill: value === null ? null : colour(measure, value), href: address(place), said: `${place.name}: ${format(value, measure.digits)}${counter}` };
    };
    const label = `Map of counties coloured by ${measure.long}. ${found}`;
    return page.map(data.borders, { state, here: here ? [here.fips] : [], label, county: spot, whole: spot });
  }
  const choices = page.chooser(view, () => show(false));
  const measureChoice = () => choices("Show", Object.entries(MEASURES).map(([key, m]) => [key, m.label]), "measure");
  const intervalChoice = () => choices("Interval", [[50, "50 %"], [80, "80 %"], [95, "95 %"]], "interval");
  const aheadChoice = () => choices("Weeks ahead", [[1, "1"], [2, "2"], [3, "3"], [4, "4"]], "ahead");
  const historyChoice = () => choices("History", [[60, "60 days"], [120, "120 days"], [10000, "all"]], "days");

  function date(offset) {
    const day = new Date(`${data.summary.asOf}T00:00:00Z`);
    day.setUTCDate(day.getUTCDate() + offset);
    return day.toLocaleDateString("en-US", { month: "short", day: "numeric", timeZone: "UTC" });
  }
  const { weekly, fanChart, riskChart, toldChart, policyChart, compareChart, careChart } = charts({ date, view, ENDS, MEDIAN });

  function table(places, here) {
    const head = ["Place", "Cases, 7 days", "per 100,000", "Growth", "R_t", "Next 7 days", "Fourth week", "ICU overflow", "ICU bed shortfall (90 %)", "Care gap"];
    const rows = places.map((place) => {
      const measured = ["cases", "growth", "rt"].map((key) => [MEASURES[key].value(place), MEASURES[key].digits]);
      const overflow = place.icu?.[OVERFLOW] ?? null;
      return rowOf([link(place), [counted(place).lastWeek, 0], ...measured, [coming(place, 0), 0], [coming(place, 1), 0], [overflow === null ? null : 100 * overflow, 0, " %"],
        [lacking(place), 0], [MEASURES.care.value(place), 2]], place === here);
    });
    return tableOf(head, rows);
  }
  // Hospitals with the greatest need of intensive care, ranked as in `capacity.parquet`: one row for each county with hospitals.
  function needTable(places, most) {
    const needy = places.filter((p) => isCounty(p) && p.hospitals?.[OVERFLOW] > 0)
      .sort((a, b) => a.hospitals[RANK] - b.hospitals[RANK]).slice(0, most).map((p) => [p, p.hospitals]);
    const shared = needy.some(([, icu]) => icu[SERVED]);
    const text = `Intensive care in the hospitals of a county, with ${shared ? "patients from all counties that they serve" : "its residents as patients"}, ranked by expected shortfall per bed. Overflow: probability that patients exceed free beds on any day. In brackets: 90 % quantile.`;
    const nodes = [element("h2", {}, "Greatest need of intensive care")];
    if (!needy.length) return nodes.concat(element("p", { class: "note" }, "No hospitals are expected to exceed capacity, where beds are known."));
    const both = (middle, high) => `${format(middle)} (${format(high)})`;
    const rows = needy.map(([p, icu]) => rowOf([link(p), [icu[RANK], 0], [icu[FREE], 1], both(icu[PEAK], icu[PEAK_90]),
      [100 * icu[OVERFLOW], 0, " %"], icu[FIRST_DAY], both(icu[LACK], icu[LACK_90])]));
    const head = ["Hospitals of", "Rank", "Free beds", "Patients at the peak", "Overflow", "First day", "Shortfall"];
    return nodes.concat(element("p", { class: "note" }, text), tableOf(head, rows));
  }
  const byCases = (places) => places.slice().sort((a, b) => (MEASURES.cases.value(b) ?? -1) - (MEASURES.cases.value(a) ?? -1));

  function facts(place, details) {
    const box = element("div", { class: "facts" });
    const fact = (value, text) => box.append(element("div", {}, element("b", {}, value), element("span", {}, text)));
    const [low, high] = ENDS[view.interval];
    const week = details.forecast?.weeks.blend?.[0];
    if (place.reportedIn) {
      const district = place.reportedIn;
      fact(format(district.lastWeek), `new cases in the last 7 days in ${district.name}, which counts this county's`);
      fact(format(MEASURES.cases.value(place)), "cases per 100,000 in 7 days there");
      return box;
    }
    // Where reports were moved or filled, both counts are told.
    const moved = place.published !== null && Math.abs(place.published - place.lastWeek) > Math.max(1, 0.005 * place.lastWeek);
    fact(format(place.lastWeek), `new cases in the last 7 days${moved ? ` after repair; ${format(place.published)} as published` : ""}`);
    if (week) fact(format(week[MEDIAN]), `projected for the next 7 days; ${view.interval} % interval ${format(week[low])} – ${format(week[high])}`);
    fact(format(MEASURES.cases.value(place)), "cases per 100,000 in 7 days");
    if (place.rt) fact(format(place.rt[0], 2), `R_t (90 %: ${format(place.rt[1], 2)} – ${format(place.rt[2], 2)})`);
    return box;
  }
  function chartsOf(place, details) {
    const nodes = [facts(place, details), intervalChoice(), historyChoice()];
    const days = details.forecast?.days ?? {};
    // Drawn at the width of the screen, so that the text keeps its size on a phone.
    const width = Math.max(320, main.clientWidth - 32), height = width > 500 ? 320 : 240;
    if (place.reportedIn) {
      const what = `Daily new cases in ${place.reportedIn.name}`;
      nodes.push(element("h2", {}, what), fanChart(details.cases, [], what, 1, [width, height]));
      return nodes.concat(hospitalOf(details, [width, 240]), policiesOf(place, width));
    }
    const bars = "Bars: daily counts after repair, in amber where counts were moved, filled or held back. Dark line: 7-day mean. Blue: the blend's median and interval.";
    nodes.push(element("h2", {}, "Daily new cases"), element("p", { class: "note" }, bars));
    nodes.push(fanChart(details.cases, days["inc case"] ?? [], "Daily new cases", 1, [width, height], null, 1, details.repaired.cases));
    const weeks = weekly(details.cases), past = weekly(details.deaths);
    const half = width > 720 ? (width - 16) / 2 : width;
    const fans = [["Weekly new cases", weeks, details.forecast?.weeks.blend ?? []], ["Weekly new deaths", past, details.forecast?.deaths ?? []]];
    nodes.push(element("div", { class: "pair" }, ...fans.map(([what, counts, fan]) => element("div", {},
      element("h2", {}, what), fanChart(counts, fan, what, 7, [half, 240])))));
    nodes.push(element("h2", {}, "Daily new deaths"));
    nodes.push(fanChart(details.deaths, days["inc death"] ?? [], "Daily new deaths", 1, [width, 240], null, 1, details.repaired.deaths));
    nodes.push(...reproductionOf(details, width), ...hospitalOf(details, [width, 240]));
    const engines = Object.entries(details.forecast?.weeks ?? {});
    if (engines.length) {
      nodes.push(element("h2", {}, "Weekly new cases, by model"));
      // One axis for all, for comparison.
      const reach = Math.max(...engines.flatMap(([, fan]) => fan.map((q) => q[ENDS[view.interval][1]])));
      nodes.push(element("div", { class: "engines" }, ...engines.map(([model, fan]) => element("div", {},
        element("h3", {}, model), fanChart(weeks, fan, `Weekly new cases, ${model}`, 7, [340, 200], null, reach)))));
    }
    return nodes.concat(toldOf(details, width), careOf(place, details, width), policiesOf(place, width));
  }
  function careOf(place, details, width) {
    if (!details.care.length || place.fips === "US") return [];
    const text = "Expected hospital patients of all kinds per provider, relative to the nation: 1 means as many, 2 twice as many. Providers are by state (2018 and 2019), patients at the projected peak.";
    return [element("h2", {}, "Care for other patients, by specialty"), element("p", { class: "note" }, text), careChart(details.care, width)];
  }
  function reproductionOf(details, width) {
    if (!details.rt.some((estimate) => estimate)) return [];
    const text = "R_t, infections caused by one infection, estimated from the two weeks before each date, with its 90 % interval. Above 1 the epidemic grows.";
    return [element("h2", {}, "Reproduction number"), element("p", { class: "note" }, text), riskChart(details.rt, [width, 200])];
  }
  function hospitalOf(details, size) {
    if (!details.hospital.length) return [];
    const nodes = [element("h2", {}, "Hospital patients and beds")];
    const own = (bed) => details.hospital.find((need) => need.bed === bed && !["catchment", "hospitals"].includes(need.area));
    const free = (need) => (need && need.beds ? Math.max(0, need.beds - (need.others ?? 0)) : null);
    const [ward, icu] = [free(own("ward")), free(own("icu"))];
    const census = details.forecast?.days ?? {};
    for (const [target, what, beds] of [["hosp census", "Patients in hospital", ward === null ? null : ward + (icu ?? 0)], ["icu census", "Patients in intensive care", icu]])
      if (census[target]) nodes.push(element("h3", {}, what), fanChart(target === "hosp census" ? reported(details) : [], census[target], what, 1, size, beds));
    const areas = { catchment: "hospitals that serve the residents", hospitals: "hospitals of the county, patients from all counties", county: "hospitals of the county, its residents", state: "hospitals of the state", nation: "all hospitals" };
    const head = ["Beds", "Staffed", "Other patients", "Patients at the peak (90 %)", "Overflow", "First day", "Shortfall (90 %)"];
    const rows = details.hospital.map((need) => {
      const name = `${need.bed === "icu" ? "Intensive care" : "Ward"}, ${areas[need.area] ?? need.area}`;
      const beds = need.beds === null ? "unknown" : need.beds === 0 ? "no hospital" : format(need.beds);
      const both = (values) => (values[0] === null ? "–" : `${format(values[0])} (${format(values[1])})`);
      const overflow = need.overflow === null ? null : 100 * need.overflow;
      return rowOf([name, beds, [need.others, 0], both(need.peak), [overflow, 0, " %"], need.firstOverflow, both(need.gap)]);
    });
    nodes.push(tableOf(head, rows), element("p", { class: "note" },
      "Peak and shortfall: median and, in brackets, 90 % quantile. Overflow: probability that patients exceed free beds on any day. The dashed line marks the beds that other patients leave free."));
    return nodes;
  }
  // Reported patients; a day without a report has those of the day before.
  function reported(details) {
    let before = 0;
    return (details.patients ?? []).map((patients) => (before = patients ?? before));
  }
  function toldOf(details, width) {
    if (!details.told.length) return [];
    const text = "Bars: weekly cases. Lines: median and interval of the blend's earlier projections for that week.";
    return [element("h2", {}, "Earlier projections against what came"), element("p", { class: "note" }, text), aheadChoice(), toldChart(details.told, [width, 240])];
  }
  function policiesOf(place, width) {
    const policies = Object.entries(data.policies[place.fips.slice(0, 2)] ?? {});
    if (!policies.length) return [];
    return [element("h2", {}, "State policies"),
      element("p", { class: "note" }, "The stronger the colour, the stricter. Oxford COVID-19 Government Response Tracker (Hale et al. 2021), CC BY 4.0."), ...policyChart(policies, [width, 150], data.summary.asOf)];
  }
  function remarks(place, details) {
    const notes = (details?.notices ?? []).map((notice) => element("p", { class: "warning" }, `Reports: ${notice}.`));
    if (data.summary.synthetic) notes.push(element("p", { class: "warning" }, "Synthetic data: these are not real counts."));
    if (place?.reportedIn) notes.push(element("p", { class: "warning" }, `Cases of this county are reported in ${place.reportedIn.name} (${format(place.reportedIn.population)} people) and projected in its state.`));
    if (place?.phase === "fallback" && !place.reportedIn) notes.push(element("p", { class: "note" }, "Too few cases for a projection of its own: the state's projection, scaled to this county."));
    return notes;
  }

  function pageOf(place, details) {
    const state = isCounty(place) ? place.fips.slice(0, 2) : place.fips;
    const siblings = byCases(data.summary.places.filter((p) => isCounty(p) && p.fips.startsWith(state)));
    const nodes = [];
    if (isCounty(place) && data.byFips[state]) nodes.push(element("a", { href: `#/state/${state}` }, `← ${data.byFips[state].name}`));
    const people = place.population ? `${format(place.population)} people · ` : "";
    nodes.push(element("h1", {}, place.name), element("p", { class: "note" }, `${people}data to ${date(0)}, ${data.summary.asOf.slice(0, 4)}`), ...remarks(place, details));
    nodes.push(...chartsOf(place, details));
    const ranked = siblings.filter((p) => !p.reportedIn && MEASURES.cases.value(p) !== null), rank = ranked.indexOf(place) + 1;
    nodes.push(element("h2", {}, isCounty(place) ? "Among the state's counties" : "Counties"));
    if (isCounty(place)) {
      if (rank) nodes.push(element("p", { class: "note" }, `Rank ${rank} of ${ranked.length} by cases per 100,000.`));
      const whole = data.places[state]?.[state], wholePlace = data.byFips[state];
      if (whole && place.population && wholePlace?.population && !place.reportedIn)
        nodes.push(compareChart([[place, details], [wholePlace, whole]], [Math.max(320, main.clientWidth - 32), 240]));
    }
    nodes.push(measureChoice(), map(state, isCounty(place) ? place : null), legend(MEASURES[view.measure]));
    if (!isCounty(place)) nodes.push(...needTable(siblings, 10), element("h2", {}, "All counties"));
    nodes.push(element("p", { class: "note" }, "Click a column heading to sort."), table(siblings, place));
    return nodes;
  }
  function nationPage(nation, details) {
    const nodes = [element("h1", {}, "County projections of COVID-19"),
      element("p", { class: "note" }, `Data to ${date(0)}, ${data.summary.asOf.slice(0, 4)}. Colour: ${MEASURES[view.measure].long}.`), ...remarks()];
    nodes.push(measureChoice(), map(null), legend(MEASURES[view.measure]), ...needTable(data.summary.places, 20));
    if (nation && details) nodes.push(element("h2", {}, nation.name), ...chartsOf(nation, details));
    nodes.push(element("h2", {}, "States"), table(byCases(data.summary.places.filter((p) => p.fips.length === 2 && p.fips !== "US"))));
    return nodes;
  }

  function show(fromTop = true) {
    if (!data.summary || !data.borders) return;
    const [, kind, fips] = location.hash.split("/");
    const place = data.byFips[kind ? fips : "US"];
    const draw = (nodes) => { main.replaceChildren(...nodes); if (fromTop) scrollTo(0, 0); };
    document.title = place && kind ? `${place.name} – countycast` : "County projections – countycast";
    if (!kind) {
      const draws = () => draw(nationPage(place, data.places.US?.US));
      return place ? files.wanted("US", draws) : draws();
    }
    if (!place) return draw([element("h1", {}, "Unknown place"), element("p", {}, "This run has no place with that code. "), element("a", { href: "#/" }, "Back to the map")]);
    files.wanted(fips.slice(0, 2), () => {
      const details = data.places[fips.slice(0, 2)]?.[fips];
      draw(details ? pageOf(place, details) : [element("h1", {}, place.name), element("p", {}, "The data file of this place is missing.")]);
    });
  }

  addEventListener("hashchange", () => show());
  page.dark.addEventListener("change", () => show(false));

  return {
    borders(topology) { data.borders = topology; show(); },
    summary(summary) {
      data.summary = summary;
      for (const place of summary.places) data.byFips[place.fips] = place;
      page.search(summary.places.map((p) => ({ ...p, code: p.fips })), address);
      document.getElementById("footer").textContent = `countycast ${summary.version} · projections of ${summary.horizonDays} days from ${summary.asOf} · borders: us-atlas, US Census Bureau`;
      show();
    },
    places(code, places, policies) {
      data.policies[code] = policies;
      files.arrived(code, places);
    },
  };
})();
