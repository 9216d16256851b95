/** When somebody else was faster: both versions on the map, and a choice for each zone. */

import { element, toast } from "../dom.js";
import { VALUES, areSameValues } from "./draft.js";
import { clashingValues, conflictOf, isDecided, settled, valueKey } from "./merging.js";
import { latLngsOf } from "./paint.js";
import { boundsOf } from "./rings.js";
import { Refusal, send } from "./server.js";
import { commit, hasChanged } from "./state.js";
import { button, heading, mark, redraw, when } from "./ui.js";

/** @typedef {import("./types.d.ts").Clash} Clash */
/** @typedef {import("./types.d.ts").Conflict} Conflict */
/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").ZoneValues} ZoneValues */

const BASE = { color: "#5b6875", weight: 2, dashArray: "4 5", fill: false, interactive: false };
const THEIRS = { color: "#9c4a75", weight: 4, fillColor: "#CC79A7", fillOpacity: 0.16, interactive: false };
const TOUCHING = { color: "#D55E00", weight: 2, dashArray: "6 5", fillColor: "#D55E00", fillOpacity: 0.25, interactive: false };
const MERGED = { color: "#009E73", weight: 3, fill: false, interactive: false };

/**
 * @param {Editor} editor
 * @param {HTMLElement} place
 * @param {L.Renderer} renderer
 */
export function wireConflict(editor, place, renderer) {
  const { store, stage } = editor;
  const shown = L.featureGroup().addTo(stage.map);
  store.on((state, before) => {
    if (!hasChanged(state, before, ["conflict"])) {
      return;
    }
    const { conflict } = state;
    redraw(place, ...(conflict ? [block(editor, state, conflict)] : []));
    shown.clearLayers();
    conflict?.clashes.forEach((clash) => drawBoth(clash, conflict, renderer).forEach((layer) => layer.addTo(shown)));
    if (conflict && !before.conflict) {
      const [first] = conflict.clashes;
      store.set({ chosen: first && state.draft.has(first.id) ? first.id : null });
      stage.map.fitBounds(shown.getLayers().length > 0 ? shown.getBounds() : stage.map.getBounds(), { padding: [60, 60], maxZoom: 19 });
      place.scrollIntoView({ block: "start" });
    }
  });
}

/**
 * @param {Clash} clash
 * @param {Conflict} conflict
 * @param {L.Renderer} renderer
 * @returns {L.Layer[]} what was, what the other made of it, where both touch; mine is the draft itself
 */
function drawBoth({ id, base, current, merged, clashes }, { choices }, renderer) {
  /** @type {L.Layer[]} */
  const layers = [];
  if (base) {
    layers.push(L.polygon(latLngsOf(base.geometry), { ...BASE, renderer }));
  }
  if (current) {
    layers.push(L.polygon(latLngsOf(current.geometry), { ...THEIRS, renderer }));
  }
  if (clashes) {
    layers.push(L.geoJSON(clashes, { style: () => ({ ...TOUCHING, renderer }) }));
  }
  if (merged && choices[id] === "merged") {
    layers.push(L.polygon(latLngsOf(merged), { ...MERGED, renderer }));
  }
  return layers;
}

/**
 * @param {Editor} editor
 * @param {State} state
 * @param {Conflict} conflict
 * @returns {HTMLElement}
 */
function block(editor, state, conflict) {
  const { say, store } = editor;
  const use = button(say("useChoice"), () => settle(editor), {
    kind: "button", key: "conflict-use", isDisabled: !isDecided(conflict, state.draft),
  });
  return element(
    "div",
    { class: "block conflict", role: "group", "aria-label": say("conflict") },
    heading(say("conflict")),
    element("p", { role: "alert" }, say("conflictTold")),
    element(
      "ul",
      { class: "conflict-legend" },
      ...["mine", "theirs", "base"].map((who) => element("li", {}, mark(`line-${who}`), say(who))),
    ),
    ...conflict.clashes.map((clash) => zoneChoice(editor, state, conflict, clash)),
    element("p", { class: "buttons" }, use, button(say("backToDraft"), () => store.set({ conflict: null }), { key: "conflict-back" })),
  );
}

/**
 * @param {Editor} editor
 * @param {State} state
 * @param {Conflict} conflict
 * @param {Clash} clash
 * @returns {HTMLElement}
 */
function zoneChoice(editor, state, conflict, clash) {
  const { say, stage } = editor;
  const { id, current } = clash;
  const entry = state.draft.get(id);
  const title = entry?.values.name || current?.properties.name || id;
  const group = element("fieldset", { class: "choice" }, element("legend", {}, title));
  group.append(element("p", { class: "quiet" }, whoSaved(editor, clash)), ...shapeChoices(editor, state, conflict, clash));
  if (entry && conflict.choices[id] === "merged") {
    group.append(...clashingValues(clash, entry).map((value) => valueChoice(editor, conflict, clash, value, entry.values)));
  }
  const shape = current?.geometry ?? entry?.geometry;
  const show = () => shape && stage.map.fitBounds(boundsOf(shape), { padding: [60, 60], maxZoom: 19 });
  group.append(...changedValues(editor, clash), button(say("showOnMap"), show, { kind: "link", key: `show-${id}` }));
  return group;
}

/**
 * @param {Editor} editor
 * @param {Clash} clash
 * @returns {string}
 */
function whoSaved({ say }, { current }) {
  if (!current) {
    return say("theirsDeleted");
  }
  const { author, reason } = current.properties;
  return author ? say("theirsBy", { author, reason: reason ?? "–" }) : say("theirsAnon", { reason: reason ?? "–" });
}

/**
 * @param {Editor} editor
 * @param {State} state
 * @param {Conflict} conflict
 * @param {Clash} clash
 * @returns {HTMLElement[]}
 */
function shapeChoices({ say, store }, state, conflict, { id, merged, current }) {
  const isDeletion = state.draft.get(id)?.isDeleted === true;
  const canMerge = merged !== null && current !== null && !isDeletion;
  const titles = { merged: say("takeMerged"), mine: say(isDeletion ? "takeDeletion" : "takeMine"), theirs: say("takeTheirs") };
  const offered = /** @type {const} */ (["merged", "mine", "theirs"]).filter((choice) => choice !== "merged" || canMerge);
  const radios = offered.map((choice) =>
    radio(`choice-${id}`, titles[choice], conflict.choices[id] === choice, () => {
      store.set({ conflict: { ...conflict, choices: { ...conflict.choices, [id]: choice } } });
    }),
  );
  const touches = !canMerge && current !== null && !isDeletion;
  return [...(touches ? [element("p", {}, say("editsTouch"))] : []), ...radios];
}

/**
 * @param {Editor} editor
 * @param {Clash} clash
 * @returns {HTMLElement[]} values that the other has changed
 */
function changedValues({ say, data }, { base, current }) {
  if (!base || !current || areSameValues(base.properties, current.properties)) {
    return [];
  }
  const changed = VALUES.filter((name) => base.properties[name] !== current.properties[name]);
  const texts = changed.map((name) => `${say(`value_${name}`)} ${shownValue(current.properties, name, data.levels)}`);
  return [element("p", { class: "quiet" }, say("theirValues", { values: texts.join(say("comma")) }))];
}

/**
 * @param {Editor} editor
 * @param {Conflict} conflict
 * @param {Clash} clash
 * @param {keyof ZoneValues} name
 * @param {ZoneValues} mine
 * @returns {HTMLElement}
 */
function valueChoice({ say, data, store }, conflict, { id, current }, name, mine) {
  const key = valueKey(id, name);
  const group = element("fieldset", { class: "choice" }, element("legend", {}, say(`value_${name}`)));
  const theirs = current?.properties ?? mine;
  for (const [who, values] of /** @type {["mine" | "theirs", ZoneValues][]} */ ([["mine", mine], ["theirs", theirs]])) {
    const pick = () => store.set({ conflict: { ...conflict, values: { ...conflict.values, [key]: who } } });
    const title = `${say(who)}${say("colon")}${shownValue(values, name, data.levels)}`;
    group.append(radio(`value-${key}`, title, conflict.values[key] === who, pick));
  }
  return group;
}

/**
 * @param {ZoneValues} values
 * @param {keyof ZoneValues} name
 * @param {Record<string, string>} levels
 * @returns {string}
 */
function shownValue(values, name, levels) {
  const value = values[name];
  if (name === "level") {
    return levels[value ?? ""] ?? value ?? "–";
  }
  return (name === "name" ? value : when(value)) || "–";
}

/**
 * @param {string} name
 * @param {string} title
 * @param {boolean} isChosen
 * @param {() => void} act
 * @returns {HTMLElement}
 */
function radio(name, title, isChosen, act) {
  const input = element("input", { type: "radio", name, "data-focus": `${name} ${title}` });
  input.checked = isChosen;
  input.addEventListener("change", act);
  return element("label", { class: "radio" }, input, title);
}

/** @param {Editor} editor */
function settle({ store, say }) {
  const state = store.get();
  if (state.conflict) {
    const { draft, zones } = settled(state, state.conflict);
    commit(store, draft, say("stepSettled"), { zones, conflict: null, past: [] });
    toast(draft.size > 0 ? say("settledSave") : say("settledNothing"));
  }
}

/**
 * Settle with what somebody else has saved meanwhile, before saving.
 * @param {Editor} editor
 */
export async function settleNow({ store, say }) {
  const { draft, zones } = store.get();
  const stale = [...draft.values()].filter(({ id, base }) => base !== null && zones.get(id)?.etag !== base.etag);
  try {
    const clashes = await Promise.all(
      stale.map(async ({ id, base, geometry, isDeleted }) => {
        const current = zones.get(id) ?? null;
        const shapes = base && current && !isDeleted ? { base: base.geometry, mine: geometry, theirs: current.geometry } : null;
        const answer = shapes ? await send("/api/zones/merge", shapes) : { merged: null, clashes: null };
        return { id, base, current, mine: { geometry }, ...answer };
      }),
    );
    store.set({ conflict: conflictOf(clashes, draft), tool: "choose" });
  } catch (error) {
    toast(error instanceof Refusal && error.isOffline ? say("previewOffline") : say("shapesFailed"));
  }
}
