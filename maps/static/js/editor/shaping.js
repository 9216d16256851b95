/** What a drawn line does to the draft: a new zone, a hole, two zones of one, one of two. */

import { toast } from "../dom.js";
import { entryOf, shapesOf, withChanges, withNew, withShapes } from "./draft.js";
import { take } from "./edits.js";
import { isInRing, openRings, shapeOf } from "./rings.js";
import { send } from "./server.js";
import { commit } from "./state.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").Place} Place */
/** @typedef {import("./types.d.ts").Shape} Shape */
/** @typedef {import("./paint.js").Painter} Painter */

const USUAL_LEVEL = "control";

/**
 * @param {Editor} editor
 * @param {Shape} shape
 */
export function created({ store, say }, shape) {
  const values = { name: null, level: USUAL_LEVEL, valid_from_at: null, valid_to_at: null };
  const { id, draft } = withNew(store.get(), shapeOf(openRings(shape)), values);
  commit(store, draft, say("stepZoneDrawn"), { chosen: id, tool: "choose" });
}

/**
 * @param {Editor} editor
 * @param {Painter} painter
 * @param {L.Layer} layer what Geoman left of the chosen zone
 */
export function cutOut(editor, painter, layer) {
  const { store, say } = editor;
  const { chosen } = store.get();
  layer.remove();
  painter.group.removeLayer(layer);
  if (chosen === null) {
    return;
  }
  // Geoman took the zone's own layer off the map.
  painter.forget(chosen);
  if (layer instanceof L.Polygon) {
    const left = /** @type {Shape} */ (layer.toGeoJSON(7).geometry);
    take(editor, new Map([[chosen, shapeOf(openRings(left))]]), say("stepHoleCut"));
  } else {
    toast(say("nothingLeft"));
  }
  painter.paint(store.get());
  store.set({ tool: "choose" });
}

/**
 * @param {Editor} editor
 * @param {Place[]} hole must lie wholly inside one part of the chosen zone
 */
export function pierced(editor, hole) {
  const { store, say } = editor;
  const state = store.get();
  const shape = state.chosen === null ? undefined : shapesOf(state).get(state.chosen);
  if (!shape || state.chosen === null) {
    return;
  }
  const polygons = openRings(shape);
  const part = polygons.findIndex(([outer]) => outer && hole.every((place) => isInRing(place, outer)));
  if (part < 0) {
    toast(say("holeOutside"));
    return;
  }
  const left = shapeOf(polygons.map((rings, at) => (at === part ? [...rings, hole] : rings)));
  take(editor, new Map([[state.chosen, left]]), say("stepHoleCut"), { tool: "choose" });
}

/**
 * @param {Editor} editor
 * @param {GeoJSON.LineString} line
 */
export async function splitAlong(editor, line) {
  const { store, say } = editor;
  const { chosen } = store.get();
  const geometry = chosen === null ? undefined : shapesOf(store.get()).get(chosen);
  if (chosen !== null && geometry) {
    try {
      const { geometries } = await send("/api/zones/shapes", { op: "split", geometry, line });
      takeParts(editor, chosen, geometries);
    } catch (error) {
      toast(error instanceof Error ? error.message : say("shapesFailed"));
    }
  }
  store.set({ tool: "choose" });
}

/**
 * @param {Editor} editor
 * @param {string} id
 * @param {Shape[]} parts the first stays the zone, the others become zones like it
 */
function takeParts({ store, say }, id, parts) {
  const state = store.get();
  const entry = entryOf(state, id);
  const [first, ...others] = parts;
  if (!entry || !first || others.length === 0) {
    toast(say("notSplit"));
    return;
  }
  let draft = withShapes(state, new Map([[id, first]]));
  others.forEach((part, at) => {
    const name = entry.values.name ? `${entry.values.name} ${at + 2}` : null;
    ({ draft } = withNew({ ...state, draft }, part, { ...entry.values, name }));
  });
  commit(store, draft, say("stepSplit"));
}

/**
 * Make one zone of two; the first keeps its values.
 * @param {Editor} editor
 * @param {string} id
 * @param {string} other
 */
export async function join({ store, say }, id, other) {
  const shapes = shapesOf(store.get());
  const geometries = [shapes.get(id), shapes.get(other)];
  try {
    const answer = await send("/api/zones/shapes", { op: "join", geometries });
    const [geometry] = /** @type {Shape[]} */ (answer.geometries);
    if (geometry) {
      const draft = withChanges(store.get(), new Map([[id, { geometry }], [other, { isDeleted: true }]]));
      commit(store, draft, say("stepJoined"));
    }
  } catch (error) {
    toast(error instanceof Error ? error.message : say("shapesFailed"));
  }
  store.set({ tool: "choose" });
}
