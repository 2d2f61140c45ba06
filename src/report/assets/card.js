"use strict";
// A county on a page of another site: its last week, the next, and where it is heading.
const countycast = (() => {
  const main = document.getElementById("main");
  const { element, format } = page;
  const [LOW, MEDIAN, HIGH] = [1, 3, 5];
  const DAY = 86400000;
  const WEEKS = 12;
  const files = page.loader();
  const text = (offset, asOf) => new Date(Date.parse(`${asOf}T00:00:00Z`) + offset * DAY).toLocaleDateString("en-US", { month: "short", day: "numeric", timeZone: "UTC" });
  const weekly = (days) => {
    const weeks = [];
    for (let end = days.length; end >= 7; end -= 7) weeks.unshift(frames.sum(days.slice(end - 7, end)));
    return weeks;
  };

  function chart(past, fan, asOf) {
    const top = frames.niceTop(Math.max(1, ...past, ...fan.map((q) => q[HIGH])));
    const said = fan.length ? `; ${format(fan.at(-1)[MEDIAN])} projected in week ${fan.length}` : "";
    const axes = frames.frame(`Weekly new cases: ${format(past.at(-1))} in the last${said}.`, [320, 180],
      { steps: past.length + fan.length, name: (i) => text(7 * (i + 1 - past.length), asOf), top });
    const { svg, x, y } = axes;
    past.forEach((count, i) => svg.append(frames.bar(axes, i, count)));
    const at = fan.map((_, i) => x(past.length + i));
    if (fan.length) svg.append(frames.band(fan.map((q, i) => [at[i], y(q[HIGH])]), fan.map((q, i) => [at[i], y(q[LOW])])), frames.line(fan.map((q, i) => [at[i], y(q[MEDIAN])]), "median"));
    return svg;
  }
  function draw(fips, details) {
    const past = weekly(details.cases), fan = details.district ? [] : details.forecast?.weeks.blend ?? [], rt = details.rt.at(-1);
    const link = element("a", { href: `index.html#/county/${fips}`, target: "_top" }, details.name);
    const next = fan.length ? [element("p", {}, "Next 7 days: ", element("b", {}, format(fan[0][MEDIAN])), ` (80 % interval ${format(fan[0][LOW])} – ${format(fan[0][HIGH])})`)] : [];
    main.replaceChildren(element("h1", {}, link), element("p", { class: "note" }, `COVID-19, data to ${text(0, details.asOf)}, ${details.asOf.slice(0, 4)}${details.synthetic ? ". Synthetic data: these are not real counts." : ""}`),
      element("p", {}, "Last 7 days: ", element("b", {}, format(past.at(-1))), details.district ? ` new cases in ${details.district}, which counts this county's` : " new cases"), ...next,
      ...(rt ? [element("p", {}, "R_t: ", element("b", {}, format(rt[0], 2)), ` (90 %: ${format(rt[1], 2)} – ${format(rt[2], 2)})`)] : []),
      chart(past.slice(-WEEKS), fan, details.asOf));
    document.title = `${details.name} – countycast`;
  }
  function show() {
    const [fips = ""] = addresses.parse(location.hash, {}).parts;
    if (!finder.isCounty(fips)) return main.replaceChildren(element("p", {}, "Name a county by its code, as in card.html#/31005."));
    files.wanted([fips], () => {
      const details = files.groups[fips];
      if (details) draw(fips, details);
      else main.replaceChildren(element("p", {}, "This run has no county with that code."));
    });
  }
  addEventListener("hashchange", show);
  return { show, file(code, content) { files.arrived(code, content); } };
})();
countycast.show();
