import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { load } from "./load.mjs";

const { nearby, treatment } = load("nearby.js", "treatment.js");
const { finder } = load("search.js", { page: {} });

test("distances are great circles", () => {
  // From Karney's geodesics on the ellipsoid: 2,475 statute miles from Kennedy to Los Angeles airport, 3,451 to Heathrow.
  assert.ok(Math.abs(nearby.miles([40.6413, -73.7781], [33.9416, -118.4085]) - 2475) < 10);
  assert.ok(Math.abs(nearby.miles([40.6413, -73.7781], [51.47, -0.4543]) - 3451) < 12);
  // A degree along a meridian, a fourth of the globe, and its other side.
  const round = 2 * Math.PI * 3958.7613;
  assert.ok(Math.abs(nearby.miles([0, 0], [1, 0]) - round / 360) < 1e-9);
  assert.ok(Math.abs(nearby.miles([0, 0], [90, 77]) - round / 4) < 1e-9);
  assert.ok(Math.abs(nearby.miles([10, 20], [-10, -160]) - round / 2) < 1e-3, "where an arcsine has half of the digits");
  assert.ok(nearby.miles([52, 179.9], [52, -179.9]) < 10, "across the date line");
});

test("distances are compared before they are rounded", () => {
  const at = (miles) => [(miles / (2 * Math.PI * 3958.7613)) * 360, 0];
  const found = nearby.within([{ name: "b", at: at(24.9999) }, { name: "c", at: at(25.0001) }, { name: "a", at: at(24.9998) }], [0, 0], 25);
  assert.deepEqual(Array.from(found, ({ thing }) => thing.name), ["a", "b"]);
});

test("each of 3,300 postal codes is 0 miles from itself and within its own circle", () => {
  for (let i = 0; i < 3300; i++) {
    const point = [18 + ((i * 7919) % 53000) / 1000, -176 + ((i * 104729) % 110000) / 1000];
    assert.equal(nearby.miles(point, point), 0);
    assert.equal(nearby.within([{ at: point }], point, 0).length, 1);
    assert.deepEqual(Array.from(nearby.boxes({ own: [point[0], point[1], point[0], point[1]] }, point, 0)), ["own"]);
  }
});

test("no state that has a provider within the distance is left out", () => {
  let chance = 7;
  const next = () => ((chance = (chance * 1103515245 + 12345) % 2147483648) / 2147483648);
  let near = 0;
  for (let i = 0; i < 20000; i++) {
    const from = [18 + next() * 53, -179 + next() * 358], thing = [from[0] + (next() - 0.5) * 8, from[1] + (next() - 0.5) * 16];
    if (thing[1] < -180 || thing[1] > 180) thing[1] -= Math.sign(thing[1]) * 360;
    const miles = 250 * next();
    if (nearby.miles(from, thing) > miles) continue;
    near += 1;
    assert.equal(nearby.boxes({ own: [thing[0], thing[1], thing[0], thing[1]] }, from, miles).length, 1, `${from} ${thing} ${miles}`);
  }
  assert.ok(near > 1000);
});

test("each county's name in full finds its own code", () => {
  const topology = JSON.parse(readFileSync(new URL("node_modules/us-atlas/counties-10m.json", import.meta.url), "utf8"));
  const states = { "01": "AL", "02": "AK", "04": "AZ", "05": "AR", "06": "CA", "08": "CO", "09": "CT", 10: "DE", 11: "DC", 12: "FL", 13: "GA", 15: "HI", 16: "ID", 17: "IL", 18: "IN", 19: "IA", 20: "KS", 21: "KY", 22: "LA", 23: "ME", 24: "MD", 25: "MA", 26: "MI", 27: "MN", 28: "MS", 29: "MO", 30: "MT", 31: "NE", 32: "NV", 33: "NH", 34: "NJ", 35: "NM", 36: "NY", 37: "NC", 38: "ND", 39: "OH", 40: "OK", 41: "OR", 42: "PA", 44: "RI", 45: "SC", 46: "SD", 47: "TN", 48: "TX", 49: "UT", 50: "VT", 51: "VA", 53: "WA", 54: "WI", 55: "WV", 56: "WY" };
  // Independent cities have codes from 510 on; where a county has the same name, the run's panel calls them "City".
  const rows = topology.objects.counties.geometries.map(({ id, properties }) => [id, properties.name]).filter(([id]) => states[id.slice(0, 2)]);
  const counties = new Set(rows.filter(([id]) => Number(id.slice(2)) < 500).map(([id, name]) => `${id.slice(0, 2)} ${name}`));
  const all = rows.map(([id, name]) => {
    const city = Number(id.slice(2)) >= 500 && counties.has(`${id.slice(0, 2)} ${name}`);
    return { code: id, name: `${name}${city ? " City" : ""}, ${states[id.slice(0, 2)]}`, full: city ? `${name} City, ${states[id.slice(0, 2)]}` : `${name} County, ${states[id.slice(0, 2)]}` };
  });
  assert.ok(all.length >= 3141, `${all.length}`);
  const wrong = all.filter(({ code, full }) => finder.lookUp(full, all)?.code !== code);
  assert.deepEqual(wrong, []);
});

test("weeks are the projection's quantiles times the risks", () => {
  const risks = treatment.risksOf([0.5, [0.1, 0.05, 0.2], [0.01, 0.01, 0.01], 0.12, 2]);
  const [week] = treatment.weeks([[0, 10, 15, 20, 30, 40, 50]], risks);
  assert.deepEqual(Array.from(week.infected), [5, 10, 20]);
  assert.deepEqual([week.admitted[1], week.died[1], risks.basis], [1, 0.1, "county"]);
});

const NOW = Date.parse("2026-11-29T12:00:00Z");
const entry = (changes) => ({ provider: "15E064", specialty: "", accepting_new_patients: true, telehealth: null, insurances: ["Medicare", "Blue Cross"], updated_at: "2026-11-20T12:00:00Z", ...changes });

test("what is known is the disease's own entry, and the latest", () => {
  const entries = [entry({ accepting_new_patients: false, updated_at: "2026-11-28T00:00:00Z" }), entry({ specialty: "207RC0000X" }), entry({ specialty: "207Q00000X", updated_at: "2026-11-25T12:00:00Z" }), entry({ specialty: "122300000X", updated_at: "2026-11-29T00:00:00Z" })];
  const known = treatment.known(entries, ["207Q00000X", "207RC0000X"], NOW);
  assert.deepEqual([known.entry.specialty, known.days, known.stale], ["207Q00000X", 4, false]);
  assert.equal(treatment.known(entries, ["x"], NOW).entry.accepting_new_patients, false, "that of the whole provider");
  assert.equal(treatment.known([entries[3]], ["x"], NOW), null);
  assert.equal(treatment.known(undefined, ["x"], NOW), null);
});

test("after thirty days, or before its day, an entry is stale and tells nothing for sure", () => {
  const at = (updated_at) => treatment.known([entry({ updated_at })], [], NOW);
  assert.equal(at("2026-10-30T12:00:00Z").stale, false);
  const old = at("2026-10-29T11:59:59Z"), coming = at("2026-11-29T12:00:01Z");
  assert.deepEqual([old.stale, old.future, coming.stale, coming.future], [true, false, true, true]);
  for (const known of [old, coming, null]) assert.deepEqual([treatment.accepts(known), treatment.takes(known, "Medicare")], ["unknown", "unknown"]);
});

test("insurances are compared as people write them", () => {
  const known = treatment.known([entry({})], [], NOW);
  assert.deepEqual(["medicare", " Blue Cross ", "Aetna"].map((name) => treatment.takes(known, name)), ["yes", "yes", "no"]);
  assert.equal(treatment.takes(treatment.known([entry({ insurances: [] })], [], NOW), "Medicare"), "unknown");
  assert.deepEqual(Array.from(treatment.insurances([entry({}), entry({ insurances: ["MEDICARE", "Aetna"] })])), ["Aetna", "Blue Cross", "Medicare"]);
});

test("ten thousand providers are sorted quickly", () => {
  const things = Array.from({ length: 10000 }, (_, i) => ({ at: [30 + (i % 100) / 10, -100 + Math.floor(i / 100) / 10] }));
  const start = performance.now();
  const found = nearby.within(things, [35, -95], 250);
  assert.ok(performance.now() - start < 1000, "a second is ten times what it takes");
  assert.ok(found.length > 100 && found.every(({ distance }, i) => !i || distance >= found[i - 1].distance));
});
