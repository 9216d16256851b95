/** Search over what is on the map: a combobox with a list of results. */

import { all, element, fill, textAt, textOf } from "./dom.js";

/** @typedef {import("./types.d.ts").Stage} Stage */
/** @typedef {{layer: string, key: string, label: string, note: string, text: string}} Entry */

const LAYERS = ["buildings", "premises", "sampling_sites", "checkpoints", "gates", "zones", "streets"];
const MOST = 12;

/**
 * @param {Stage} stage
 * @returns {Entry[]}
 */
function collect({ data, index }) {
  return LAYERS.flatMap((layer) => {
    const payload = data.layers[layer];
    const also = new Map((payload?.keys ?? []).map((key, at) => [key, textAt(payload?.also, at)]));
    const kind = layer === "streets" ? textOf(data.texts.street) : textOf(payload?.one);
    return [...(index.get(layer) ?? [])].map(([key, item]) =>
      entryOf({ layer, key, label: item.label, kind, also: textOf(also.get(key)) }),
    );
  });
}

/**
 * @param {{layer: string, key: string, label: string, kind: string, also: string}} found
 * @returns {Entry}
 */
function entryOf({ layer, key, label, kind, also }) {
  const name = label || also || key;
  const note = also && also !== name ? `${kind} · ${also}` : kind;
  return { layer, key, label: name, note, text: `${name} ${also} ${key}`.toLowerCase() };
}

/**
 * Best first: the beginning of the name before its middle, short names before long ones.
 * @param {Entry[]} entries
 * @param {string} wanted
 * @returns {Entry[]}
 */
function find(entries, wanted) {
  const words = wanted.toLowerCase().split(/\s+/).filter(Boolean);
  const rank = (/** @type {Entry} */ entry) => {
    const at = entry.label.toLowerCase().indexOf(words[0] ?? "");
    return (at === 0 ? 0 : at > 0 ? 1 : 2) * 1000 + entry.label.length;
  };
  return entries
    .filter((entry) => words.every((word) => entry.text.includes(word)))
    .sort((one, other) => rank(one) - rank(other))
    .slice(0, MOST);
}

/** @param {Stage} stage */
export function wireSearch(stage) {
  const [input] = all("#search", HTMLInputElement);
  const [list] = all("#search-results", HTMLUListElement);
  if (!input || !list) {
    return;
  }
  const entries = collect(stage);
  /** @type {Entry[]} */
  let found = [];
  let chosen = -1;

  const close = () => {
    list.hidden = true;
    chosen = -1;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const take = (/** @type {number} */ position) => {
    const entry = found[position];
    if (entry) {
      input.value = entry.label;
      close();
      stage.show(entry.layer, entry.key);
    }
  };
  const choose = (/** @type {number} */ position) => {
    chosen = (position + found.length) % Math.max(found.length, 1);
    [...list.children].forEach((row, at) => row.setAttribute("aria-selected", String(at === chosen)));
    input.setAttribute("aria-activedescendant", `result-${chosen}`);
    list.children[chosen]?.scrollIntoView({ block: "nearest" });
  };
  const refresh = () => {
    const wanted = input.value.trim();
    if (!wanted) {
      close();
      return;
    }
    found = find(entries, wanted);
    list.replaceChildren(...rows(found, stage, take));
    list.hidden = false;
    list.setAttribute("aria-label", fill(stage.data.texts.results, { count: found.length }));
    input.setAttribute("aria-expanded", "true");
    choose(0);
  };
  /** @type {Record<string, () => void>} */
  const keys = {
    ArrowDown: () => choose(chosen + 1),
    ArrowUp: () => choose(chosen - 1),
    Enter: () => take(chosen),
    Escape: close,
  };
  input.addEventListener("input", refresh);
  input.addEventListener("keydown", (event) => {
    const act = keys[event.key];
    if (act && !list.hidden) {
      event.preventDefault();
      act();
    }
  });
  input.addEventListener("blur", () => window.setTimeout(close, 200));
}

/**
 * @param {Entry[]} found
 * @param {Stage} stage
 * @param {(position: number) => void} take
 * @returns {HTMLElement[]}
 */
function rows(found, stage, take) {
  if (found.length === 0) {
    const attributes = { role: "option", "aria-disabled": "true", "aria-selected": "false" };
    return [element("li", attributes, textOf(stage.data.texts.noResults))];
  }
  return found.map((entry, position) => {
    const attributes = { role: "option", id: `result-${position}`, "aria-selected": "false" };
    const row = element("li", attributes, element("span", {}, entry.label), element("small", {}, entry.note));
    row.addEventListener("pointerdown", (event) => event.preventDefault());
    row.addEventListener("click", () => take(position));
    return row;
  });
}
