import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { tables } = load("tables.js", { page: {} });
const { finder } = load("search.js", { page: {} });

test("values with commas, quotes and line ends are quoted", () => {
  assert.equal(tables.csv(["Place", "Cases"], [["Adams, NE", 1.5], ['the "old" one', null], ["two\nlines", 0]]), 'Place,Cases\r\n"Adams, NE",1.5\r\n"the ""old"" one",\r\n"two\nlines",0\r\n');
});

test("a spreadsheet takes no text for a formula, and numbers stay numbers", () => {
  assert.equal(tables.csv(["a"], [["=HYPERLINK(1)"], ["+1"], ["@x"], [-1]]), "a\r\n'=HYPERLINK(1)\r\n'+1\r\n'@x\r\n-1\r\n");
});

test("names of files are plain", () => {
  assert.equal(tables.fileName("31005 Daily new cases 2020-10-24"), "countycast-31005-daily-new-cases-2020-10-24.csv");
  assert.equal(tables.fileName("../../etc/passwd <b>"), "countycast-etc-passwd-b.csv");
});

const PLACES = [["US", "United States"], ["17", "Illinois", "IL"], ["29", "Missouri", "MO"], ["17031", "Cook, IL"], ["13075", "Cook, GA"], ["29510", "St. Louis City, MO"], ["29189", "St. Louis, MO"], ["36061", "New York, NY"]]
  .map(([code, name, state], i) => ({ code, name, state: state ?? null, population: 1e6 - 1e5 * i }));
test("places are found as people write them", () => {
  const found = (text) => finder.lookUp(text, PLACES)?.code;
  assert.deepEqual(["Cook County, IL", "cook", "cook, georgia", "17031", "il", "Illinois", "NYC", "saint louis", "usa"].map(found), ["17031", "17031", undefined, "17031", "17", "17", "36061", "29189", "US"]);
  assert.equal(found("nowhere at all"), undefined);
});
