/** Tables that sort, and rows that show themselves on the map. */

import { all, textOf, toast } from "./dom.js";

/** @typedef {import("./types.d.ts").Stage} Stage */

/**
 * @param {HTMLTableRowElement} row
 * @param {number} column
 * @returns {string}
 */
function keyOf(row, column) {
  const cell = row.cells[column];
  return cell?.dataset.sort ?? cell?.textContent?.trim() ?? "";
}

/**
 * @param {string} one
 * @param {string} other
 * @returns {number}
 */
function compare(one, other) {
  const [left, right] = [Number(one), Number(other)];
  if (one !== "" && other !== "" && !Number.isNaN(left) && !Number.isNaN(right)) {
    return left - right;
  }
  return one.localeCompare(other, document.documentElement.lang, { numeric: true });
}

/**
 * @param {HTMLTableElement} table
 * @param {HTMLTableCellElement} head
 */
function sortBy(table, head) {
  const isAscending = head.getAttribute("aria-sort") !== "ascending";
  const [body] = table.tBodies;
  if (!body) {
    return;
  }
  for (const other of all("thead th", HTMLTableCellElement, table)) {
    other.removeAttribute("aria-sort");
  }
  head.setAttribute("aria-sort", isAscending ? "ascending" : "descending");
  const sign = isAscending ? 1 : -1;
  const rows = [...body.rows];
  rows.sort((one, other) => sign * compare(keyOf(one, head.cellIndex), keyOf(other, head.cellIndex)));
  body.append(...rows);
}

/** @param {Stage} stage */
export function wireTables(stage) {
  for (const table of all("table[data-sortable]", HTMLTableElement)) {
    for (const head of all("thead th", HTMLTableCellElement, table)) {
      head.querySelector("button")?.addEventListener("click", () => sortBy(table, head));
    }
  }
  document.addEventListener("click", (event) => {
    const target = event.target instanceof Element ? event.target.closest("button[data-layer]") : null;
    if (target instanceof HTMLButtonElement) {
      const isThere = stage.show(target.dataset.layer ?? "", target.dataset.key ?? "");
      if (!isThere) {
        toast(textOf(stage.data.texts.notOnMap));
      }
    }
  });
}

/**
 * Give every team's number its colour, as on the map.
 * @param {Stage} stage
 */
export function colourTeams({ data }) {
  for (const chip of all(".team[data-team]", HTMLElement)) {
    const position = (Number(chip.dataset.team) - 1) % data.teamColours.length;
    chip.style.setProperty("--team", data.teamColours[position] ?? "");
  }
}
