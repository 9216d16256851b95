/** "Before you save": what the draft changes, in numbers against what is stored. */

import { element } from "../dom.js";
import { hasChanged } from "./state.js";
import { fold, heading, number, redraw, signed, when } from "./ui.js";

/** @typedef {import("./types.d.ts").Count} Count */
/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").Named} Named */
/** @typedef {import("./types.d.ts").Preview} Preview */
/** @typedef {import("./types.d.ts").State} State */

const ROWS = 5;
const MOST_NAMES = 60;
/** Clocks of office machines differ. */
const NOW_MS = 300_000;

/**
 * @param {Editor} editor
 * @param {HTMLElement} place
 */
export function wireEffect(editor, place) {
  editor.store.on((state, before) => {
    if (hasChanged(state, before, ["preview", "isPreviewing", "previewProblem", "draft", "at", "conflict"])) {
      const isShown = editor.data.canEdit && state.draft.size > 0 && state.at === null && !state.conflict;
      redraw(place, ...(isShown ? [block(editor, state, place)] : []));
    }
  });
}

/**
 * @param {Editor} editor
 * @param {State} state
 * @param {HTMLElement} place
 * @returns {HTMLElement}
 */
function block(editor, { preview, isPreviewing, previewProblem, draft }, place) {
  const { say } = editor;
  const [entry] = draft.values();
  const against = draft.size === 1 && entry?.base?.properties.version;
  const head = heading(say("beforeSaving"), against ? say("againstVersion", { number: against }) : say("againstStored"));
  const made = element("div", { class: "block effect", "aria-busy": String(isPreviewing) }, head);
  if (previewProblem) {
    made.append(element("p", { class: "problem" }, previewProblem));
  } else if (preview) {
    made.append(...comparedAt(editor, preview), figures(editor, preview), ...names(editor, preview, place));
  } else {
    made.append(skeleton());
  }
  return made;
}

/**
 * Say so where the figures are not those of this moment.
 * @param {Editor} editor
 * @param {Preview} preview
 * @returns {HTMLElement[]}
 */
function comparedAt({ say }, { at }) {
  const isNow = Math.abs(Date.parse(at) - Date.now()) < NOW_MS;
  return isNow ? [] : [element("p", { class: "quiet" }, say("comparedAt", { at: when(at) }))];
}

/** @returns {HTMLElement} */
function skeleton() {
  const lines = Array.from({ length: ROWS }, () => element("div", { class: "skeleton" }));
  return element("div", { "aria-hidden": "true" }, ...lines);
}

/**
 * @param {Editor} editor
 * @param {Preview} preview
 * @returns {HTMLElement}
 */
function figures({ say }, { buildings, households, people, sites, gates, blocks, teams }) {
  const list = element("dl", { class: "effect-figures" });
  const row = (/** @type {string} */ title, /** @type {string} */ now, /** @type {string} */ aside) => {
    list.append(element("div", {}, element("dt", {}, title), element("dd", {}, now), element("dd", { class: "change" }, aside)));
  };
  const count = (/** @type {string} */ title, /** @type {Count} */ told) => row(title, number(told.now + told.change), signed(told.change));
  count(say("buildings"), buildings);
  count(say("householdsShort"), households);
  count(say("peopleShort"), people);
  count(say("sitesInside"), sites);
  count(say("gatesInside"), gates);
  row(say("blocksTouched"), number(blocks.length), blocks.map(({ cadre, name, id }) => cadre ?? name ?? id).slice(0, 3).join("·"));
  if (teams.length > 0) {
    row(say("teamsTouched"), number(teams.length), teams.map(({ team }) => team).slice(0, 6).join("·"));
  }
  return list;
}

/**
 * @param {Editor} editor
 * @param {Preview} preview
 * @param {HTMLElement} place
 * @returns {HTMLElement[]}
 */
function names({ say }, { buildings }, place) {
  /** @type {[string, string, Named[]][]} */
  const lists = [
    ["in", say("comingIn", { count: buildings.in.length }), buildings.in],
    ["out", say("goingOut", { count: buildings.out.length }), buildings.out],
  ];
  return lists
    .filter(([, , named]) => named.length > 0)
    .map(([key, title, named]) => fold(place, key, title, () => [nameList(named, say)]));
}

/**
 * @param {Named[]} named
 * @param {Editor["say"]} say
 * @returns {HTMLElement}
 */
function nameList(named, say) {
  const list = element("ul", { class: "name-list" });
  for (const { id, name } of named.slice(0, MOST_NAMES)) {
    list.append(element("li", {}, element("button", { type: "button", class: "link", "data-layer": "buildings", "data-key": id }, name || id)));
  }
  if (named.length > MOST_NAMES) {
    list.append(element("li", { class: "quiet" }, say("moreNames", { count: named.length - MOST_NAMES })));
  }
  return list;
}
