"use strict";
// The address of a view: `#/county/31005?measure=deaths&interval=95`. Settings that are as they are at first are left out, so that
// every view has one address.
const addresses = (() => {
  // A part of a path as it was before it was escaped; one that was cut off in an escape stays as it is.
  function unescaped(part) {
    try {
      return decodeURIComponent(part);
    } catch {
      return part;
    }
  }
  // The path's parts, and the settings that it names; `kinds` has for each setting its first value and the `values` allowed, or what
  // tells whether a text is one (`is`). What is unknown or not allowed is as it is at first.
  function parse(hash, kinds) {
    const [path, query = ""] = hash.replace(/^#\/?/, "").split("?");
    const given = new URLSearchParams(query), settings = {};
    for (const [key, { first, values, is }] of Object.entries(kinds)) {
      const text = given.get(key);
      const found = values?.find((value) => String(value) === text) ?? (text !== null && is?.(text) ? text : undefined);
      settings[key] = found ?? first;
    }
    return { parts: path.split("/").filter((part) => part).map(unescaped), settings };
  }
  function format(parts, settings, kinds) {
    const query = new URLSearchParams();
    for (const [key, { first }] of Object.entries(kinds)) if (settings[key] !== first) query.set(key, settings[key]);
    const text = query.toString();
    return `#/${parts.map(encodeURIComponent).join("/")}${text ? `?${text}` : ""}`;
  }
  return { parse, format };
})();
