"use strict";
// What the map of daily cases can show of a place, and in which colours.
const measures = (() => {
  // Intensive care in the hospitals that serve a place, in the order of the summary: staffed beds, probability of overflow,
  // shortfall at the peak (90 % quantile).
  const SERVING = { BEDS: 0, OVERFLOW: 1, LACK_90: 2 };
  // Intensive care in the hospitals of a county, in the order of the table of needs.
  const ICU = { BEDS: 0, FREE: 1, PEAK: 2, PEAK_90: 3, OVERFLOW: 4, FIRST_DAY: 5, LACK: 6, LACK_90: 7, RANK: 8, SERVED: 9 };
  // Fewest cases in a week of which a ratio is told.
  const LEAST = 5;

  // Who counts a place's cases: the district that reports for it, or itself.
  const counted = (place) => place.reportedIn ?? place;
  // Medians of cases of the next week and the fourth, and of deaths; a county of a district has none of its own.
  const coming = (place, which) => (place.reportedIn ? null : place.next?.[which] ?? null);
  const rate = (count, people, per) => (count === null || count === undefined || !people ? null : (count / people) * per);
  const per100k = (count, place) => rate(count, place.population, 1e5);
  // Deaths are counted by county even where cases are not, but are then not shared out reliably.
  const perMillion = (count, place) => (place.reportedIn ? null : rate(count, place.population, 1e6));
  const ratio = (value, base) => (value === null || value === undefined || !(base >= LEAST) ? null : value / base);
  const lacking = (place) => place.icu?.[SERVING.LACK_90] ?? null;

  // `scale` names the measure whose values give the colours, so that what is projected has those of what was counted; `weekly` that
  // past weeks can be shown as well.
  const CASES = { kind: "rising", scale: "cases", otherwise: [10, 50, 100, 200, 400, 800], finest: 1, digits: 0 };
  const DEATHS = { kind: "rising", scale: "deaths", otherwise: [1, 5, 15, 30, 60, 120], finest: 1, digits: 0 };
  const RATIO = { kind: "around", otherwise: [0.5, 0.75, 1, 1.35, 2], digits: 2 };
  const all = {
    cases: { ...CASES, label: "Cases", long: "new cases per 100,000 people in the last 7 days", none: "no data", weekly: true,
      value: (p) => per100k(counted(p).lastWeek, counted(p)) },
    next: { ...CASES, label: "Projected cases", long: "projected new cases per 100,000 people in the next 7 days (median)", none: "no projection",
      value: (p) => per100k(coming(p, 0), p) },
    later: { ...RATIO, label: "Change in four weeks", long: "projected cases of the fourth week relative to the last 7 days", none: "too few cases, or no projection",
      value: (p) => ratio(coming(p, 1), p.lastWeek) },
    deaths: { ...DEATHS, label: "Deaths", long: "new deaths per million people in the last 7 days", none: "no data, or counted elsewhere", weekly: true,
      value: (p) => perMillion(p.deaths, p) },
    dying: { ...DEATHS, label: "Projected deaths", long: "projected new deaths per million people in the next 7 days (median)", none: "no projection",
      value: (p) => perMillion(coming(p, 2), p) },
    growth: { ...RATIO, label: "Growth", long: "cases of the last 7 days relative to the 7 days before", none: "too few cases or no data", weekly: true,
      value: (p) => ratio(counted(p).lastWeek, counted(p).weekBefore) },
    rt: { ...RATIO, label: "Reproduction number", long: "reproduction number R_t: infections caused by one infection", otherwise: [0.8, 0.9, 1, 1.1, 1.25],
      none: "too few cases or no data", value: (p) => (counted(p).rt ?? p.rt)?.[0] ?? null },
    gap: { kind: "rising", scale: "gap", otherwise: [0.1, 5, 10, 25, 50, 100], finest: 0.1, digits: 0, unit: " %", label: "Hospital gap", none: "beds unknown, or none",
      long: "shortfall of intensive-care beds at the peak, % of staffed beds in the hospitals that serve the place (90 % quantile)",
      value: (p) => (p.icu?.[SERVING.BEDS] > 0 && lacking(p) !== null ? (100 * lacking(p)) / p.icu[SERVING.BEDS] : null) },
    care: { ...RATIO, label: "Care gap", otherwise: [0.7, 0.85, 1, 1.2, 1.5], none: "no data",
      long: "hospital patients of all kinds per provider, relative to the nation (median of 16 specialties)", value: (p) => p.care ?? null },
  };
  // Colours and limits of a measure, from its values in all counties: those of the last week, unless others are given.
  function scaleOf(key, places, value = all[all[key].scale ?? key].value) {
    const { kind, otherwise, finest, none, unit } = all[key];
    const values = places.filter((place) => place.fips.length === 5).map(value);
    return { ...scales.made(kind, values, otherwise, finest), none, unit };
  }
  return { SERVING, ICU, LEAST, all, counted, coming, per100k, perMillion, ratio, lacking, scaleOf };
})();
