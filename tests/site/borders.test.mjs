import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import test from "node:test";
import { pack, rounded, written } from "./borders.mjs";
import { load } from "./load.mjs";

const { borders, atlas } = load("borders.js", "atlas.js");
const packed = JSON.parse(readFileSync(new URL("../../src/report/assets/borders.json", import.meta.url), "utf8"));

// A square cut in two by a line: its arcs are used forwards, backwards and twice.
const SQUARES = {
  type: "Topology", transform: { scale: [0.1, 0.1], translate: [0, 0] },
  arcs: [[[100, 0], [0, 100]], [[100, 100], [-100, 0], [0, -100], [100, 0]], [[100, 0], [100, 0], [0, 100], [-100, 0]], [[5000, 7], [0, 0]]],
  objects: {
    counties: { geometries: [{ type: "Polygon", id: "01003", arcs: [[2, -1]] }, { type: "MultiPolygon", id: "01001", arcs: [[[0, 1]], [[3]]] }] },
    states: { geometries: [{ type: "MultiPolygon", id: "01", arcs: [[[2, 1]], [[3]]] }] },
  },
};
const shapes = (topology) => Object.fromEntries(["counties", "states"].flatMap((name) => topology.objects[name].geometries.map((geometry) => {
  const { id, area, centre, outline } = atlas.shape(topology, geometry);
  return [id, { area: area.toFixed(6), centre, corners: outline.map((points) => points.map((point) => point.map((v) => v.toFixed(1)).join()).sort()).sort() }];
})));
const plain = (value) => JSON.parse(JSON.stringify(value));

test("borders are unpacked as they were packed", () => {
  assert.deepEqual(plain(shapes(borders.unpack(pack(SQUARES)))), plain(shapes(SQUARES)));
});

test("numbers of one, two and three digits differ", () => {
  const texts = [0, 1, 45, 46, 47, 2115, 2116, 97336].map(written);
  assert.equal(new Set(texts).size, texts.length);
  assert.deepEqual(texts.map((text) => text.length), [1, 1, 1, 2, 2, 2, 3, 4]);
});

test("cut borders are refused", () => {
  const [parts, starts, steps] = packed;
  assert.throws(() => borders.unpack([parts, starts, steps.slice(0, -1)]), /cut off/);
});

test("the site has 3,142 counties and the states around them", () => {
  const { counties, states } = borders.unpack(packed).objects;
  assert.equal(counties.geometries.length, 3142);
  assert.equal(states.geometries.length, 51);
  assert.equal(new Set(counties.geometries.map(({ id }) => id)).size, 3142);
});

const source = new URL("node_modules/us-atlas/counties-albers-10m.json", import.meta.url);
test("the borders are those of us-atlas, to a tenth", { skip: existsSync(source) ? false : "us-atlas is not installed" }, () => {
  const original = rounded(JSON.parse(readFileSync(source, "utf8")));
  assert.deepEqual(packed, pack(original));
  assert.deepEqual(plain(shapes(borders.unpack(packed))), plain(shapes(original)));
});
