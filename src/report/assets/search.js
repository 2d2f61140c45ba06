"use strict";
// Finds the place that a text means, and lets the field of the search lead to it.
const finder = (() => {
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
    document.getElementById("names").append(...places.map((p) => page.element("option", { value: p.name })));
    field.addEventListener("change", () => {
      if (!field.value.trim()) return;
      const found = lookUp(field.value, places);
      field.setCustomValidity(found ? "" : "No place with this name or code");
      if (found) { location.hash = address(found); field.value = ""; } else field.reportValidity();
    });
    field.addEventListener("input", () => field.setCustomValidity(""));
  }
  return { lookUp, search, isCounty, isState };
})();
