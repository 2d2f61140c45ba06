"use strict";
// What is expected of infected people with a disease, and what is known of providers.
const treatment = (() => {
  const DAY = 86400000;
  // What is older is stale: most practices change whom they take within a month or two.
  const STALE_DAYS = 30;
  // 10 % quantile, median and 90 % quantile among the quantiles of a week.
  const ENDS = [1, 3, 5];
  const BASES = ["nation", "state", "county"];

  // A county's risks as its data file has them.
  function risksOf([perCase, admitted, died, adults, basis]) {
    return { perCase, admitted, died, adults, basis: BASES[basis] };
  }
  // The coming weeks: infected people with the disease, and how many of them are expected to be admitted and to die, each as lower end,
  // median and upper end.
  function weeks(fan, risks) {
    return fan.map((week) => {
      const infected = ENDS.map((at) => week[at] * risks.perCase);
      return { infected, admitted: infected.map((count) => count * risks.admitted[0]), died: infected.map((count) => count * risks.died[0]) };
    });
  }
  const FIELDS = ["list", "number", "name", "address", "city", "state", "postal", "telephone", "kind", "treats", "emergency", "beds", "asOf", "at", "located"];
  const provider = (row) => Object.fromEntries(FIELDS.map((name, i) => [name, row[i]]));

  // Entries by provider, for quick look-up.
  function byProvider(entries) {
    const all = new Map();
    for (const entry of entries) {
      if (all.has(entry.provider)) all.get(entry.provider).push(entry);
      else all.set(entry.provider, [entry]);
    }
    return all;
  }
  // What is known of a provider for a disease of these specialties: an entry for one of them before one for the whole provider, and of
  // several the latest; none if there is no entry. What is older than STALE_DAYS, or dated later than now, is stale.
  function known(entries, specialties, now) {
    const fits = (entries ?? []).filter((entry) => !entry.specialty || specialties.includes(entry.specialty));
    if (!fits.length) return null;
    const rank = (entry) => [entry.specialty ? 1 : 0, Date.parse(entry.updated_at)];
    const best = fits.reduce((a, b) => { const [x, y] = [rank(a), rank(b)]; return y[0] > x[0] || (y[0] === x[0] && y[1] > x[1]) ? b : a; });
    const days = Math.floor((now - Date.parse(best.updated_at)) / DAY);
    return { entry: best, days, future: days < 0, stale: days < 0 || days > STALE_DAYS };
  }
  const same = (a, b) => a.trim().toLowerCase() === b.trim().toLowerCase();
  // Whether a provider takes an insurance: "yes", "no", or "unknown" where nothing is known, or only what is stale.
  function takes(known, insurance) {
    if (!known || known.stale || !known.entry.insurances.length) return "unknown";
    return known.entry.insurances.some((name) => same(name, insurance)) ? "yes" : "no";
  }
  // Whether it takes new patients.
  function accepts(known) {
    if (!known || known.stale || known.entry.accepting_new_patients === null) return "unknown";
    return known.entry.accepting_new_patients ? "yes" : "no";
  }
  // Names of insurances, each once, in alphabetical order.
  function insurances(entries) {
    const names = new Map();
    for (const { insurances: own } of entries) for (const name of own) if (!names.has(name.trim().toLowerCase())) names.set(name.trim().toLowerCase(), name.trim());
    return [...names.values()].sort((a, b) => a.localeCompare(b));
  }
  return { STALE_DAYS, risksOf, weeks, provider, byProvider, known, takes, accepts, insurances };
})();
