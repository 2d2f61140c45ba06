"use strict";
// The places of the summary, which has them by column: `fips` and the others in the same order, and few values by code alone.
const places = (() => {
  const isCounty = (place) => place.fips.length === 5;
  function read({ columns, published, districts, reportedIn }) {
    const names = Object.keys(columns).filter((name) => name !== "fips");
    return columns.fips.split(" ").map((fips, row) => {
      const place = { fips, ...Object.fromEntries(names.map((name) => [name, columns[name][row] ?? null])) };
      place.published = published[fips] ?? place.lastWeek;
      place.reportedIn = fips in reportedIn ? districts[reportedIn[fips]] : null;
      return place;
    });
  }
  return { isCounty, read };
})();
