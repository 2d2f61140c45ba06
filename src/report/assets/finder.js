"use strict";
// The treatment finder: how many infected people of a place have a disease, and who treats it nearby. What is chosen stays in the
// browser: nothing of it is sent.
const countycast = (() => {
  const main = document.getElementById("main");
  const { element, format } = page;
  const files = page.loader();
  // Providers shown at first, and more at each click.
  const STEP = 50;
  const KINDS = {
    disease: { first: "", is: (text) => Boolean(data.finder?.diseases.some((one) => one.name === text)) },
    miles: { first: 25, values: [10, 50, 100, 250] },
    insurance: { first: "", is: (text) => text.length <= 100 },
    known: { first: "all", values: ["only"] },
  };
  const KIND_WORDS = { general: "Hospital", children: "Children's hospital", psychiatric: "Psychiatric hospital", veterans: "Hospital for veterans", military: "Military hospital", practice: "Practice" };
  const LIST_WORDS = { cms: "CMS Hospital General Information", hifld: "HIFLD hospitals", nppes: "NPPES" };
  const data = { summary: null, finder: null, places: [], counties: [], byFips: {}, live: null };
  const view = { parts: [], settings: {}, shown: STEP };

  const heading = (text, level = "h2") => element(level, {}, text);
  const note = (...parts) => element("p", { class: "note" }, ...parts);
  const plural = (count, one, many) => `${format(count)} ${count === 1 ? one : many}`;
  // People: to tenths below ten, as the counts of small counties are fractions on average.
  const people = (count) => format(count, count < 10 ? 1 : 0);
  const percent = (share) => `${format(100 * share, share < 0.1 ? 1 : 0)} %`;
  const distanceOf = (miles) => `${format(miles, miles < 10 ? 1 : 0)} mi`;
  const address = (parts, settings) => addresses.format(parts, settings, KINDS);
  const disease = () => data.finder.diseases.find((one) => one.name === view.settings.disease) ?? data.finder.diseases[0];
  // After a choice the address is that of the new view; another place is a step of the history.
  function choose(changes) {
    Object.assign(view.settings, changes);
    view.shown = STEP;
    history.replaceState(null, "", address(view.parts.slice(0, 2), view.settings));
    show();
  }
  function goTo(parts) {
    view.shown = STEP;
    location.hash = address(parts, view.settings);
  }

  // The place of the address: a county, or a postal code with the county whose middle is nearest.
  function placeOf([kind, code]) {
    if (kind === "county" && data.byFips[code]) return { county: data.byFips[code], at: data.finder.centres[code] ?? null, name: data.byFips[code].name };
    if (kind !== "postal" || !/^\d{5}$/.test(code ?? "")) return null;
    const at = files.groups[`postal-${code[0]}`]?.[code];
    if (!at) return null;
    return { postal: code, at, name: code, county: data.byFips[nearby.nearest(data.finder.centres, at)] };
  }
  // The parts of the address of what was typed: a postal code, or a county's name or code.
  function find(text, then) {
    const code = text.trim();
    const county = () => {
      const found = finder.lookUp(text, data.places);
      then(found && places.isCounty({ fips: found.code }) ? ["county", found.code] : null);
    };
    if (!/^\d{5}$/.test(code) || !data.finder.postal) return county();
    files.wanted([`postal-${code[0]}`], () => (files.groups[`postal-${code[0]}`]?.[code] ? then(["postal", code]) : county()));
  }

  function form(place, insurances) {
    const words = data.finder.postal ? "County or postal code" : "County";
    const field = element("input", { type: "search", id: "place", list: "names", placeholder: words, autocomplete: "off", value: place?.name ?? "", onchange: () => {
      if (!field.value.trim()) return;
      find(field.value, (parts) => {
        field.setCustomValidity(parts ? "" : /^\d{5}$/.test(field.value.trim()) && !data.finder.postal ? "This site has no table of postal codes: type a county" : "No such county or postal code");
        if (parts) goTo(parts); else field.reportValidity();
      });
    }, oninput: () => field.setCustomValidity("") });
    const select = (id, options, value, key) => element("select", { id, "data-choice": id, onchange: (event) => choose({ [key]: event.target.value }) },
      ...options.map(([code, text]) => element("option", { value: code, ...(code === value ? { selected: "" } : {}) }, text)));
    const labelled = (text, node) => element("label", {}, element("span", {}, text), node);
    const fields = [labelled("Disease", select("disease", data.finder.diseases.map((one) => [one.name, one.title]), disease().name, "disease")), labelled(words, field)];
    if (insurances.length) fields.push(labelled("Insurance", select("insurance", [["", "Any"], ...insurances.map((name) => [name, name])], view.settings.insurance, "insurance")));
    const buttons = page.chooser(view.settings, () => choose({}));
    const nodes = [element("div", { class: "fields" }, ...fields), buttons("Within", [10, 25, 50, 100, 250].map((miles) => [miles, `${miles} miles`]), "miles")];
    if (insurances.length || availability().length) nodes.push(buttons("Providers", [["all", "also where nothing is known"], ["only", "only those known to take new patients"]], "known"));
    return element("form", { class: "finder", onsubmit: (event) => event.preventDefault() }, ...nodes);
  }
  const availability = () => data.live ?? files.groups["finder-availability"] ?? [];

  // How many infected people have the disease, and what is expected of them.
  function estimate(place) {
    const { county } = place, one = disease(), details = files.groups[county.fips];
    const row = files.groups[`finder-risks-${county.fips.slice(0, 2)}`]?.[county.fips]?.[data.finder.diseases.indexOf(one)];
    const nodes = [heading(`${one.title} among the infected, ${county.name}`)];
    if (place.postal) nodes.push(note(`Of the county whose middle is nearest to postal code ${place.postal}; a postal code may lie in several counties.`));
    const fan = county.reportedIn ? null : details?.forecast?.weeks.blend;
    if (!row) return nodes.concat(note("No estimate: the ages of this county's residents are not known."));
    if (!fan?.length) return nodes.concat(note(county.reportedIn ? `No estimate: ${county.reportedIn.name} reports this county's cases, and there is no projection of its own.` : "No estimate: this county has no projection."));
    const risks = treatment.risksOf(row), weeks = treatment.weeks(fan, risks), [low, median, high] = weeks[0].infected;
    const box = element("div", { class: "facts" });
    const fact = (value, text) => box.append(element("div", {}, element("b", {}, value), element("span", {}, text)));
    const ends = ([, least, most], has) => (has ? `; ${percent(least)} – ${percent(most)} by the study's interval` : "");
    fact(people(median), `infected people with it, behind the cases projected for the next 7 days; 80 % interval ${people(low)} – ${people(high)}`);
    fact(percent(risks.adults), `of adults have it (${{ county: "CDC PLACES", state: "CDC PLACES, mean of the state's regions", nation: "national, by age" }[risks.basis]})`);
    fact(percent(risks.admitted[0]), `of infected people with it are expected in hospital${ends(risks.admitted, one.admission)}`);
    fact(percent(risks.died[0]), `of infected people with it are expected to die${ends(risks.died, one.death)}`);
    const head = ["Week", "Infected with it", "10 %", "90 %", "Hospital stays", "Deaths"];
    const rows = weeks.map(({ infected, admitted, died }, i) => tables.rowOf([`${i + 1}`, [infected[1], 1], [infected[0], 1], [infected[2], 1], [admitted[1], 2], [died[1], 3]]));
    nodes.push(box, element("details", {}, element("summary", {}, "Weeks ahead"), tables.tableOf(head, rows)), assumptions(one, risks));
    return nodes;
  }
  function assumptions(one, risks) {
    const given = (ratio, what) => (ratio ? `${what} is taken as ${ratio[0]} times that of people of their age without it (95 % interval ${ratio[1]} – ${ratio[2]}). Source: ${ratio[3]}.` : `No estimate of what the disease changes in ${what.toLowerCase()} is known here: that of people of their age is shown.`);
    const basis = {
      county: `Adults of the county have it as often as CDC PLACES says (measure ${one.measure}, ${data.finder.places}); by age in the proportions of: ${one.source}.`,
      state: `CDC PLACES has planning regions in the place of this county: the mean of the state's is taken (measure ${one.measure}, ${data.finder.places}); by age in the proportions of: ${one.source}.`,
      nation: `${!one.measure ? "CDC PLACES does not measure it" : data.finder.places === null ? "No table of CDC PLACES was given" : one.local ? "CDC PLACES has no value for this county, as of states that a year's survey lacks" : "The table of CDC PLACES does not have it"}: prevalence by age is taken to be the nation's. Source: ${one.source}.`,
    }[risks.basis];
    const items = [
      `Infections are the projected cases of the week over ${data.finder.ascertainment}, the share of infections that become reported cases.`,
      "They are shared among ages as residents times CDC's rate of cases by age. People with the disease are taken to be infected as often as others of their age.",
      basis, given(one.admission, "The risk of a hospital stay"), given(one.death, "The risk of death"),
      "Risks by age are those of the run's settings, of the ancestral strain and before vaccines. Stays and deaths come days and weeks after the infections.",
      "The interval of infected people is the projection's alone. Those of stays and deaths are the ratio's alone.",
    ];
    return element("details", {}, element("summary", {}, "How this is estimated"), element("ul", {}, ...items.map((text) => element("li", {}, text))));
  }

  // Providers within the distance, with what is known of each.
  function listed(place) {
    const one = disease(), at = data.finder.diseases.indexOf(one), entries = treatment.byProvider(availability()), now = Date.now(), { miles, insurance } = view.settings;
    const all = statesNear(place).flatMap((state) => files.groups[`finder-providers-${state}`] ?? []).map(treatment.provider);
    const found = nearby.within(all.filter((provider) => provider.treats.includes(at)), place.at, miles)
      .map(({ thing, distance }) => ({ provider: thing, distance, known: treatment.known(entries.get(thing.number), one.specialties, now) }));
    const refuses = ({ known }) => (insurance && treatment.takes(known, insurance) === "no") || treatment.accepts(known) === "no";
    const sure = ({ known }) => treatment.accepts(known) === "yes" && (!insurance || treatment.takes(known, insurance) === "yes");
    const kept = view.settings.known === "only" ? found.filter(sure) : found.filter((one) => !refuses(one));
    return { found, kept, sure: found.filter(sure).length, refused: found.filter(refuses).length };
  }
  const statesNear = (place) => (place.at ? nearby.boxes(data.finder.states, place.at, view.settings.miles) : []);

  const day = (text) => new Date(text).toLocaleDateString("en-US", { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" });
  // What is known of a provider's availability, and when it was so.
  function availabilityOf(known) {
    if (!known) return [element("p", { class: "unknown" }, "Whether new patients are taken is not known.")];
    const { entry, days, stale, future } = known;
    const says = { true: "takes new patients", false: "takes no new patients", null: "whether new patients are taken is not known" }[entry.accepting_new_patients];
    const more = [...(entry.telehealth === null ? [] : [entry.telehealth ? "telehealth" : "no telehealth"]), ...(entry.insurances.length ? [`insurances: ${entry.insurances.join(", ")}`] : [])];
    const when = future ? `dated ${day(entry.updated_at)}, which has not come yet` : `as of ${day(entry.updated_at)}, ${plural(days, "day", "days")} ago`;
    const text = `${says[0].toUpperCase()}${says.slice(1)}${more.length ? `; ${more.join("; ")}` : ""} (${when}).`;
    return stale ? [element("p", { class: "stale" }, element("b", {}, "Out of date: "), text, " Ask before you rely on it.")] : [element("p", { class: "fresh" }, text)];
  }
  const located = { point: "", postal: " (from the middle of its postal code)", county: " (from the middle of its county: its own place is not known)" };
  function factsOf({ provider, distance }) {
    return `${KIND_WORDS[provider.kind]} · ${distanceOf(distance)}${located[provider.located]}`;
  }
  function item(place, found) {
    const { provider, known } = found;
    const link = element("a", { href: address([...view.parts.slice(0, 2), "provider", provider.list, provider.number], view.settings) }, provider.name);
    return element("li", { "data-provider": provider.number }, element("h3", {}, link), element("p", {}, factsOf(found)),
      element("p", { class: "note" }, `${provider.address}, ${provider.city}, ${provider.state} ${provider.postal}`), ...availabilityOf(known));
  }
  function sources() {
    const { lists, availability: given } = data.finder;
    const counted = Object.entries(LIST_WORDS).filter(([name]) => lists[name]).map(([name, text]) => `${text} (${format(lists[name])})`).join(", ");
    const rest = lists.unlocated ? ` ${format(lists.unlocated)} further ones are left out, as nothing tells where they are.` : "";
    const nodes = [note(`Providers on this site: ${counted}.${rest} Hospitals are listed for every disease that a general hospital treats; whether one treats this disease, its list does not say.`)];
    if (!given && !data.live) nodes.push(element("p", { class: "warning", "data-availability": "none" }, "This site has no data on availability: whether a provider takes new patients, or an insurance, is not known here. Call before you go."));
    return nodes;
  }
  function providers(place) {
    const { found, kept, sure, refused } = listed(place), { miles } = view.settings, one = disease();
    const nodes = [heading(`Providers within ${miles} miles of ${place.name}`)];
    if (!place.at) return nodes.concat(note("Where this county lies is not known, so that no distance can be told."));
    nodes.push(...sources());
    const told = `${plural(found.length, "provider is", "providers are")} listed for ${one.title.toLowerCase()}${availability().length ? `; ${format(sure)} known to take new patients${view.settings.insurance ? ` with ${view.settings.insurance}` : ""}, ${format(refused)} known not to` : ""}. Distances are as the crow flies, from the middle of the ${place.postal ? "postal code" : "county"}.`;
    nodes.push(element("p", { id: "count", role: "status" }, told));
    if (!kept.length) return nodes.concat(note("None is left: choose a greater distance, or also those where nothing is known."));
    nodes.push(element("ol", { class: "providers" }, ...kept.slice(0, view.shown).map((one) => item(place, one))));
    if (kept.length > view.shown) nodes.push(element("button", { type: "button", id: "more", "data-choice": "more", onclick: () => { view.shown += STEP; show(false); } }, `Show ${Math.min(STEP, kept.length - view.shown)} more of ${format(kept.length)}`));
    return nodes;
  }
  // A provider's own page.
  function providerPage(place, list, number) {
    const back = element("a", { href: address(view.parts.slice(0, 2), view.settings) }, `← Providers near ${place.name}`);
    const found = listed(place).found.find(({ provider }) => provider.list === list && provider.number === number);
    if (!found) return [back, heading("Unknown provider", "h1"), note("No provider with this number is listed within the distance.")];
    const { provider } = found, one = disease();
    const row = (name, ...value) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, ...value));
    const telephone = provider.telephone.replace(/\D/g, "");
    const rows = [row("Kind", KIND_WORDS[provider.kind]), row("Distance", distanceOf(found.distance) + located[provider.located]), row("Address", `${provider.address}, ${provider.city}, ${provider.state} ${provider.postal}`)];
    if (telephone.length >= 7) rows.push(row("Telephone", element("a", { href: `tel:${telephone}` }, provider.telephone)));
    if (provider.emergency !== null) rows.push(row("Emergency services", provider.emergency ? "Yes" : "No"));
    if (provider.beds !== null) rows.push(row("Beds", format(provider.beds)));
    rows.push(row("Number", provider.number), row("List", LIST_WORDS[provider.list] + (!provider.asOf ? "" : provider.list === "cms" ? `; its place and beds from HIFLD, as of ${provider.asOf}` : `, as of ${provider.asOf}`)));
    document.title = `${provider.name} – countycast`;
    return [back, heading(provider.name, "h1"), note(`Listed for ${one.title.toLowerCase()}.`), heading("Availability"), ...availabilityOf(found.known), heading("What the list says"), element("div", { class: "scroll" }, element("table", { class: "facts-table" }, element("tbody", {}, ...rows)))];
  }

  let asked = 0;
  function show(fromTop = false) {
    if (!data.summary || !data.finder) return;
    const { parts, settings } = addresses.parse(location.hash, KINDS), now = (asked += 1);
    Object.assign(view, { parts, settings });
    const codes = ["finder-availability", ...(parts[0] === "postal" && /^\d{5}$/.test(parts[1] ?? "") && data.finder.postal ? [`postal-${parts[1][0]}`] : [])];
    files.wanted(codes, () => {
      const place = placeOf(parts), state = place?.county?.fips.slice(0, 2);
      const more = place?.county ? [place.county.fips, `finder-risks-${state}`, ...statesNear(place).map((name) => `finder-providers-${name}`)] : [];
      files.wanted(more, () => {
        // Another page may have been asked for while this one's files were read.
        if (now !== asked) return;
        document.title = place ? `Treatment near ${place.name} – countycast` : "Treatment finder – countycast";
        if (place && parts[2] === "provider") return page.replace(main, providerPage(place, parts[3], parts[4]), fromTop);
        const first = [heading("Find treatment", "h1"), note(`Projections from data to ${data.summary.asOf}. This is no medical advice; in an emergency, call 911. What you choose is not sent anywhere.`), form(place, treatment.insurances(availability()))];
        const wrong = parts.length && !place ? [element("p", { class: "warning" }, parts[0] === "postal" && !data.finder.postal ? "This site has no table of postal codes: type a county." : "No such place.")] : [];
        page.replace(main, [...first, ...wrong, ...(place ? [...estimate(place), ...providers(place)] : [note("Choose a place to see who treats the disease there.")])], fromTop);
      });
    });
  }
  addEventListener("hashchange", () => show(true));
  // A service that keeps availability tells the entries of this moment; elsewhere those that the site was made with are shown.
  function askLive() {
    if (!/^https?:$/.test(location.protocol)) return;
    fetch("/api/availability", { headers: { accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((told) => { if (Array.isArray(told?.entries)) { data.live = told.entries; show(); } })
      .catch(() => {});
  }

  return {
    show,
    summary(summary) {
      data.summary = summary;
      const all = places.read(summary);
      for (const place of all) data.byFips[place.fips] = place;
      data.places = all.map((place) => ({ ...place, code: place.fips }));
      main.before(element("datalist", { id: "names" }, ...all.filter(places.isCounty).map((place) => element("option", { value: place.name }))));
      document.getElementById("footer").textContent = `countycast ${summary.version}${summary.synthetic ? " · synthetic data: these are not real counts" : ""} · providers: CMS, HIFLD, NPPES, as far as named above`;
      show();
    },
    file(code, content) {
      if (code === "finder") { data.finder = content; show(); askLive(); } else files.arrived(code, content);
    },
  };
})();
