/** Edits of shapes, by mouse or by keyboard: all come through here, and none may cross itself. */

import { toast } from "../dom.js";
import { removeVertex } from "./borders.js";
import { shapesOf, withShapes } from "./draft.js";
import { crossingOf, rounded } from "./rings.js";
import { commit } from "./state.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").Place} Place */
/** @typedef {import("./types.d.ts").Shapes} Shapes */

/**
 * Take new shapes into the draft, unless a line would cross itself.
 * @param {Editor} editor
 * @param {Shapes} changed
 * @param {string} label
 * @param {Partial<import("./types.d.ts").State>} also
 * @returns {boolean} whether they were taken
 */
export function take(editor, changed, label, also = {}) {
  const { store, say } = editor;
  const state = store.get();
  const before = shapesOf(state);
  for (const [id, shape] of changed) {
    const place = crossingOf(shape, before.get(id) ?? null);
    if (place) {
      toast(say("crossesItself"));
      const geometry = /** @type {GeoJSON.Point} */ ({ type: "Point", coordinates: place });
      store.set({ faults: [{ index: 0, id, code: "self_crossing", detail: say("crossesItself"), geometry }] });
      return false;
    }
  }
  if (changed.size > 0) {
    commit(store, withShapes(state, changed), label, also);
  }
  return true;
}

/**
 * Take a vertex away, or say why not.
 * @param {Editor} editor
 * @param {string} id
 * @param {Place} place
 */
export function dropVertex(editor, id, place) {
  const { store, say } = editor;
  const changed = removeVertex(shapesOf(store.get()), id, place, store.get().isParted);
  if (changed === "junction" || changed === "few") {
    toast(say(changed === "few" ? "tooFewVertices" : "junctionStays"));
    return;
  }
  take(editor, changed, say("stepVertexRemoved"), { vertex: null });
}

/**
 * @param {L.LatLng} at
 * @returns {Place}
 */
export function placeAt(at) {
  return rounded([at.lng, at.lat]);
}
