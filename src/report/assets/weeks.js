"use strict";
// Past and coming weeks of all places on the map. Weeks are told by their distance from the last one, which is 0.
const weeks = (() => {
  const DAY = 86400000;
  const dayOf = (text) => Date.parse(`${text}T00:00:00Z`) / DAY;
  // The week that ends nearest to a day, within those that can be shown; the last week where no day is named.
  function weekOf(text, asOf, [first, last]) {
    if (!text) return 0;
    const week = Math.round((dayOf(text) - dayOf(asOf)) / 7);
    return Math.min(last, Math.max(first, week)) || 0;
  }
  const endOf = (week, asOf) => new Date((dayOf(asOf) + 7 * week) * DAY).toISOString().slice(0, 10);

  // Counts of a past week: rows end with the last week, and weeks before their first had none.
  const counted = (row, week) => (row ? row.at(week - 1) ?? 0 : null);
  // Cases or deaths of a place in a week, counted or, of a coming one, projected: the median.
  function count(data, target, fips, week) {
    if (week <= 0) return counted(data[target][fips], week);
    return data.next[fips]?.[target === "cases" ? 0 : 1]?.[week - 1] ?? null;
  }
  // The cases of a past week as they were projected `ahead` weeks before its end, if a run was made then.
  function foreseen(told, fips, week, ahead) {
    const run = told.daysAgo.indexOf(7 * (ahead - week));
    return run < 0 ? null : told.places[fips]?.[run]?.[ahead - 1] ?? null;
  }
  // What the map shows of a place in another week than the last.
  function value(data, measure, place, week) {
    const of = (target, at) => (week > 0 && place.reportedIn ? null : count(data, target, place.fips, at));
    if (measure === "deaths") return measures.perMillion(of("deaths", week), place);
    if (measure === "growth") return measures.ratio(of("cases", week), of("cases", week - 1));
    return measures.per100k(of("cases", week), measures.counted(place));
  }
  // What was projected for a week, as a rate, or what came relative to it.
  function past(data, told, place, week, ahead, as) {
    const projected = place.reportedIn ? null : foreseen(told, place.fips, week, ahead);
    return as === "ratio" ? measures.ratio(count(data, "cases", place.fips, week), projected) : measures.per100k(projected, place);
  }
  return { dayOf, weekOf, endOf, count, foreseen, value, past };
})();
