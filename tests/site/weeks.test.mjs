import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { measures, places, weeks } = load("scales.js", "places.js", "measures.js", "weeks.js");
const COLUMNS = {
  fips: "US 31 31001 31003 49057", name: ["United States", "Nebraska", "Adams, NE", "Antelope, NE", "Weber, UT"], state: [null, "NE", null, null, null],
  population: [330e6, 2e6, 30000, 6000, 260000], rt: [[1.2, 1.1, 1.3], null, [1.1, 0.9, 1.3], null, null], icu: [null, null, [20, 0.4, 5], [0, null, null], null],
  care: [1, null, 2, null, null], lastWeek: [1e6, 5000, 90, 4, 0], weekBefore: [9e5, 4000, 60, 2, 0], deaths: [9000, 60, 3, 0, 0], next: [null, null, [120, 150, 4], null, [7, 8, 9]],
};
const read = places.read({ columns: COLUMNS, published: { 31001: 80 }, reportedIn: { 49057: 0 }, districts: [{ name: "Weber-Morgan", population: 270000, lastWeek: 2700, weekBefore: 2250, rt: [1.3, 1.2, 1.4] }] });
const [, , adams, antelope, weber] = read;
const plain = (result) => JSON.parse(JSON.stringify(result));
const value = (key, place) => measures.all[key].value(place);

test("places are read from their columns", () => {
  assert.equal(adams.name, "Adams, NE");
  assert.equal(adams.published, 80);
  assert.equal(antelope.published, 4, "as used, where nothing was repaired");
  assert.equal(weber.reportedIn.name, "Weber-Morgan");
  assert.deepEqual(plain(read.filter(places.isCounty).map(({ fips }) => fips)), ["31001", "31003", "49057"]);
});

test("rates are of the residents, ratios need five cases", () => {
  assert.equal(value("cases", adams), 300);
  assert.equal(value("growth", adams), 1.5);
  assert.equal(value("growth", antelope), null);
  assert.equal(value("next", adams), 400);
  assert.equal(value("later", adams), 150 / 90);
  assert.equal(value("deaths", adams), 100);
  assert.equal(value("gap", adams), 25);
  assert.equal(value("gap", antelope), null, "no beds");
});

test("a county that a district counts has the district's numbers, and no projection of its own", () => {
  assert.equal(value("cases", weber), 1000);
  assert.equal(value("growth", weber), 1.2);
  assert.equal(value("rt", weber), 1.3);
  for (const key of ["next", "later", "deaths", "dying"]) assert.equal(value(key, weber), null, key);
});

test("what is projected has the colours of what was counted", () => {
  const many = Array.from({ length: 50 }, (_, i) => ({ ...adams, lastWeek: 3 * i, next: [90 * i, 0, 0] }));
  const [counted, projected] = ["cases", "next"].map((key) => plain(measures.scaleOf(key, many)));
  assert.deepEqual([projected.limits, projected.colours], [counted.limits, counted.colours]);
  assert.notDeepEqual(measures.scaleOf("cases", many).limits, measures.all.cases.otherwise);
});

const DATA = { cases: { 31001: [10, 60, 90], 49057: [2250, 2700] }, deaths: { 31001: [1, 3] }, next: { 31001: [[120, 130], [4, 5]], 49057: [[7, 8], [9, 9]] } };
test("weeks are told from the last: past ones as counted, coming ones as projected", () => {
  assert.deepEqual([-3, -2, -1, 0, 1, 2].map((week) => weeks.value(DATA, "cases", adams, week)), [0, 10, 60, 90, 120, 130].map((count) => (count / 30000) * 1e5));
  assert.equal(weeks.value(DATA, "growth", adams, 1), 120 / 90);
  assert.equal(weeks.value(DATA, "deaths", adams, -1), (1 / 30000) * 1e6);
  assert.equal(weeks.value(DATA, "cases", weber, -1), (2250 / 270000) * 1e5);
  assert.equal(weeks.value(DATA, "cases", weber, 1), null);
  assert.equal(weeks.value(DATA, "cases", antelope, 0), null, "nothing is known of it");
});

test("a day leads to the week that ends nearest to it, within those there are", () => {
  const of = (text) => weeks.weekOf(text, "2020-11-21", [-43, 4]);
  assert.deepEqual(["", "2020-11-21", "2020-11-14", "2020-11-16", "2020-12-19", "2021-06-01", "2019-01-01"].map(of), [0, 0, -1, -1, 4, 4, -43]);
  assert.equal(weeks.endOf(-3, "2020-11-21"), "2020-10-31");
});

test("an earlier run is found by the week and by how far ahead it was", () => {
  const told = { daysAgo: [21, 14, 7], places: { 31001: [[50, 55, 60], [70, 75, 80], [100, 110, 120]], 49057: [[1, 1, 1], [1, 1, 1], [1, 1, 1]] } };
  assert.equal(weeks.foreseen(told, "31001", 0, 1), 100);
  assert.equal(weeks.foreseen(told, "31001", 0, 3), 60);
  assert.equal(weeks.foreseen(told, "31001", -1, 1), 70);
  assert.equal(weeks.foreseen(told, "31001", -9, 1), null, "no run was made then");
  assert.equal(weeks.past(DATA, told, adams, 0, 1, "projected"), (100 / 30000) * 1e5);
  assert.equal(weeks.past(DATA, told, adams, 0, 1, "ratio"), 0.9);
  assert.equal(weeks.past(DATA, told, weber, 0, 1, "projected"), null);
});
