import assert from "node:assert/strict";
import test from "node:test";
import { load } from "./load.mjs";

const { scales } = load("scales.js");
const OTHERWISE = [10, 50, 100, 200, 400, 800];
const spread = (count, of) => Array.from({ length: count }, (_, i) => of((i + 0.5) / count));
const plain = (value) => JSON.parse(JSON.stringify(value));

test("few places have the last colour and all colours are used, in a quiet summer as in a wave", () => {
  for (const level of [0.5, 8, 70, 650, 4000]) {
    const values = spread(3000, (share) => level * Math.exp(2 * (share - 0.5) + Math.sin(20 * share) / 3));
    const { limits } = scales.made("rising", values, OTHERWISE);
    const counts = scales.classes(limits, values);
    assert.ok(counts.at(-1) <= 0.15 * values.length, `${level}: ${counts}`);
    assert.ok(Math.max(...counts) <= 0.4 * values.length, `${level}: ${counts}`);
    assert.ok(Math.min(...counts) > 0, `${level}: ${counts}`);
  }
});

test("limits rise and are round, even where nearly all places are alike", () => {
  for (const values of [spread(500, () => 300), spread(500, (share) => 300 + share), [...spread(20, () => 5), ...spread(900, () => 0)]]) {
    const { limits } = scales.made("rising", values, OTHERWISE);
    assert.equal(limits.length, 6);
    limits.forEach((limit, i) => {
      assert.ok(!i || limit > limits[i - 1], `${limits}`);
      assert.equal(limit, Number(limit.toPrecision(2)));
    });
  }
});

test("too few values have the usual limits; what is unknown does not count", () => {
  assert.deepEqual(plain(scales.made("rising", [null, 3, NaN, 5], OTHERWISE).limits), OTHERWISE);
  assert.deepEqual(plain(scales.made("around", [null, 1.2], [0.5, 0.75, 1, 1.35, 2]).limits), [0.5, 0.75, 1, 1.35, 2]);
});

test("limits are no finer than differences mean something", () => {
  const { limits } = scales.made("rising", spread(100, (share) => share / 10), OTHERWISE, 1);
  assert.ok(limits[0] >= 1, `${limits}`);
});

test("a scale around 1 spreads as far as the values do", () => {
  const narrow = scales.made("around", spread(400, (share) => 0.95 + share / 10), OTHERWISE).limits;
  const wide = scales.made("around", spread(400, (share) => 0.3 + 3 * share), OTHERWISE).limits;
  assert.ok(wide.at(-1) > narrow.at(-1) && wide[0] < narrow[0]);
  assert.equal(narrow[2], 1);
  assert.equal(wide[2], 1);
});

test("a limit belongs to the class above it, and the dark page has the rising colours the other way round", () => {
  const scale = { colours: scales.RISING, limits: OTHERWISE };
  assert.equal(scales.colour(scale, 9.99, false), scales.RISING[0]);
  assert.equal(scales.colour(scale, 10, false), scales.RISING[1]);
  assert.equal(scales.colour(scale, 800, true), scales.RISING[0]);
  assert.equal(scales.colour({ colours: scales.AROUND, limits: [0.5, 0.75, 1, 1.35, 2] }, 2, true), scales.AROUND.at(-1));
});
