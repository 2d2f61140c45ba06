"use strict";
// The sections of a place's page: its numbers, its charts and what stands beside them.
const sections = ({ data, view, date, iso, ENDS, MEDIAN, width, choices }) => {
  const { element, format } = page;
  const { rowOf, tableOf, withNumbers } = tables;
  const { weekly, fanChart, modelsTable, riskChart, toldChart } = charts({ date, iso, view, ENDS, MEDIAN });
  const { careChart, policyChart } = rowCharts({ date, view });
  const heading = (text, level = "h2") => element(level, {}, text);
  const note = (text) => element("p", { class: "note" }, text);
  const intervalChoice = () => choices("Interval", [[50, "50 %"], [80, "80 %"], [95, "95 %"]], "interval");
  const aheadChoice = () => choices("Weeks ahead", [[1, "1"], [2, "2"], [3, "3"], [4, "4"]], "ahead");
  const historyChoice = () => choices("History", [[60, "60 days"], [120, "120 days"], [10000, "all"]], "days");
  // A chart of a place with its numbers; the file's name tells the place, what it has and the day.
  const drawn = (place, what, [drawing, numbers]) => withNumbers(drawing, { ...numbers, name: `${place.fips} ${what} ${data.summary.asOf}` });

  function facts(place, details) {
    const box = element("div", { class: "facts" });
    const fact = (value, text) => box.append(element("div", {}, element("b", {}, value), element("span", {}, text)));
    const [low, high] = ENDS[view.interval];
    const week = details.forecast?.weeks.blend?.[0];
    const risk = measures.counted(place).rt ?? place.rt;
    if (place.reportedIn) {
      const district = place.reportedIn;
      fact(format(district.lastWeek), `new cases in the last 7 days in ${district.name}, which counts this county's`);
      fact(format(measures.all.cases.value(place)), "cases per 100,000 in 7 days there");
      if (risk) fact(format(risk[0], 2), `R_t there (90 %: ${format(risk[1], 2)} – ${format(risk[2], 2)})`);
      return box;
    }
    // Where reports were moved or filled, both counts are told.
    const moved = place.published !== null && Math.abs(place.published - place.lastWeek) > Math.max(1, 0.005 * place.lastWeek);
    fact(format(place.lastWeek), `new cases in the last 7 days${moved ? ` after repair; ${format(place.published)} as published` : ""}`);
    if (week) fact(format(week[MEDIAN]), `projected for the next 7 days; ${view.interval} % interval ${format(week[low])} – ${format(week[high])}`);
    fact(format(measures.all.cases.value(place)), "cases per 100,000 in 7 days");
    if (risk) fact(format(risk[0], 2), `R_t (90 %: ${format(risk[1], 2)} – ${format(risk[2], 2)})`);
    return box;
  }
  function countsOf(place, details) {
    const nodes = [intervalChoice(), historyChoice()];
    const days = details.forecast?.days ?? {}, wide = width(), height = wide > 500 ? 320 : 240;
    if (place.reportedIn) {
      const what = `Daily new cases in ${place.reportedIn.name}`;
      nodes.push(heading(what), drawn(place, "daily new cases", fanChart(details.cases, [], what, 1, [wide, height])));
      return nodes.concat(reproductionOf(place, details), hospitalOf(place, details), policiesOf(place));
    }
    const bars = "Bars: daily counts after repair, in amber where counts were moved, filled or held back. Dark line: 7-day mean. Blue: the blend's median and interval.";
    nodes.push(heading("Daily new cases"), note(bars),
      drawn(place, "daily new cases", fanChart(details.cases, days["inc case"] ?? [], "Daily new cases", 1, [wide, height], null, 1, details.repaired.cases)));
    const weeks = weekly(details.cases), half = wide > 720 ? (wide - 16) / 2 : wide;
    const fans = [["Weekly new cases", weeks, details.forecast?.weeks.blend ?? []], ["Weekly new deaths", weekly(details.deaths), details.forecast?.deaths ?? []]];
    nodes.push(element("div", { class: "pair" }, ...fans.map(([what, counts, fan]) => element("div", {},
      heading(what), drawn(place, what, fanChart(counts, fan, what, 7, [half, 240]))))));
    nodes.push(heading("Daily new deaths"),
      drawn(place, "daily new deaths", fanChart(details.deaths, days["inc death"] ?? [], "Daily new deaths", 1, [wide, 240], null, 1, details.repaired.deaths)));
    nodes.push(...reproductionOf(place, details), ...hospitalOf(place, details), ...modelsOf(place, details, weeks));
    return nodes.concat(toldOf(place, details), careOf(place, details), policiesOf(place));
  }
  function modelsOf(place, details, weeks) {
    const engines = Object.entries(details.forecast?.weeks ?? {});
    if (!engines.length) return [];
    // One axis for all, for comparison.
    const reach = Math.max(...engines.flatMap(([, fan]) => fan.map((q) => q[ENDS[view.interval][1]])));
    const all = element("div", { class: "engines" }, ...engines.map(([model, fan]) => element("div", {},
      heading(model, "h3"), fanChart(weeks, fan, `Weekly new cases, ${model}`, 7, [340, 200], null, reach)[0])));
    return [heading("Weekly new cases, by model"), drawn(place, "weekly new cases by model", [all, modelsTable(engines)])];
  }
  function careOf(place, details) {
    if (!details.care.length || place.fips === "US") return [];
    const text = "Expected hospital patients of all kinds per provider, relative to the nation: 1 means as many, 2 twice as many. Providers are by state (2018 and 2019), patients at the projected peak.";
    return [heading("Care for other patients, by specialty"), note(text), drawn(place, "care by specialty", careChart(details.care, width()))];
  }
  function reproductionOf(place, details) {
    if (!details.rt.some((estimate) => estimate)) return [];
    const whose = place.reportedIn ? ` in ${place.reportedIn.name}` : "";
    const text = `R_t, infections caused by one infection${whose}, estimated from the two weeks before each date, with its 90 % interval. Above 1 the epidemic grows.`;
    return [heading("Reproduction number"), note(text), drawn(place, "reproduction number", riskChart(details.rt, [width(), 200]))];
  }
  function hospitalOf(place, details) {
    if (!details.hospital.length) return [];
    const nodes = [heading("Hospital patients and beds")];
    const own = (bed) => details.hospital.find((need) => need.bed === bed && !["catchment", "hospitals"].includes(need.area));
    const free = (need) => (need && need.beds ? Math.max(0, need.beds - (need.others ?? 0)) : null);
    const [ward, icu] = [free(own("ward")), free(own("icu"))];
    const census = details.forecast?.days ?? {};
    for (const [target, what, beds] of [["hosp census", "Patients in hospital", ward === null ? null : ward + (icu ?? 0)], ["icu census", "Patients in intensive care", icu]])
      if (census[target]) nodes.push(heading(what, "h3"), drawn(place, what, fanChart(target === "hosp census" ? reported(details) : [], census[target], what, 1, [width(), 240], beds)));
    const areas = { catchment: "hospitals that serve the residents", hospitals: "hospitals of the county, patients from all counties", county: "hospitals of the county, its residents", state: "hospitals of the state", nation: "all hospitals" };
    const head = ["Beds", "Staffed", "Other patients", "Patients at the peak (90 %)", "Overflow", "First day", "Shortfall (90 %)"];
    const rows = details.hospital.map((need) => {
      const name = `${need.bed === "icu" ? "Intensive care" : "Ward"}, ${areas[need.area] ?? need.area}`;
      const beds = need.beds === null ? "unknown" : need.beds === 0 ? "no hospital" : format(need.beds);
      const both = (values) => (values[0] === null ? "–" : `${format(values[0])} (${format(values[1])})`);
      const overflow = need.overflow === null ? null : 100 * need.overflow;
      return rowOf([name, beds, [need.others, 0], both(need.peak), [overflow, 0, " %"], need.firstOverflow, both(need.gap)]);
    });
    nodes.push(tableOf(head, rows), note(
      "Peak and shortfall: median and, in brackets, 90 % quantile. Overflow: probability that patients exceed free beds on any day. The dashed line marks the beds that other patients leave free."));
    return nodes;
  }
  // Reported patients; a day without a report has those of the day before.
  function reported(details) {
    let before = 0;
    return (details.patients ?? []).map((patients) => (before = patients ?? before));
  }
  function toldOf(place, details) {
    if (!details.told.length) return [];
    const text = "Bars: weekly cases. Lines: median and interval of the blend's earlier projections for that week.";
    return [heading("Earlier projections against what came"), note(text), aheadChoice(), drawn(place, "earlier projections", toldChart(details.told, [width(), 240]))];
  }
  function policiesOf(place) {
    const policies = Object.entries(data.places[place.fips.slice(0, 2)]?.policies ?? {});
    if (!policies.length) return [];
    return [heading("State policies"),
      note("The stronger the colour, the stricter. Oxford COVID-19 Government Response Tracker (Hale et al. 2021), CC BY 4.0."),
      drawn(place, "state policies", policyChart(policies, [width(), 150], data.summary.asOf))];
  }
  function remarks(place, details) {
    const notes = (details?.notices ?? []).map((notice) => element("p", { class: "warning" }, `Reports: ${notice}.`));
    if (data.summary.synthetic) notes.push(element("p", { class: "warning" }, "Synthetic data: these are not real counts."));
    if (place?.reportedIn) notes.push(element("p", { class: "warning" }, `Cases of this county are reported in ${place.reportedIn.name} (${format(place.reportedIn.population)} people), whose numbers stand here, and projected in its state.`));
    if (details?.fallback && !place.reportedIn) notes.push(note("Too few cases for a projection of its own: the state's projection, scaled to this county."));
    return notes;
  }
  return { facts, countsOf, remarks, drawn, heading, note, weekly };
};
