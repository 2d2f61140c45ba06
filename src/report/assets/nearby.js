"use strict";
// Distances on the globe, in miles, and what lies within one.
const nearby = (() => {
  // Mean radius of the earth (6,371.0088 km).
  const EARTH = 3958.7613;
  const radians = (degrees) => (degrees * Math.PI) / 180;

  // Length of the great circle between two points, each degrees north and east. It is never rounded here.
  function miles([north, east], [otherNorth, otherEast]) {
    const up = Math.sin(radians(otherNorth - north) / 2), along = Math.sin(radians(otherEast - east) / 2);
    const chord = up * up + Math.cos(radians(north)) * Math.cos(radians(otherNorth)) * along * along;
    return 2 * EARTH * Math.asin(Math.min(1, Math.sqrt(chord)));
  }
  // Of things with a point `at`, those within a distance, each with its own, from the nearest; where two are as far, as they were.
  function within(things, from, most) {
    const found = [];
    for (const thing of things) {
      const distance = thing.at ? miles(from, thing.at) : Infinity;
      if (distance <= most) found.push({ thing, distance });
    }
    return found.sort((a, b) => a.distance - b.distance);
  }
  // Names of boxes (south, west, north, east) that may hold something within a distance: those that meet the box around the circle.
  function boxes(all, [north, east], most) {
    const angle = most / EARTH, high = (angle * 180) / Math.PI;
    const room = Math.sin(Math.min(angle, Math.PI / 2)) / Math.cos(radians(north));
    const wide = room < 1 && Math.abs(north) + high < 90 ? (Math.asin(room) * 180) / Math.PI : 180;
    const meets = ([south, west, top, right]) => north + high >= south && north - high <= top
      && [-360, 0, 360].some((turn) => east + turn + wide >= west && east + turn - wide <= right);
    return Object.keys(all).filter((name) => meets(all[name]));
  }
  // The name of the nearest of some points.
  function nearest(points, from) {
    let best = null, least = Infinity;
    for (const [name, at] of Object.entries(points)) {
      const distance = miles(from, at);
      if (distance < least) [best, least] = [name, distance];
    }
    return best;
  }
  return { miles, within, boxes, nearest };
})();
