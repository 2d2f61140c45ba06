"use strict";
// What all sites share: elements, numbers, maps, tables, search. Every name reaches the page as text, never as markup.
const page = (() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  // Viridis and a blue–orange scale: both are readable with any kind of colour vision.
  const RISING = ["#fde725", "#90d743", "#35b779", "#21918c", "#31688e", "#443983", "#440154"];
  const AROUND = ["#2166ac", "#67a9cf", "#d1e5f0", "#fee0b6", "#f1a340", "#b35806"];
  // High values should stand out: on a dark background the rising scale ends with its bright colour.
  const scale = (measure) => (measure.colours === RISING && dark.matches ? RISING.toReversed() : measure.colours);
  const colour = (measure, value) => scale(measure)[measure.limits.filter((limit) => value >= limit).length];

  function format(value, digits = 0) {
    if (value === null || value === undefined) return "–";
    return value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits });
  }
  const SVG = ["svg", "path", "rect", "line", "circle", "text", "title", "defs", "pattern"];
  function element(tag, attributes = {}, ...children) {
    const node = SVG.includes(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else node.setAttribute(key, value);
    }
    node.append(...children);
    return node;
  }

  // TopoJSON: arcs are chains of differences, shared by the areas on both sides.
  function arcPoints(topology, index) {
    const { scale, translate } = topology.transform;
    let x = 0, y = 0;
    const points = topology.arcs[index < 0 ? ~index : index].map(([dx, dy]) => {
      x += dx;
      y += dy;
      return [(x * scale[0] + translate[0]).toFixed(1), (y * scale[1] + translate[1]).toFixed(1)];
    });
    return index < 0 ? points.reverse() : points;
  }
  function outline(topology, geometry) {
    const polygons = geometry.type === "Polygon" ? [geometry.arcs] : geometry.arcs || [];
    return polygons.flat().map((ring) => `M${ring.flatMap((arc) => arcPoints(topology, arc)).join("L")}Z`).join("");
  }
  // A map of all counties, or of those of a state. `county` and `whole` tell of a county and a state by code: what is `said` of
  // it, its page (`href`), its `fill`, of a county whether it is `dotted`, and of a state whether it is `hatched`. `here` are codes
  // of counties to be framed.
  function map(topology, { state, here = [], label, county, whole }) {
    const within = (geometry) => !state || String(geometry.id).startsWith(state);
    const { counties, states } = topology.objects;
    const svg = element("svg", { viewBox: "0 0 975 610", role: "group", "aria-label": label, class: "map" });
    svg.append(dots("dots", state ? 2 : 4));
    for (const geometry of counties.geometries.filter(within)) {
      const spot = county(geometry.id), d = outline(topology, geometry);
      const path = element("path", { d, class: "county", "data-fips": geometry.id });
      if (spot?.fill) path.setAttribute("fill", spot.fill);
      else path.classList.add("none");
      if (spot) {
        path.append(element("title", {}, spot.said));
        path.addEventListener("click", () => { location.hash = spot.href; });
        if (state) linked(path, spot);
      }
      svg.append(path);
      if (spot?.dotted) svg.append(element("path", { d, class: "dotted", fill: "url(#dots)" }));
    }
    for (const geometry of states.geometries.filter(within)) {
      const spot = whole(geometry.id), d = outline(topology, geometry);
      if (spot?.hatched) svg.append(hatch(`hatch-${geometry.id}`, state ? 1.5 : 5), element("path", { d, class: "hatched", fill: `url(#hatch-${geometry.id})` }));
      const path = element("path", { d, class: "borders" });
      if (spot && !state) linked(path, spot);
      svg.append(path);
    }
    // The frame is seen on dark and light colours.
    const framed = counties.geometries.filter((one) => here.includes(one.id)).map((geometry) => outline(topology, geometry)).join("");
    if (framed) svg.append(element("path", { d: framed, class: "here around" }), element("path", { d: framed, class: "here" }));
    if (state) requestAnimationFrame(() => {
      const box = svg.getBBox();
      if (box.width) svg.setAttribute("viewBox", `${box.x - 4} ${box.y - 4} ${box.width + 8} ${box.height + 8}`);
      svg.style.maxHeight = "60vh";
    });
    return svg;
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
  // A part of the map that the keyboard reaches as a link.
  function linked(path, { href, said }) {
    for (const [name, value] of Object.entries({ tabindex: 0, role: "link", "aria-label": said })) path.setAttribute(name, value);
    path.addEventListener("keydown", (event) => { if (event.key === "Enter") location.hash = href; });
  }
  // Colours of a measure; `hatched` and `dotted` tell what hatching and dots mean, if there are any.
  function legend(measure, hatched = null, dotted = null) {
    const { limits, none, unit = "" } = measure, colours = scale(measure);
    const box = element("div", { class: "legend" });
    const item = (text, ...marks) => {
      const svg = element("svg", { viewBox: "0 0 14 14", "aria-hidden": "true" }, ...marks);
      box.append(element("span", {}, svg, text));
    };
    const square = (attributes) => element("rect", { width: 14, height: 14, ...attributes });
    colours.forEach((fill, index) => {
      const from = limits[index - 1], to = limits[index];
      const text = from === undefined ? `below ${to}${unit}` : to === undefined ? `${from}${unit} and more` : `${from} – ${to}${unit}`;
      item(text, square({ fill }));
    });
    item(none, square({ class: "none" }));
    const middle = () => square({ fill: colours[Math.floor(colours.length / 2)] });
    if (hatched) item(hatched, middle(), hatch("hatch-legend", 4), square({ fill: "url(#hatch-legend)" }));
    if (dotted) item(dotted, middle(), dots("dots-legend", 5), square({ fill: "url(#dots-legend)" }));
    return box;
  }
  // Buttons of which one is pressed: they set `view[key]`, and the page is drawn again.
  const chooser = (view, redraw) => (label, options, key) => {
    const box = element("div", { class: "choices", role: "group", "aria-label": label }, element("span", {}, label));
    for (const [value, text] of options)
      box.append(element("button", { type: "button", "data-choice": `${key}-${value}`, "aria-pressed": view[key] === value,
        onclick: () => { view[key] = value; redraw(); } }, text));
    return box;
  };

  // A cell is a link, to which a `note` may be added, a text, or a number with its digits and unit.
  function rowOf(cells, here = false) {
    return element("tr", here ? { class: "here" } : {}, ...cells.map((cell) => {
      if (cell?.href) return element("td", {}, element("a", { href: cell.href }, cell.name), ...(cell.note ? [element("small", {}, ` ${cell.note}`)] : []));
      if (!Array.isArray(cell)) return element("td", {}, cell ?? "–");
      const [value, digits, unit = ""] = cell;
      return element("td", { "data-value": value ?? "" }, value === null || value === undefined ? "–" : format(value, digits) + unit);
    }));
  }
  // A table that sorts by the column heading clicked: numbers from the highest, words from A.
  function tableOf(head, rows) {
    const body = element("tbody", {}, ...rows);
    const key = (row, at) => {
      const cell = row.children[at];
      if (!("value" in cell.dataset)) return cell.textContent;
      return cell.dataset.value === "" ? -Infinity : Number(cell.dataset.value);
    };
    const heads = head.map((text, at) => {
      const th = element("th", { scope: "col" }, element("button", { type: "button", class: "sort", onclick: () => {
        const again = th.getAttribute("aria-sort");
        heads.forEach((other) => other.removeAttribute("aria-sort"));
        const order = [...body.children].sort((a, b) => {
          const [x, y] = [key(a, at), key(b, at)];
          return typeof x === "string" || typeof y === "string" ? String(x).localeCompare(String(y)) : y - x;
        });
        const words = rows.some((row) => !("value" in row.children[at].dataset));
        const first = words ? "ascending" : "descending", second = words ? "descending" : "ascending";
        if (again === first) order.reverse();
        th.setAttribute("aria-sort", again === first ? second : first);
        body.append(...order);
      } }, text));
      return th;
    });
    return element("div", { class: "scroll" }, element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body));
  }

  // Names without case, points, the word for a county, and the state's name in full.
  const KINDS = / (county|parish|borough|census area|municipality|planning region)\b/g;
  const simple = (name) => ` ${name.toLowerCase().replace(/'/g, "").replace(/[.,]/g, " ").replace(/\s+/g, " ")} `.replace(KINDS, " ").replace(/ saint /g, " st ").replace(/\s+/g, " ").trim();
  // New York City is divided among its five counties.
  const ALIASES = { nyc: "36061", "new york city": "36061", "new york city ny": "36061", dc: "11", "washington dc": "11", usa: "US", "united states": "US" };
  const isCounty = (code) => /^[0-9]{5}$/.test(code), isState = (code) => /^[0-9]{2}$/.test(code);
  // The place that a text means, of places with `code`, `name`, `population` and, of states, `state`, their abbreviation.
  function lookUp(text, places) {
    const wanted = simple(text), code = text.trim().toUpperCase();
    const exact = places.find((p) => p.code === code) ?? places.find((p) => p.code === ALIASES[wanted]);
    if (exact) return exact;
    const states = places.filter((p) => isState(p.code));
    const state = states.find((p) => p.state === code || simple(p.name) === wanted);
    if (state) return state;
    const whole = states.find((p) => wanted.endsWith(` ${simple(p.name)}`) && p.state);
    const short = whole ? `${wanted.slice(0, -simple(whole.name).length)}${whole.state.toLowerCase()}` : wanted;
    const named = (test, of) => places.filter((p) => of(p.code) && test(simple(p.name))).sort((a, b) => (b.population ?? 0) - (a.population ?? 0))[0];
    const other = (code) => !isCounty(code) && !isState(code);
    return named((name) => name === short, isCounty) ?? named((name) => name.replace(/ [a-z]{2}$/, "") === short, isCounty)
      ?? named((name) => name === short, other) ?? named((name) => name.startsWith(short), isCounty) ?? named((name) => name.startsWith(short), other);
  }
  // Lets the field of the search lead to the page of a place.
  function search(places, address) {
    const field = document.getElementById("search");
    document.getElementById("names").append(...places.map((p) => element("option", { value: p.name })));
    field.addEventListener("change", () => {
      if (!field.value.trim()) return;
      const found = lookUp(field.value, places);
      field.setCustomValidity(found ? "" : "No place with this name or code");
      if (found) { location.hash = address(found); field.value = ""; } else field.reportValidity();
    });
    field.addEventListener("input", () => field.setCustomValidity(""));
  }
  // Data files of groups of places, loaded when they are first wanted; a missing one holds nothing.
  function loader() {
    const groups = {}, waiting = {};
    return {
      groups,
      wanted(code, then) {
        if (code in groups) return then();
        (waiting[code] ??= []).push(then);
        if (waiting[code].length > 1) return;
        const missing = () => { groups[code] = {}; waiting[code].forEach((f) => f()); };
        document.body.append(element("script", { src: `data/${code}.js`, onerror: missing }));
      },
      arrived(code, places) {
        groups[code] = places;
        (waiting[code] ?? []).forEach((then) => then());
      },
    };
  }
  return { dark, RISING, AROUND, colour, format, element, map, legend, chooser, rowOf, tableOf, search, loader, isCounty };
})();
