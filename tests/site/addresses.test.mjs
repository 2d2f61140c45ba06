import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { addresses } = load("addresses.js");
const KINDS = {
  measure: { first: "cases", values: ["cases", "deaths", "rt"] }, interval: { first: 80, values: [50, 95] },
  week: { first: "", is: (text) => /^\d{4}-\d{2}-\d{2}$/.test(text) },
};
const plain = (value) => JSON.parse(JSON.stringify(value));

test("every view has an address that leads back to it", () => {
  for (const measure of ["cases", "deaths", "rt"]) for (const interval of [50, 80, 95]) for (const week of ["", "2020-10-17"]) for (const parts of [[], ["county", "31005"], ["state", "31"]]) {
    const settings = { measure, interval, week };
    assert.deepEqual(plain(addresses.parse(addresses.format(parts, settings, KINDS), KINDS)), { parts, settings });
  }
});

test("what is as at first is left out", () => {
  assert.equal(addresses.format(["county", "31005"], { measure: "cases", interval: 80, week: "" }, KINDS), "#/county/31005");
  assert.equal(addresses.format([], { measure: "rt", interval: 95, week: "" }, KINDS), "#/?measure=rt&interval=95");
});

test("what is not allowed is as at first", () => {
  for (const hash of ["", "#", "#/", "#/?measure=__proto__&interval=81&week=tomorrow", "#/?interval=95%20", "#/?measure="]) {
    assert.deepEqual(plain(addresses.parse(hash, KINDS).settings), { measure: "cases", interval: 80, week: "" }, hash);
  }
  assert.equal(addresses.parse("#/county/%3Cb%3E?interval=95", KINDS).settings.interval, 95);
  assert.equal(addresses.parse("#/county/%3Cb%3E", KINDS).parts[1], "<b>");
});

test("an address with a broken escape leads nowhere rather than to an error", () => {
  assert.deepEqual(plain(addresses.parse("#/county/%E0%A4%A", KINDS).parts), ["county", "%E0%A4%A"]);
});
