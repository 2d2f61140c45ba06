"use strict";
// Tables that sort, the numbers behind a drawing, and files of them.
const tables = (() => {
  const { element, format } = page;

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


  // Comma-separated values. A text that a spreadsheet would take for a formula is marked as text.
  function csv(head, rows) {
    const quoted = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    const cell = (value) => {
      if (value === null || value === undefined) return "";
      if (typeof value === "number") return String(value);
      return quoted(/^[=+\-@\t\r]/.test(value) ? `'${value}` : value);
    };
    return [head, ...rows].map((row) => `${row.map(cell).join(",")}\r\n`).join("");
  }
  const fileName = (...parts) => `countycast-${parts.join("-").toLowerCase().replace(/[^a-z0-9]+/g, "-").replace(/^-|-$/g, "")}.csv`;
  function save(name, text) {
    const address = URL.createObjectURL(new Blob([text], { type: "text/csv" }));
    element("a", { href: address, download: name }).click();
    // The browser reads it after the click.
    setTimeout(() => URL.revokeObjectURL(address), 10000);
  }
  // Saves a table as it stands on the page.
  function download(name, table) {
    const cells = (row) => [...row.children].map((cell) => ("value" in cell.dataset ? (cell.dataset.value === "" ? null : Number(cell.dataset.value)) : cell.textContent));
    const read = () => csv(cells(table.querySelector("thead tr")), [...table.querySelectorAll("tbody tr")].map(cells));
    return element("button", { type: "button", class: "download", onclick: () => save(fileName(name), read()) }, "Download as CSV");
  }
  // A drawing with the numbers behind it, as a table and as a file: `name` is that of the file, `head` has the columns, `rows()` the
  // rows, of texts, numbers and nulls; `digits` are those of numbers in the table.
  function withNumbers(drawing, { name, head, rows, digits = 0 }) {
    const shown = element("details", { class: "numbers", "data-numbers": name }, element("summary", {}, "Numbers"));
    shown.addEventListener("toggle", () => {
      if (!shown.open || shown.children.length > 1) return;
      const cells = (row) => row.map((value) => (typeof value === "number" || value === null ? [value, digits] : value));
      shown.append(element("button", { type: "button", class: "download", onclick: () => save(fileName(name), csv(head, rows())) }, "Download as CSV"),
        tableOf(head, rows().map((row) => rowOf(cells(row)))));
    });
    return element("figure", { class: "drawn" }, drawing, shown);
  }
  return { rowOf, tableOf, csv, fileName, download, withNumbers };
})();
