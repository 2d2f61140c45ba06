"use strict";
// The map with what it can show: measures, past and coming weeks, and earlier projections.
const mapView = ({ data, view, files, address, choices, changed, width }) => {
  const { element, format, dark } = page;
  const AS = [["counted", "as counted"], ["projected", "as projected"], ["ratio", "counted relative to projected"]];
  const COLOURS = [["last", "of the last week"], ["own", "of the week shown"]];
  const RATIO = { ...measures.all.growth, long: "" };
  // Weeks that can be shown: only the last one where the file of the others is missing.
  const span = () => (data.weeks === null ? [0, 0] : [1 - data.summary.weeksBack, data.summary.weeksAhead]);
  const week = () => (measures.all[view.measure].weekly ? weeks.weekOf(view.week, data.summary.asOf, span()) : 0);
  const day = (week) => {
    const end = new Date(`${weeks.endOf(week, data.summary.asOf)}T00:00:00Z`);
    return end.toLocaleDateString("en-US", { month: "short", day: "numeric", year: "numeric", timeZone: "UTC" });
  };
  // Whether earlier projections of the chosen week can be shown: of cases, of weeks that have come.
  const hasTold = () => data.summary.runs.length > 0 && data.told !== null && data.weeks !== null && view.measure === "cases" && week() <= 0;
  const as = () => (hasTold() ? view.as : "counted");

  // What is shown now: its value of a place, its words and its colours.
  function shown() {
    const measure = measures.all[view.measure], at = week(), scale = measures.scaleOf(view.measure, data.summary.places);
    const when = `in the 7 days to ${day(at)}`;
    if (as() === "projected") return { ...measure, scale, long: `new cases per 100,000 people ${when}, as projected ${ahead()} before (median)`, value: (p) => weeks.past(data.weeks, data.told, p, at, view.ahead, "projected"), none: `no run ${ahead()} before` };
    if (as() === "ratio") {
      const value = (p) => weeks.past(data.weeks, data.told, p, at, view.ahead, "ratio");
      const values = data.summary.places.filter(places.isCounty).map(value);
      return { ...RATIO, value, none: `no run ${ahead()} before, or too few cases`, long: `cases ${when} relative to their projection ${ahead()} before`,
        scale: { ...scales.made("around", values, RATIO.otherwise), none: `no run ${ahead()} before, or too few cases` } };
    }
    if (at === 0) return { ...measure, scale };
    const words = { cases: "new cases per 100,000 people", deaths: "new deaths per million people", growth: "cases relative to the week before" }[view.measure];
    const value = (p) => weeks.value(data.weeks, view.measure, p, at);
    const own = () => measures.scaleOf(view.measure, data.summary.places, value);
    return { ...measure, scale: view.colours === "own" ? own() : scale, value, long: `${at > 0 ? "projected: " : ""}${words} ${when}${at > 0 ? " (median)" : ""}` };
  }
  const ahead = () => (view.ahead === 1 ? "one week" : `${view.ahead} weeks`);
  // Hands on what has to be loaded first.
  function wanted(then) {
    files.wanted([...(week() !== 0 || as() !== "counted" ? ["weeks"] : []), ...(as() !== "counted" ? ["told"] : [])], then);
  }
  const spots = (now) => (fips) => {
    const place = data.byFips[fips];
    if (!place) return null;
    const value = now.value(place), counter = place.reportedIn ? ` (counted in ${place.reportedIn.name})` : "";
    return { fill: value === null ? null : scales.colour(now.scale, value, dark.matches), href: address(place), dotted: Boolean(place.reportedIn),
      said: `${place.name}: ${value === null ? now.none : format(value, now.digits) + (now.unit ?? "")}${counter}` };
  };

  // The map of the nation, or of a state with a place in it framed.
  function draw(state, here) {
    const mapped = data.summary.places.filter((p) => places.isCounty(p) && (!state || p.fips.startsWith(state)));
    const districts = mapped.some((p) => p.reportedIn) ? "counted in a health district of several counties: its numbers" : null;
    const label = () => `Map of counties coloured by ${shown().long}. Arrow keys lead from place to place, Enter opens one.`;
    const spot = spots(shown());
    const drawn = maps.map(data.borders, { state, here: here ? [here.fips] : [], label: label(), county: spot, whole: spot, width: width() });
    const told = element("p", { class: "note", "aria-live": "polite" }), key = element("div", {});
    const words = () => {
      const now = shown();
      told.textContent = `Colour: ${now.long}.`;
      key.replaceChildren(maps.legend(now.scale, null, districts));
    };
    words();
    const box = element("div", { class: "mapped" }, choices("Show", Object.entries(measures.all).map(([name, m]) => [name, m.label]), "measure"));
    if (measures.all[view.measure].weekly) box.append(slider(() => wanted(() => {
      const now = spots(shown());
      drawn.paint({ county: now, whole: now });
      drawn.svg.setAttribute("aria-label", label());
      words();
    })));
    if (week() !== 0 && as() === "counted") box.append(choices("Colours", COLOURS, "colours"));
    if (hasTold()) box.append(choices("Cases", AS, "as"));
    if (as() !== "counted") box.append(choices("Weeks ahead", [[1, "1"], [2, "2"], [3, "3"], [4, "4"]], "ahead"));
    const rows = () => {
      const now = shown();
      return mapped.map((p) => [p.fips, p.name, now.value(p), p.reportedIn?.name ?? ""]);
    };
    box.append(tables.withNumbers(element("div", {}, drawn.svg, told, key), { name: `map ${view.measure} ${state ?? "US"} ${weeks.endOf(week(), data.summary.asOf)}`,
      head: ["Code", "Place", "Value", "Counted in"], rows, digits: measures.all[view.measure].digits }));
    return box;
  }
  // A slider over weeks; `paint` colours the map.
  function slider(paint) {
    const [first, last] = span();
    const text = element("output", {});
    const field = element("input", { type: "range", min: first, max: last, step: 1, "aria-label": "Week on the map", "data-choice": "slider" });
    const say = () => {
      const at = week(), kind = at > 0 ? `projected, ${at === 1 ? "one week" : `${at} weeks`} ahead` : at === 0 ? "the last 7 days" : `${-at === 1 ? "one week" : `${-at} weeks`} ago`;
      text.textContent = `Week to ${day(at)}: ${kind}`;
      field.setAttribute("aria-valuetext", text.textContent);
    };
    field.value = week();
    const beside = () => [hasTold(), week() === 0].join(), drawn = beside();
    field.addEventListener("input", () => {
      const at = Number(field.value);
      view.week = at === 0 ? "" : weeks.endOf(at, data.summary.asOf);
      say();
      paint();
    });
    // When it is let go, the address is that of the week. Other choices stand beside the last week, and beside a week to come.
    field.addEventListener("change", () => changed(beside() !== drawn));
    say();
    return element("div", { class: "slider" }, field, text);
  }
  return { draw, wanted, shown, week };
};
