"use strict";
// Pages of daily cases and deaths: the nation, states and counties.
const countycast = (() => {
  const main = document.getElementById("main");
  const { element, format } = page;
  const files = page.loader();
  const data = { places: files.groups, borders: null, summary: null, byFips: {}, get weeks() { return files.groups.weeks; }, get told() { return files.groups.told; } };
  const isDay = (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(weeks.dayOf(text));
  // What can be chosen, and what is at first.
  const KINDS = {
    measure: { first: "cases", values: Object.keys(measures.all) }, week: { first: "", is: isDay }, as: { first: "counted", values: ["projected", "ratio"] }, colours: { first: "last", values: ["own"] },
    interval: { first: 80, values: [50, 95] }, days: { first: 120, values: [60, 10000] }, ahead: { first: 1, values: [2, 3, 4] },
  };
  const view = addresses.parse("", KINDS).settings;
  const ENDS = { 50: [2, 4], 80: [1, 5], 95: [0, 6] };
  const MEDIAN = 3;

  const iso = (offset) => new Date((weeks.dayOf(data.summary.asOf) + offset) * 86400000).toISOString().slice(0, 10);
  const date = (offset) => new Date(`${iso(offset)}T00:00:00Z`).toLocaleDateString("en-US", { month: "short", day: "numeric", timeZone: "UTC" });
  // Drawn at the width of the screen, so that the text keeps its size on a phone.
  const width = () => Math.max(320, main.clientWidth - 32);
  const parts = (place) => (place.fips === "US" ? [] : [places.isCounty(place) ? "county" : "state", place.fips]);
  // The address of a place, seen as this one is.
  const address = (place) => addresses.format(parts(place), view, KINDS);
  // After a choice the address is that of the new view, without another step of the history.
  function changed(again = true) {
    history.replaceState(null, "", addresses.format(addresses.parse(location.hash, KINDS).parts, view, KINDS));
    if (again) show(false);
  }
  const choices = page.chooser(view, () => changed());
  const { facts, countsOf, remarks, drawn, heading, note } = sections({ data, view, date, iso, ENDS, MEDIAN, width, choices });
  const { byCases, placeTable, needTable, changesOf, alertsOf, multiples, peersOf, embedOf } = overview({ data, view, address, date, iso, drawn });
  const map = mapView({ data, view, files, address, choices, changed, width });
  const { compareChart } = charts({ date, iso, view, ENDS, MEDIAN });

  const dated = (text) => note(`${text}data to ${date(0)}, ${data.summary.asOf.slice(0, 4)}`);
  const sorting = () => note("Click a column heading to sort.");
  const people = (place) => (place.population ? `${format(place.population)} people · ` : "");
  const within = (state) => byCases(data.summary.places.filter((p) => places.isCounty(p) && p.fips.startsWith(state)));

  // The way to the finder, if the site has one.
  const treatmentOf = (place) => (data.summary.finder ? [element("p", {}, element("a", { href: `finder.html#/county/${place.fips}`, "data-finder": "" }, "Find treatment near here"))] : []);

  // A page is what is seen first and, worked out after that has been shown, the rest.
  function countyPage(place, details) {
    const state = place.fips.slice(0, 2), whole = data.byFips[state], around = data.places[state], siblings = within(state);
    const first = [...(whole ? [element("a", { href: address(whole) }, `← ${whole.name}`)] : []), element("h1", {}, place.name), dated(people(place)),
      ...remarks(place, details), ...alertsOf(place, details), facts(place, details), ...treatmentOf(place)];
    const rest = () => {
      const nodes = [...countsOf(place, details), heading("Among the state's counties")];
      const ranked = siblings.filter((p) => !p.reportedIn && measures.all.cases.value(p) !== null), rank = ranked.indexOf(place) + 1;
      if (rank) nodes.push(note(`Rank ${rank} of ${ranked.length} by cases per 100,000.`));
      if (around && place.population && whole?.population && !place.reportedIn)
        nodes.push(drawn(place, "compared with its state", compareChart([[place, details], [whole, around]], [width(), 240])));
      return nodes.concat(map.draw(state, place), peersOf(place, details), heading("All counties"), sorting(), placeTable(siblings, place), embedOf(place));
    };
    return [first, rest];
  }
  function statePage(place, details) {
    const counties = within(place.fips);
    const first = [element("h1", {}, place.name), dated(people(place)), ...remarks(place, details), ...alertsOf(place, details), facts(place, details), heading("Counties")];
    return [first, () => [map.draw(place.fips, null), ...changesOf(details), ...needTable(details.needs), ...multiples(counties, details.counties, place),
      ...countsOf(place, details), heading("All counties"), sorting(), placeTable(counties, place)]];
  }
  function nationPage(nation, details) {
    const states = byCases(data.summary.places.filter((p) => p.fips.length === 2 && p.fips !== "US"));
    const first = [element("h1", {}, "County projections of COVID-19"), note(`Data to ${date(0)}, ${data.summary.asOf.slice(0, 4)}.`), ...remarks(),
      ...(details ? [facts(nation, details), ...alertsOf(nation, details)] : []), map.draw(null, null)];
    const rest = () => [...(details ? [...changesOf(details), ...needTable(details.needs), heading(nation.name), ...countsOf(nation, details)] : []), heading("States"), sorting(), placeTable(states)];
    return [first, rest];
  }

  let asked = 0;
  function show(fromTop = true) {
    if (!data.summary || !data.borders) return;
    const { parts: [kind, fips = "US"], settings } = addresses.parse(location.hash, KINDS);
    Object.assign(view, settings);
    const place = data.byFips[fips], now = (asked += 1);
    const draw = ([first, rest = () => []]) => {
      page.replace(main, fromTop ? first : [...first, ...rest()], fromTop);
      if (fromTop) requestAnimationFrame(() => setTimeout(() => { if (now === asked) main.append(...rest()); }));
    };
    document.title = place && kind ? `${place.name} – countycast` : "County projections – countycast";
    if (kind && !place) return draw([[element("h1", {}, "Unknown place"), element("p", {}, "This run has no place with that code. "), element("a", { href: "#/" }, "Back to the map")]]);
    const state = fips.slice(0, 2), codes = place ? [...new Set([state, fips])] : [];
    files.wanted(codes, () => map.wanted(() => {
      // Another page may have been asked for while this one's files were read.
      if (now !== asked) return;
      const details = data.places[fips];
      if (!kind) return draw(nationPage(place, details));
      if (!details) return draw([[element("h1", {}, place.name), element("p", {}, "The data file of this place is missing.")]]);
      draw(places.isCounty(place) ? countyPage(place, details) : statePage(place, details));
    }));
  }
  addEventListener("hashchange", () => show());
  page.dark.addEventListener("change", () => show(false));

  return {
    borders(packed) { data.borders = borders.unpack(packed); show(); },
    summary(summary) {
      data.summary = { ...summary, places: places.read(summary) };
      for (const place of data.summary.places) data.byFips[place.fips] = place;
      finder.search(data.summary.places.map((p) => ({ ...p, code: p.fips })), address);
      document.getElementById("footer").textContent = `countycast ${summary.version} · projections of ${summary.horizonDays} days from ${summary.asOf} · borders: us-atlas, US Census Bureau`;
      show();
    },
    file(code, content) { files.arrived(code, content); },
  };
})();
