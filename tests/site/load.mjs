// Loads scripts of the site as a page does, one after the other, and returns the names that they define.
import { readFileSync } from "node:fs";
import vm from "node:vm";

const folder = new URL("../../src/report/assets/", import.meta.url);

// `names` as in "scales.js"; the rest of the page, where a script wants it, is given as `globals`.
export function load(...names) {
  const globals = typeof names.at(-1) === "object" ? names.pop() : {};
  const context = vm.createContext({ URLSearchParams, ...globals });
  const defined = [];
  for (const name of names) {
    const text = readFileSync(new URL(name, folder), "utf8");
    defined.push(...[...text.matchAll(/^const (\w+) =/gm)].map((match) => match[1]));
    vm.runInContext(text, context, { filename: name });
  }
  return vm.runInContext(`({ ${defined.join(", ")} })`, context);
}
