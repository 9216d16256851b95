/** Buildings that the boundary cuts: shown, and taken whole or left out. */

import { element, toast } from "../dom.js";
import { shapesOf } from "./draft.js";
import { take } from "./edits.js";
import { send } from "./server.js";
import { hasChanged } from "./state.js";
import { button, heading, redraw } from "./ui.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").HalfInside} HalfInside */
/** @typedef {import("./types.d.ts").Shape} Shape */

const STYLE = { color: "#8a5a00", weight: 2, fillColor: "#E69F00", fillOpacity: 0.55, interactive: false };
const MOST = 12;

/**
 * @param {Editor} editor
 * @param {HTMLElement} place
 * @param {L.Renderer} renderer
 */
export function wireHalves(editor, place, renderer) {
  const { store, stage } = editor;
  const shown = L.layerGroup().addTo(stage.map);
  const show = (/** @type {HalfInside[]} */ halves) => {
    redraw(place, ...(halves.length > 0 ? [block(editor, halves)] : []));
    shown.clearLayers();
    for (const { id } of halves) {
      const outline = stage.index.get("buildings")?.get(id)?.shape;
      if (outline instanceof L.Polygon) {
        L.polygon(outline.getLatLngs(), { ...STYLE, renderer }).addTo(shown);
      }
    }
  };
  store.on((state, before) => {
    if (hasChanged(state, before, ["preview", "draft", "at", "conflict", "chosen"])) {
      const isShown = state.draft.size > 0 && state.at === null && !state.conflict;
      show(isShown && state.preview ? state.preview.half_inside : []);
    }
  });
}

/**
 * @param {Editor} editor
 * @param {HalfInside[]} halves
 * @returns {HTMLElement}
 */
function block(editor, halves) {
  const { say } = editor;
  const list = element("ul", { class: "halves" });
  for (const { id, name, share } of halves.slice(0, MOST)) {
    const go = element("button", { type: "button", class: "link", "data-layer": "buildings", "data-key": id }, name || id);
    list.append(
      element(
        "li",
        {},
        element("span", {}, go, element("small", { class: "quiet" }, ` ${Math.round(100 * share)}%`)),
        button(say("takeWhole"), () => decide(editor, [id], true), { kind: "button quiet-button small", key: `in-${id}` }),
        button(say("leaveOut"), () => decide(editor, [id], false), { kind: "button quiet-button small", key: `out-${id}` }),
      ),
    );
  }
  const made = element("div", { class: "block" }, heading(say("halfInside"), String(halves.length)), list);
  if (halves.length > 1) {
    const ids = halves.map(({ id }) => id);
    made.append(
      element(
        "p",
        { class: "buttons" },
        button(say("takeAllWhole"), () => decide(editor, ids, true), { kind: "button quiet-button small" }),
        button(say("leaveAllOut"), () => decide(editor, ids, false), { kind: "button quiet-button small" }),
      ),
    );
  }
  return made;
}

/**
 * @param {Editor} editor
 * @param {string[]} buildings
 * @param {boolean} inside
 */
async function decide(editor, buildings, inside) {
  const { store, say } = editor;
  const state = store.get();
  const id = state.chosen !== null && state.draft.has(state.chosen) ? state.chosen : [...state.draft.keys()][0];
  const geometry = id === undefined ? undefined : shapesOf(state).get(id);
  if (id === undefined || !geometry) {
    return;
  }
  try {
    const answer = await send("/api/zones/shapes", { op: "take", geometry, buildings, inside });
    const [taken] = /** @type {Shape[]} */ (answer.geometries);
    if (taken) {
      take(editor, new Map([[id, taken]]), say(inside ? "stepTakenWhole" : "stepLeftOut"));
    }
  } catch (error) {
    toast(error instanceof Error ? error.message : say("shapesFailed"));
  }
}
