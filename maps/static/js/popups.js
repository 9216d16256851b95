/** What a popup says: facts from the data block, as text. */

import { element, fill, symbol, textAt, textOf } from "./dom.js";

/** @typedef {import("./types.d.ts").Fact} Fact */
/** @typedef {import("./types.d.ts").LayerData} LayerData */
/** @typedef {import("./types.d.ts").PageData} PageData */

const LISTED = 60;

/**
 * @param {string} title
 * @param {string} kind
 * @returns {HTMLElement}
 */
function head(title, kind) {
  const box = element("div", {}, element("p", { class: "popup-title" }, title || kind));
  if (title && kind && title !== kind) {
    box.append(element("p", { class: "popup-kind" }, kind));
  }
  return box;
}

/**
 * @param {Fact} fact
 * @param {Record<string, string>} texts
 * @returns {HTMLElement}
 */
function value(fact, texts) {
  if (Array.isArray(fact)) {
    return element("dd", {}, fact[0], " ", element("em", {}, textOf(texts.estimate)));
  }
  return element("dd", {}, fact ?? "");
}

/**
 * @param {[string, Fact][]} facts
 * @param {Record<string, string>} texts
 * @returns {HTMLElement}
 */
function list(facts, texts) {
  const told = element("dl", { class: "popup-facts" });
  for (const [title, fact] of facts) {
    if (fact !== null && fact !== undefined && fact !== "") {
      told.append(element("dt", {}, title), value(fact, texts));
    }
  }
  return told;
}

/**
 * A feature of a layer.
 * @param {LayerData} layer
 * @param {number} position
 * @param {PageData} page
 * @returns {HTMLElement}
 */
export function featurePopup(layer, position, page) {
  const box = head(textAt(layer.labels, position), textOf(layer.one));
  const { fields, rows } = layer.facts ?? { fields: [], rows: [] };
  /** @type {[string, Fact][]} */
  const facts = fields.map((field, column) => [field, rows[position]?.[column] ?? null]);
  facts.push([textOf(page.texts.identifier), textAt(layer.keys, position)]);
  box.append(list(facts, page.texts));
  return box;
}

/**
 * Premises that share a spot, or one of them.
 * @param {LayerData} layer
 * @param {number[]} positions
 * @param {string} title
 * @param {PageData} page
 * @returns {HTMLElement}
 */
export function premisesPopup(layer, positions, title, page) {
  const box = head(title, fill(page.texts.premisesHere, { count: positions.length }));
  box.append(stateCounts(layer, positions));
  const rows = element("ul", { class: "popup-list", tabindex: "0" });
  for (const position of positions.slice(0, LISTED)) {
    rows.append(
      element(
        "li",
        {},
        symbol(`premises_${textAt(layer.classes, position)}`),
        textAt(layer.labels, position) || textAt(layer.categories, position),
        element("small", {}, textAt(layer.categories, position)),
      ),
    );
  }
  if (positions.length > LISTED) {
    rows.append(element("li", {}, fill(page.texts.more, { count: positions.length - LISTED })));
  }
  box.append(rows);
  return box;
}

/**
 * @param {LayerData} layer
 * @param {number[]} positions
 * @returns {HTMLElement}
 */
function stateCounts(layer, positions) {
  const counts = element("p", { class: "popup-states" });
  for (const [state, name] of Object.entries(layer.states ?? {})) {
    const count = positions.filter((position) => layer.classes?.[position] === state).length;
    if (count > 0) {
      counts.append(element("span", {}, symbol(`premises_${state}`), ` ${name} ${count}`));
    }
  }
  return counts;
}

/**
 * A stop of a route.
 * @param {import("./types.d.ts").Team} team
 * @param {number} position
 * @param {PageData} page
 * @returns {HTMLElement}
 */
export function stopPopup(team, position, page) {
  const { texts } = page;
  const stop = team.stops[position];
  if (!stop) {
    return head("", team.title);
  }
  const [key, name, arrival, service, households, door] = stop;
  const box = head(name || key, `${team.title} · ${position + 1}/${team.stops.length}`);
  box.append(
    list(
      [
        [textOf(texts.arrival), arrival],
        [textOf(texts.service), service],
        [textOf(texts.households), households],
        [textOf(texts.door), textOf(door)],
      ],
      texts,
    ),
  );
  return box;
}
