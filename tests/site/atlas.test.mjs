import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { load } from "./load.mjs";

const { atlas, borders } = load("borders.js", "atlas.js");
const packed = JSON.parse(readFileSync(new URL("../../src/report/assets/borders.json", import.meta.url), "utf8"));
const topology = borders.unpack(packed);
const counties = topology.objects.counties.geometries.map((geometry) => atlas.shape(topology, geometry));
const shape = (id) => counties.find((one) => one.id === id);
const close = (a, b, by = 1e-9) => assert.ok(Math.abs(a - b) <= by, `${a} is not ${b}`);

function drawn(...rings) {
  const arcs = rings.map((points) => points.map(([x, y], i) => (i ? [x - points[i - 1][0], y - points[i - 1][1]] : [x, y])));
  const made = { transform: { scale: [1, 1], translate: [0, 0] }, arcs };
  return atlas.shape(made, { type: "MultiPolygon", id: "01001", arcs: rings.map((_, i) => [[i]]) });
}

test("area and centre of a square, far from the origin", () => {
  const { area, centre, d } = drawn([[900, 600], [902, 600], [902, 602], [900, 602], [900, 600]]);
  close(area, 4);
  close(centre[0], 901);
  close(centre[1], 601);
  assert.equal(d, "M900,600L902,600L902,602L900,602L900,600Z");
});

test("the centre of a crescent lies inside it", () => {
  const { centre } = drawn([[0, 0], [10, 0], [10, 10], [0, 10], [0, 9], [9, 9], [9, 1], [0, 1], [0, 0]]);
  assert.ok(centre[0] > 9 && centre[0] < 10, `${centre}`);
});

test("of several parts the largest has the centre, and all have the area", () => {
  const { area, centre } = drawn([[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]], [[10, 0], [14, 0], [14, 4], [10, 4], [10, 0]]);
  close(area, 17);
  assert.deepEqual([...centre], [12, 2]);
});

test("every one of the 3,142 counties has a place on the map, also those without area", () => {
  for (const { id, centre } of counties) assert.ok(centre && centre.every(Number.isFinite), id);
  for (const id of ["51610", "51678", "51685"]) assert.equal(shape(id).area, 0, `${id} has an outline without area`);
});

// The counties of the nation or of a state, and the radius of points that the map takes for them on a desktop and on a phone.
function maps() {
  const all = [["US", counties, 1.7]];
  for (const state of new Set(counties.map(({ id }) => id.slice(0, 2)))) {
    const inside = counties.filter(({ id }) => id.startsWith(state)), [, , width, height] = atlas.box(inside);
    for (const pixels of [1048, 358]) all.push([`${state} at ${pixels}`, inside, 4.5 * Math.max(width / pixels, height / Math.min(pixels, 560))]);
  }
  return all;
}
test("points stand for what is too small, none upon another, and none far from its place", () => {
  for (const [name, inside, radius] of maps()) {
    const points = atlas.points(inside, radius), found = new Set(points.map(({ id }) => id));
    for (const { id, area } of inside) assert.equal(found.has(id), area < Math.PI * radius ** 2, id);
    for (let i = 0; i < points.length; i++) {
      const { id, at } = points[i], [x, y] = shape(id).centre;
      assert.ok(Math.hypot(at[0] - x, at[1] - y) < 5 * radius, `${name}: ${id} has moved by ${Math.hypot(at[0] - x, at[1] - y) / radius} radii`);
      for (let j = 0; j < i; j++) {
        const [ox, oy] = points[j].at;
        assert.ok(Math.hypot(at[0] - ox, at[1] - oy) >= 2 * radius, `${name}: ${id} and ${points[j].id}`);
      }
    }
  }
});

test("two points upon each other part", () => {
  const dot = (id) => ({ id, area: 0, centre: [5, 5] });
  const [a, b] = atlas.points([dot("a"), dot("b")], 1).map(({ at }) => at);
  assert.ok(Math.hypot(a[0] - b[0], a[1] - b[1]) >= 2);
});

test("arrows lead from any place to any other: counties of every state, and states of the nation", () => {
  const arrows = [[1, 0], [-1, 0], [0, 1], [0, -1]];
  const states = topology.objects.states.geometries.map((geometry) => atlas.shape(topology, geometry));
  const maps = [states, ...states.map(({ id: state }) => counties.filter(({ id }) => id.startsWith(state)))];
  for (const inside of maps) {
    const next = new Map(inside.map((one) => [one, arrows.map((arrow) => atlas.neighbour(one.centre, inside, arrow)).filter(Boolean)]));
    for (const start of inside) {
      const reached = new Set([start]), open = [start];
      while (open.length) for (const one of next.get(open.pop())) if (!reached.has(one)) { reached.add(one); open.push(one); }
      assert.equal(inside.filter((one) => !reached.has(one)).map(({ id }) => id).join(" "), "", `from ${start.id}`);
    }
  }
});

test("the box of a state holds it", () => {
  const [left, top, width, height] = atlas.box(topology.objects.states.geometries.filter(({ id }) => id === "49").map((geometry) => atlas.shape(topology, geometry)));
  const [x, y] = shape("49035").centre;
  assert.ok(left < x && x < left + width && top < y && y < top + height);
  assert.equal(atlas.box([]), null);
});
