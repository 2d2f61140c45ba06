"use strict";
// Maps of counties, and the legends of their colours.
const maps = (() => {
  const { element, dark } = page;
  // Smallest radius of a point that stands for a place too small to be seen, in pixels: on the map of the nation, whose places
  // have little room, and on that of a state.
  const POINT = { nation: 1.7, state: 4.5 };
  // Width below which a place on the map of the nation is too small for a finger: its state is opened instead.
  const NARROW = 600;
  const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] };
  const WIDE = [0, 0, 975, 610];
  // Height of the map of a state at most, in pixels, as in the style sheet.
  const HIGH = 560;
  const shapes = new WeakMap();
  // Shapes of counties and states of a topology, worked out once.
  function shapesOf(topology) {
    if (!shapes.has(topology)) {
      const { counties, states } = topology.objects;
      const all = (object) => object.geometries.map((geometry) => atlas.shape(topology, geometry));
      shapes.set(topology, { counties: all(counties), states: all(states) });
    }
    return shapes.get(topology);
  }

  // A map of all counties, or of those of a state. `county` and `whole` tell of a county and a state by code: what is `said` of
  // it, its page (`href`), its `fill`, of a county whether it is `dotted`, and of a state whether it is `hatched`. `here` are codes
  // of counties to be framed, `width` is how wide it will be drawn. What is returned can be painted anew.
  function map(topology, { state, here = [], label, county, whole, width }) {
    const svg = element("svg", { viewBox: WIDE.join(" "), role: "group", "aria-label": label, class: state ? "map" : "map nation" });
    let told = { county, whole }, painted = null;
    const fill = () => { painted = filled(svg, topology, { state, here, width }); painted(told); };
    // The first time, the outlines of all counties have to be worked out: what stands beside the map is shown before.
    if (state || shapes.has(topology)) fill();
    else requestAnimationFrame(() => setTimeout(fill));
    return { svg, paint(now) { told = now; painted?.(told); } };
  }
  // Draws the outlines; returns what gives them colours and texts.
  function filled(svg, topology, { state, here, width }) {
    const within = ({ id }) => !state || id.startsWith(state);
    const all = shapesOf(topology), counties = all.counties.filter(within), states = all.states.filter(within);
    const [left, top, wide, high] = (state && atlas.box(states)) || WIDE, margin = state ? Math.max(wide, high) / 60 : 0;
    svg.setAttribute("viewBox", [left - margin, top - margin, wide + 2 * margin, high + 2 * margin].join(" "));
    // Units of the map in a pixel: a map of a state is at most as high as the style sheet lets it be.
    const unit = Math.max((wide + 2 * margin) / width, state ? (high + 2 * margin) / HIGH : 0);
    const radius = state ? POINT.state * unit : POINT.nation * Math.min(unit, 1);
    const points = new Map(atlas.points(counties, radius).map(({ id, at }) => [id, at]));
    svg.append(dots("dots", (state ? 7 : 4) * Math.min(1, unit)));
    const marks = counties.map((shape) => {
      const path = element("path", { d: shape.d, class: "county", "data-fips": shape.id }), at = points.get(shape.id);
      const spot = at && element("circle", { cx: at[0], cy: at[1], r: radius, class: "county spot", "data-fips": shape.id });
      return { shape, path, spot: spot ?? null, centre: at ?? shape.centre };
    });
    const over = element("g", { class: "over" });
    const borders = states.map((shape) => ({ shape, path: element("path", { d: shape.d, class: "borders" }), centre: shape.centre }));
    svg.append(...marks.map(({ path }) => path), over, ...borders.map(({ path }) => path), ...marks.flatMap(({ spot }) => spot ?? []));
    // The frame is seen on dark and light colours.
    const framed = marks.filter(({ shape, spot }) => here.includes(shape.id) && !spot).map(({ shape }) => shape.d).join("");
    if (framed) svg.append(element("path", { d: framed, class: "here around" }), element("path", { d: framed, class: "here" }));
    for (const { shape, spot } of marks) if (spot && here.includes(shape.id)) spot.classList.add("framed");

    const told = new Map(), links = new Map();
    svg.addEventListener("click", (event) => {
      const fips = event.target.closest("[data-fips]")?.dataset.fips;
      const found = fips && !state && svg.clientWidth < NARROW ? told.get(fips.slice(0, 2)) ?? told.get(fips) : told.get(fips);
      if (found) location.hash = found.href;
    });
    return ({ county, whole }) => {
      over.replaceChildren();
      for (const { shape, path, spot } of marks) {
        const said = county(shape.id);
        told.set(shape.id, said);
        for (const node of [path, spot]) {
          if (!node) continue;
          node.classList.toggle("none", !said?.fill);
          if (said?.fill) node.setAttribute("fill", said.fill);
          else node.removeAttribute("fill");
          node.replaceChildren(...(said ? [element("title", {}, said.said)] : []));
        }
        if (said?.dotted) over.append(element("path", { d: shape.d, class: "dotted", fill: "url(#dots)" }));
      }
      for (const { shape } of borders) {
        const said = whole(shape.id);
        told.set(shape.id, said);
        if (said?.hatched) over.append(hatch(`hatch-${shape.id}`, 5 * Math.min(1, unit)), element("path", { d: shape.d, class: "hatched", fill: `url(#hatch-${shape.id})` }));
      }
      if (!links.size) reach(svg, (state ? marks : borders).filter(({ shape, centre }) => centre && told.get(shape.id)), links, told);
      for (const [id, node] of links) node.setAttribute("aria-label", told.get(id).said);
    };
  }
  // Lets the keyboard reach places as links: the map is one stop, arrows lead from place to place.
  function reach(svg, marks, links, told) {
    const places = marks.map(({ shape, path, spot, centre }) => ({ id: shape.id, node: spot ?? path, centre }));
    for (const { id, node } of places) {
      links.set(id, node);
      for (const [name, value] of Object.entries({ tabindex: -1, role: "link" })) node.setAttribute(name, value);
    }
    places[0]?.node.setAttribute("tabindex", 0);
    svg.addEventListener("focusin", (event) => {
      for (const { node } of places) node.setAttribute("tabindex", node === event.target ? 0 : -1);
    });
    svg.addEventListener("keydown", (event) => {
      const here = places.find(({ node }) => node === event.target);
      if (!here) return;
      if (event.key === "Enter") location.hash = told.get(here.id).href;
      const next = ARROWS[event.key] && atlas.neighbour(here.centre, places, ARROWS[event.key]);
      if (ARROWS[event.key]) event.preventDefault();
      next?.node.focus();
    });
  }
  // Light lines beside dark ones, of which one is seen on any colour.
  function hatch(id, gap) {
    const stripe = (x, name) => element("line", { x1: x, x2: x, y1: 0, y2: gap, class: name, "stroke-width": gap / 5 });
    const pattern = element("pattern", { id, width: gap, height: gap, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" },
      stripe(gap / 4, "hatch"), stripe(gap / 2, "hatch dark"));
    return element("defs", {}, pattern);
  }
  // Light dots with a dark rim, which are seen on any colour.
  function dots(id, gap) {
    const dot = element("circle", { cx: gap / 2, cy: gap / 2, r: gap / 4, class: "dot", "stroke-width": gap / 10 });
    return element("defs", {}, element("pattern", { id, width: gap, height: gap, patternUnits: "userSpaceOnUse" }, dot));
  }
  // Colours of a scale and its texts: `unit` of the limits and `none`, what a place without a colour means; `hatched` and `dotted`
  // tell what hatching and dots mean, if there are any.
  function legend({ colours, limits, none, unit = "" }, hatched = null, dotted = null) {
    const fills = scales.coloursOf({ colours }, dark.matches);
    const box = element("div", { class: "legend" });
    const item = (text, ...marks) => {
      const svg = element("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, ...marks);
      box.append(element("span", {}, svg, text));
    };
    const square = (attributes) => element("rect", { width: 14, height: 14, ...attributes });
    const number = (limit) => limit.toLocaleString("en-US");
    fills.forEach((fill, index) => {
      const from = limits[index - 1], to = limits[index];
      const text = from === undefined ? `below ${number(to)}${unit}` : to === undefined ? `${number(from)}${unit} and more` : `${number(from)} – ${number(to)}${unit}`;
      item(text, square({ fill }));
    });
    item(none, square({ class: "none" }));
    const middle = () => square({ fill: fills[Math.floor(fills.length / 2)] });
    if (hatched) item(hatched, middle(), hatch("hatch-legend", 4), square({ fill: "url(#hatch-legend)" }));
    if (dotted) item(dotted, middle(), dots("dots-legend", 5), square({ fill: "url(#dots-legend)" }));
    return box;
  }
  return { map, legend };
})();
