"use strict";
// What stands beside the charts of a place: tables of places, needs, changes since the last run, a state's counties, peers, alerts.
const overview = ({ data, view, address, date, iso, drawn }) => {
  const { element, format } = page;
  const { rowOf, tableOf, withNumbers } = tables;
  const { all, ICU, SERVING, counted, coming, lacking } = measures;
  const heading = (text) => element("h2", {}, text);
  const note = (...text) => element("p", { class: "note" }, ...text);
  const link = (place) => ({ href: address(place), name: place.name });
  const byCases = (list) => list.slice().sort((a, b) => (all.cases.value(b) ?? -1) - (all.cases.value(a) ?? -1));
  const day = (text) => new Date(`${text}T00:00:00Z`).toLocaleDateString("en-US", { month: "short", day: "numeric", timeZone: "UTC" });

  function placeTable(list, here) {
    const head = ["Place", "Cases, 7 days", "per 100,000", "Growth", "R_t", "Next 7 days", "Fourth week", "ICU overflow", "ICU bed shortfall (90 %)", "Care gap"];
    const rows = list.map((place) => {
      const measured = ["cases", "growth", "rt"].map((key) => [all[key].value(place), all[key].digits]);
      const overflow = place.icu?.[SERVING.OVERFLOW] ?? null;
      const note = place.reportedIn ? `counted in ${place.reportedIn.name}` : null;
      return rowOf([{ ...link(place), note }, [counted(place).lastWeek, 0], ...measured, [coming(place, 0), 0], [coming(place, 1), 0], [overflow === null ? null : 100 * overflow, 0, " %"],
        [lacking(place), 0], [all.care.value(place), 2]], place === here);
    });
    return tableOf(head, rows);
  }
  // Hospitals with the greatest need of intensive care, ranked as in `capacity.parquet`: one row for each county with hospitals.
  function needTable(needs) {
    const needy = needs.filter(([fips, icu]) => data.byFips[fips] && icu[ICU.OVERFLOW] > 0);
    const shared = needy.some(([, icu]) => icu[ICU.SERVED]);
    const text = `Intensive care in the hospitals of a county, with ${shared ? "patients from all counties that they serve" : "its residents as patients"}, ranked by expected shortfall per bed. Overflow: probability that patients exceed free beds on any day. In brackets: 90 % quantile.`;
    const nodes = [heading("Greatest need of intensive care")];
    if (!needy.length) return nodes.concat(note("No hospitals are expected to exceed capacity, where beds are known."));
    const both = (middle, high) => `${format(middle)} (${format(high)})`;
    const rows = needy.map(([fips, icu]) => rowOf([link(data.byFips[fips]), [icu[ICU.RANK], 0], [icu[ICU.FREE], 1], both(icu[ICU.PEAK], icu[ICU.PEAK_90]),
      [100 * icu[ICU.OVERFLOW], 0, " %"], icu[ICU.FIRST_DAY], both(icu[ICU.LACK], icu[ICU.LACK_90])]));
    const head = ["Hospitals of", "Rank", "Free beds", "Patients at the peak", "Overflow", "First day", "Shortfall"];
    return nodes.concat(note(text), tableOf(head, rows));
  }

  // What the last run before said, and what is said now.
  function changesOf(details) {
    const since = data.summary.before;
    if (!since || !details.changes) return [];
    const { places: moved, began, ended } = details.changes;
    const name = (fips) => element("a", { href: address(data.byFips[fips]) }, data.byFips[fips].name);
    const listed = (codes) => codes.flatMap((fips, i) => [i ? ", " : "", name(fips)]);
    const nodes = [heading(`Since the run of ${day(since)}`)];
    const most = (told, codes, total) => (total ? [element("p", {}, `${told}: `, ...listed(codes), total > codes.length ? ` and ${format(total - codes.length)} more.` : ".")] : []);
    nodes.push(...most("Cases have become likely to rise", began[0], began[1]), ...most("No longer likely to rise", ended[0], ended[1]));
    if (!moved.length) return nodes.concat(note("No projection has moved by a tenth or more."));
    const rows = moved.map(([fips, cases, median]) => {
      const place = data.byFips[fips], now = coming(place, 0);
      return rowOf([link(place), [cases, 0], [place.lastWeek, 0], [median, 0], [now, 0], [median > 0 ? now / median : null, 2]]);
    });
    return nodes.concat(note("Places whose projection moved most: cases of 7 days, and the median of the 7 days after, then and now."),
      tableOf(["Place", `Cases to ${day(since)}`, `to ${date(0)}`, "Projected then", "Projected now", "Ratio"], rows));
  }

  // Alerts that stand, and where they can be subscribed to.
  function alertsOf(place, details) {
    const nodes = details.alerts.map(({ text }) => element("p", { class: "warning", "data-alert": "" }, text));
    const feed = (end, name) => element("a", { href: `feeds/${place.fips}.${end}` }, name);
    const subscribe = ["Alerts as a feed: ", feed("xml", "RSS"), ", ", feed("json", "JSON"), "."];
    if (!details.raised) return nodes.concat(note(...subscribe));
    const [rise, gap] = details.raised;
    return nodes.concat(note(`${format(rise)} ${rise === 1 ? "county is" : "counties are"} likely to have more cases next week than in the last; in ${format(gap)}, the hospitals that serve the residents are likely to lack intensive-care beds. `, ...subscribe));
  }

  // A small chart for each county of a state, with one axis.
  function multiples(list, counties, state) {
    const known = list.filter((place) => counties[place.fips] && counted(place).population);
    if (!known.length) return [];
    const [wide, high] = [150, 56];
    const rate = (place) => (count) => measures.per100k(count, counted(place));
    const courses = known.map((place) => {
      const { weeks, next } = counties[place.fips];
      return { place, past: weeks.map(rate(place)), fan: place.reportedIn ? [] : next.map((q) => q.map(rate(place))) };
    });
    const values = courses.flatMap(({ past, fan }) => [...past, ...fan.map((q) => q[1])]).sort((a, b) => a - b);
    // The highest few leave the chart, or all others would lie flat.
    const top = frames.niceTop(1.1 * values[Math.floor(0.98 * (values.length - 1))]);
    const boxes = courses.map(({ place, past, fan }) => {
      const steps = past.length + fan.length;
      const x = (i) => ((i + 0.5) / steps) * wide, y = (v) => high - 2 - (Math.min(v, top) / top) * (high - 6);
      const last = past.length - 1, said = `${place.name}: ${format(all.cases.value(place))} per 100,000 in the last 7 days${fan.length ? `, ${format(fan.at(-1)[1])} projected in week ${fan.length}` : ""}`;
      const svg = element("svg", { viewBox: `0 0 ${wide} ${high}`, class: "small", "aria-hidden": "true" });
      svg.append(element("line", { class: "grid", x1: 0, x2: wide, y1: high - 2, y2: high - 2 }));
      const join = [past[last], past[last], past[last]], ahead = [join, ...fan];
      if (fan.length) svg.append(frames.band(ahead.map((q, i) => [x(last + i), y(q[2])]), ahead.map((q, i) => [x(last + i), y(q[0])])),
        frames.line(ahead.map((q, i) => [x(last + i), y(q[1])]), "median"));
      svg.append(frames.line(past.map((v, i) => [x(i), y(v)]), "past"));
      return element("a", { href: address(place), class: "multiple", "aria-label": said }, element("span", {}, place.name.replace(/, [A-Z]{2}$/, "")), element("b", {}, format(all.cases.value(place))), svg);
    });
    const rows = () => courses.flatMap(({ place, past, fan }) => [...past.map((v, i) => [place.fips, place.name, iso(7 * (i + 1 - past.length)), v, null, null, null]),
      ...fan.map((q, i) => [place.fips, place.name, iso(7 * (i + 1)), null, ...q])]);
    return [heading("Every county"), note(`Weekly cases per 100,000 people of the last ${courses[0].past.length} weeks, and the median and 80 % interval of the coming ones. All have the same axis, to ${format(top)}. The number is that of the last 7 days.`),
      drawn(state, "every county", [element("div", { class: "multiples" }, ...boxes), { head: ["Code", "Place", "Week to", "Cases per 100,000", "10 %", "Median", "90 %"], rows, digits: 1 }])];
  }

  // A county beside those most like it in residents and their age.
  function peersOf(place, details) {
    const peers = details.peers.filter(([fips]) => data.byFips[fips]);
    if (!peers.length) return [];
    const own = all.cases.value(place);
    const above = peers.map(([fips]) => all.cases.value(data.byFips[fips])).filter((value) => value !== null && own !== null && value > own).length;
    const rows = [[place.fips, details.old], ...peers].map(([fips, old]) => {
      const one = data.byFips[fips];
      const measured = ["cases", "growth", "rt", "next", "deaths"].map((key) => [all[key].value(one), all[key].digits]);
      return rowOf([link(one), [one.population, 0], [old === null ? null : 100 * old, 0, " %"], ...measured], one === place);
    });
    const age = details.old === null ? "" : " and the share of people of 65 and over";
    return [heading("Beside its peers"), note(`The ${peers.length} counties of the nation nearest in the number of residents${age}. ${own === null ? "" : `${above} of them ${above === 1 ? "has" : "have"} more cases per 100,000.`}`),
      tableOf(["County", "Residents", "65 and over", "Cases per 100,000", "Growth", "R_t", "Projected per 100,000", "Deaths per million"], rows)];
  }
  // What shows a county on a page of another site.
  function embedOf(place) {
    const source = new URL(`card.html#/${place.fips}`, location.href).href;
    const code = `<iframe src="${source}" title="COVID-19 in county ${place.fips}" width="360" height="440" style="border:0"></iframe>`;
    return element("details", {}, element("summary", {}, "Embed this county"), element("p", { class: "note" }, "A card for another page; it is as of this site's last run."),
      element("textarea", { readonly: "", rows: 3, "aria-label": "HTML that embeds the card" }, code), element("p", {}, element("a", { href: source }, "Open the card")));
  }
  return { byCases, placeTable, needTable, changesOf, alertsOf, multiples, peersOf, embedOf };
};
