// Packs the borders of `us-atlas` for the site: `node borders.mjs node_modules/us-atlas/counties-albers-10m.json` prints the file
// `src/report/assets/borders.json`.
import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { load } from "./load.mjs";

const { DIGITS } = load("borders.js").borders;
const HALF = DIGITS.length / 2;
const unsigned = (value) => (value < 0 ? -2 * value - 1 : 2 * value);
const add = ([x, y], [dx, dy]) => [x + dx, y + dy];
const pair = ([x, y]) => written(unsigned(x)) + written(unsigned(y));

export function written(value) {
  let text = "";
  for (; value >= HALF; value = Math.floor(value / HALF)) text += DIGITS[HALF + (value % HALF)];
  return text + DIGITS[value];
}

// The same borders in steps of a tenth of the units in which they are drawn. Corners that fall together are one.
export function rounded(topology) {
  const { scale, translate } = topology.transform;
  const tenths = (value, at) => Math.round(10 * (value * scale[at] + translate[at]));
  const arcs = topology.arcs.map((arc) => {
    let at = [0, 0];
    const points = arc.map((step) => (at = add(at, step)).map(tenths));
    const kept = points.filter(([x, y], i) => !i || x !== points[i - 1][0] || y !== points[i - 1][1]);
    if (kept.length === 1) kept.push(kept[0]);
    return kept.map(([x, y], i) => (i ? [x - kept[i - 1][0], y - kept[i - 1][1]] : [x, y]));
  });
  const { counties, states } = topology.objects;
  return { ...topology, transform: { scale: [0.1, 0.1], translate: [0, 0] }, objects: { counties, states }, arcs };
}

export function pack(topology) {
  let [parts, starts, steps] = ["", "", ""];
  const kept = new Map();
  const put = (value) => { parts += written(value); };
  function ring(arcs) {
    let pen = [0, 0];
    put(arcs.length);
    for (const arc of arcs) {
      const index = arc < 0 ? ~arc : arc, points = topology.arcs[index], known = kept.get(index);
      const ends = [points[0], points.reduce(add, [0, 0])];
      const [from, to] = arc < 0 ? ends.reverse() : ends;
      if (known) put(2 * (kept.size - known.number) + (known.backwards === arc < 0 ? 0 : 1));
      else {
        kept.set(index, { number: kept.size, backwards: arc < 0 });
        put(0);
        put(points.length - 1);
        starts += pair([from[0] - pen[0], from[1] - pen[1]]);
        const walked = points.slice(1);
        steps += (arc < 0 ? walked.reverse().map(([x, y]) => [-x, -y]) : walked).map(pair).join("");
      }
      pen = to;
    }
  }
  for (const name of ["counties", "states"]) {
    const areas = topology.objects[name].geometries.slice().sort((a, b) => a.id - b.id);
    put(areas.length);
    areas.forEach((area, i) => {
      const polygons = area.type === "Polygon" ? [area.arcs] : area.arcs;
      put(area.id - (areas[i - 1]?.id ?? 0));
      put(polygons.length);
      for (const rings of polygons) {
        put(rings.length);
        rings.forEach(ring);
      }
    });
  }
  return [parts, starts, steps];
}

if (import.meta.url === pathToFileURL(process.argv[1]).href)
  console.log(JSON.stringify(pack(rounded(JSON.parse(readFileSync(process.argv[2], "utf8"))))));
