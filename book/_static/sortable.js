/* Long tables can be sorted by a column: every header becomes a button. Without the script they are plain tables. */
(function () {
  "use strict";
  const LONG = 8; // rows

  function value(row, index) {
    const cell = row.cells[index];
    const text = cell ? cell.textContent.trim() : "";
    const number = parseFloat(text.replace(/^×\s*/, "").replace(/,/g, "").replace("−", "-"));
    return Number.isNaN(number) ? text.toLowerCase() : number;
  }

  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === "number") return -1; // numbers before dashes and words
    if (typeof b === "number") return 1;
    return a.localeCompare(b);
  }

  function sort(table, index, header) {
    const down = header.getAttribute("aria-sort") === "ascending";
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [value(row, index), row]);
    rows.sort((a, b) => (down ? -1 : 1) * compare(a[0], b[0]));
    rows.forEach(([, row]) => body.appendChild(row));
    table.querySelectorAll("th[aria-sort]").forEach((th) => th.removeAttribute("aria-sort"));
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
  }

  function equip(table) {
    const head = table.tHead;
    const body = table.tBodies[0];
    if (!head || !body || body.rows.length < LONG || table.querySelector("[rowspan], [colspan]")) return;
    // pandas puts the index's name on a second row: of each column the last header that says something is the button.
    const width = body.rows[0].cells.length;
    for (let index = 0; index < width; index++) {
      const headers = [...head.rows].map((row) => row.cells[index]).filter((th) => th && th.textContent.trim());
      const header = headers.pop();
      if (!header) continue;
      const button = document.createElement("button");
      button.type = "button";
      button.className = "sort-button";
      button.title = "Sort by this column";
      button.append(...header.childNodes);
      header.append(button);
      button.addEventListener("click", () => sort(table, index, header));
    }
    table.classList.add("is-sortable");
  }

  const start = () => document.querySelectorAll("table.pathmtl-table").forEach(equip);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
