"use strict";
// Unpacks the borders of counties and states: TopoJSON in a third of its bytes. `tests/site/borders.mjs` packs them.
const borders = (() => {
  // Whole numbers in characters that need no escape in a script: half of these end a number, after the others it goes on.
  const DIGITS = Array.from({ length: 91 }, (_, i) => String.fromCharCode(35 + i)).filter((digit) => digit !== "\\").concat("!", " ").join("");
  const HALF = DIGITS.length / 2;
  const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));
  const signed = (value) => (value % 2 ? -(value + 1) / 2 : value / 2);
  const add = ([x, y], [dx, dy]) => [x + dx, y + dy];
  function reader(text) {
    let at = 0;
    return () => {
      for (let value = 0, factor = 1; ; factor *= HALF) {
        const digit = VALUES.get(text[at++]);
        if (digit === undefined) throw new Error("The borders are cut off.");
        value += (digit % HALF) * factor;
        if (digit < HALF) return value;
      }
    };
  }
  // Three texts: which arcs the rings of each area consist of; where arcs begin, from the end of the one before in the ring; their
  // steps. An arc stands where it is first used, as it is followed there; later uses tell how many arcs ago that was.
  function unpack([parts, starts, steps]) {
    const [part, start, step] = [parts, starts, steps].map(reader);
    const arcs = [], ends = [], objects = {};
    const list = (each) => Array.from({ length: part() }, each);
    const pair = (next) => [signed(next()), signed(next())];
    for (const [name, digits] of [["counties", 5], ["states", 2]]) {
      let code = 0;
      const geometries = list(() => {
        code += part();
        const rings = () => list(() => {
          let pen = [0, 0];
          return list(() => {
            const told = part(), backwards = told % 2 === 1, ago = (told - (told % 2)) / 2;
            if (ago) {
              const index = arcs.length - ago;
              pen = ends[index][backwards ? 0 : 1];
              return backwards ? ~index : index;
            }
            const from = add(pen, pair(start)), points = [from, ...list(() => pair(step))];
            pen = points.reduce(add, [0, 0]);
            ends.push([from, pen]);
            return arcs.push(points) - 1;
          });
        });
        return { type: "MultiPolygon", id: String(code).padStart(digits, "0"), arcs: list(rings) };
      });
      objects[name] = { type: "GeometryCollection", geometries };
    }
    return { type: "Topology", transform: { scale: [0.1, 0.1], translate: [0, 0] }, objects, arcs };
  }
  return { DIGITS, unpack };
})();
