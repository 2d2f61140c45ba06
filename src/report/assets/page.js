"use strict";
// What all scripts share: elements, numbers, choices, data files. Every name reaches the page as text, never as markup.
const page = (() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");

  function format(value, digits = 0) {
    if (value === null || value === undefined) return "–";
    return value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: digits });
  }
  const SVG = ["svg", "g", "path", "rect", "line", "circle", "text", "title", "defs", "pattern"];
  function element(tag, attributes = {}, ...children) {
    const node = SVG.includes(tag) ? document.createElementNS("http://www.w3.org/2000/svg", tag) : document.createElement(tag);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else node.setAttribute(key, value);
    }
    node.append(...children);
    return node;
  }

  // Buttons of which one is pressed: they set `view[key]`, and the page is drawn again.
  const chooser = (view, redraw) => (label, options, key) => {
    const box = element("div", { class: "choices", role: "group", "aria-label": label }, element("span", {}, label));
    for (const [value, text] of options)
      box.append(element("button", { type: "button", "data-choice": `${key}-${value}`, "aria-pressed": view[key] === value,
        onclick: () => { view[key] = value; redraw(); } }, text));
    return box;
  };

  // The link past the heading: its address would be taken for that of a view.
  document.querySelector(".skip")?.addEventListener("click", (event) => {
    event.preventDefault();
    document.getElementById("main").focus();
  });
  // Puts a page in place of the one before. What is drawn anew leaves the focus on the choice that was made.
  function replace(main, nodes, fromTop) {
    const chosen = document.activeElement?.dataset?.choice;
    main.replaceChildren(...nodes);
    if (fromTop) scrollTo(0, 0);
    else if (chosen) main.querySelector(`[data-choice="${chosen}"]`)?.focus({ preventScroll: true });
  }
  // Data files, loaded when they are first wanted; of a missing one nothing is known.
  function loader() {
    const groups = {}, waiting = {};
    function one(code, then) {
      if (code in groups) return then();
      (waiting[code] ??= []).push(then);
      if (waiting[code].length > 1) return;
      const missing = () => { groups[code] = null; waiting[code].forEach((f) => f()); };
      document.body.append(element("script", { src: `data/${code}.js`, onerror: missing }));
    }
    return {
      groups,
      // Calls `then` when all files with these names have been read.
      wanted(codes, then) {
        let left = codes.length;
        if (!left) then();
        for (const code of codes) one(code, () => { if (!(left -= 1)) then(); });
      },
      arrived(code, content) {
        groups[code] = content;
        (waiting[code] ?? []).forEach((then) => then());
      },
    };
  }
  return { dark, format, element, chooser, replace, loader };
})();
