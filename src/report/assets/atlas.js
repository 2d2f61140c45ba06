"use strict";
// The geometry of maps: outlines from TopoJSON, their areas and centres, and points for places that are too small to be seen.
const atlas = (() => {
  // Arcs are chains of differences, shared by the areas on both sides.
  function arcPoints(topology, index) {
    const { scale, translate } = topology.transform;
    let x = 0, y = 0;
    const points = topology.arcs[index < 0 ? ~index : index].map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
    });
    return index < 0 ? points.reverse() : points;
  }
  const polygons = (geometry) => (geometry.type === "Polygon" ? [geometry.arcs] : geometry.arcs ?? []);
  // The points of a ring once around: each arc begins where the one before ends.
  const ringPoints = (topology, ring) => ring.flatMap((arc, i) => arcPoints(topology, arc).slice(i ? 1 : 0));
  const rings = (topology, geometry) => polygons(geometry).flat().map((ring) => ringPoints(topology, ring));
  // The outline as the data of an SVG path, to a tenth, as the borders are.
  const tenth = (value) => Math.round(value * 10) / 10;
  const path = (outline) => outline.map((points) => `M${points.map(([x, y]) => `${tenth(x)},${tenth(y)}`).join("L")}Z`).join("");

  // Signed area and centre of a ring; a ring without area has the middle of its corners.
  function measured(points) {
    let doubled = 0, cx = 0, cy = 0;
    // From the first corner: the products of large coordinates would lose the digits of a small area.
    const [ox, oy] = points[0];
    points.forEach(([px, py], i) => {
      const [qx, qy] = points[(i + 1) % points.length];
      const [ax, ay, bx, by] = [px - ox, py - oy, qx - ox, qy - oy], cross = ax * by - bx * ay;
      doubled += cross;
      cx += (ax + bx) * cross;
      cy += (ay + by) * cross;
    });
    if (Math.abs(doubled) > 1e-6) return { area: doubled / 2, centre: [ox + cx / (3 * doubled), oy + cy / (3 * doubled)] };
    const mean = (at) => points.reduce((sum, point) => sum + point[at], 0) / points.length;
    return { area: 0, centre: [mean(0), mean(1)] };
  }
  const within = ([x, y], points) => points.reduce((inside, [px, py], i) => {
    const [qx, qy] = points[(i + points.length - 1) % points.length];
    return py > y !== qy > y && x < ((qx - px) * (y - py)) / (qy - py) + px ? !inside : inside;
  }, false);
  // A point inside the ring: its centre, or, of a crescent, the middle of the widest stretch at the height of the centre.
  function inside(points, [x, y]) {
    if (within([x, y], points)) return [x, y];
    const crossings = [];
    points.forEach(([px, py], i) => {
      const [qx, qy] = points[(i + 1) % points.length];
      if (py > y !== qy > y) crossings.push(px + ((y - py) * (qx - px)) / (qy - py));
    });
    crossings.sort((a, b) => a - b);
    const stretches = crossings.filter((_, i) => i % 2 === 0).map((from, i) => [from, crossings[2 * i + 1]]);
    const [from, to] = stretches.sort((a, b) => b[1] - b[0] - (a[1] - a[0]))[0] ?? [x, x];
    return [(from + to) / 2, y];
  }
  // What is drawn of a geometry: its outline, the area of all its parts, and a point inside the largest.
  function shape(topology, geometry) {
    const outline = rings(topology, geometry);
    const parts = outline.map((points) => ({ points, ...measured(points) })).sort((a, b) => Math.abs(b.area) - Math.abs(a.area));
    const area = parts.reduce((sum, part) => sum + Math.abs(part.area), 0);
    const centre = parts.length ? (parts[0].area ? inside(parts[0].points, parts[0].centre) : parts[0].centre) : null;
    return { id: String(geometry.id), d: path(outline), area, centre, outline };
  }
  // Smallest box around shapes: left, top, width, height.
  function box(shapes) {
    let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity];
    for (const { outline } of shapes) for (const points of outline) for (const [x, y] of points) {
      left = Math.min(left, x); right = Math.max(right, x);
      top = Math.min(top, y); bottom = Math.max(bottom, y);
    }
    return left > right ? null : [left, top, right - left, bottom - top];
  }
  // Places of points of a radius for shapes that cover less than it, moved apart until none lies upon another.
  function points(shapes, radius) {
    const small = shapes.filter((shape) => shape.centre && shape.area < Math.PI * radius ** 2)
      .map((shape) => ({ id: shape.id, at: [...shape.centre] }));
    for (let round = 0, moved = true; moved && round < 200; round++) {
      moved = false;
      for (let i = 0; i < small.length; i++) for (let j = 0; j < i; j++) {
        const [a, b] = [small[i].at, small[j].at], gap = 2.1 * radius;
        let [dx, dy] = [a[0] - b[0], a[1] - b[1]], distance = Math.hypot(dx, dy);
        if (distance >= gap) continue;
        // Two upon each other part along a line that depends on their order alone.
        if (distance < 1e-9) [dx, dy, distance] = [Math.cos(i), Math.sin(i), 1];
        const push = (gap * 1.001 - Math.min(distance, gap)) / 2 / Math.hypot(dx, dy);
        a[0] += dx * push; a[1] += dy * push;
        b[0] -= dx * push; b[1] -= dy * push;
        moved = true;
      }
    }
    return small;
  }
  // The nearest place in a direction, [1, 0] being right and [0, 1] down: what lies off the direction counts one and a half times.
  function neighbour(from, places, [rx, ry]) {
    let best = null, least = Infinity;
    for (const place of places) {
      const [dx, dy] = [place.centre[0] - from[0], place.centre[1] - from[1]];
      const along = dx * rx + dy * ry, aside = Math.abs(dx * ry - dy * rx);
      if (along <= 1e-6 || aside > 1.5 * along) continue;
      const cost = along + 1.5 * aside;
      if (cost < least) [best, least] = [place, cost];
    }
    return best;
  }
  return { shape, box, points, neighbour };
})();
