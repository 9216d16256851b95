/** The history of a zone: who changed it, when and why, what ground it gained or lost, and back. */

import { element, toast } from "../dom.js";
import { drawDifference } from "./difference.js";
import { entryOf, valuesOf, withChanges } from "./draft.js";
import { boundsOf } from "./rings.js";
import { ask, send } from "./server.js";
import { commit, hasChanged } from "./state.js";
import { button, fold, redraw, when } from "./ui.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").ZoneVersion} ZoneVersion */

/**
 * @param {Editor} editor
 * @param {HTMLElement} place
 * @param {L.Renderer} renderer
 */
export function wireVersions(editor, place, renderer) {
  const { store, stage } = editor;
  const shown = L.layerGroup().addTo(stage.map);
  let clear = () => {};
  const refresh = () => {
    const state = store.get();
    const isShown = state.chosen !== null && !state.conflict && !state.chosen.startsWith("new-");
    redraw(place, ...(isShown ? [block(editor, state, place)] : []));
  };
  const compare = () => {
    clear();
    const { versions, compared } = store.get();
    const version = versions?.find(({ number }) => number === compared);
    if (versions && version) {
      const before = versions.find(({ number }) => number === version.number - 1) ?? null;
      const after = version.kind === "delete" ? null : version.feature.geometry;
      clear = drawDifference(shown, stage.map, renderer, { before: before?.feature.geometry ?? null, after });
      stage.map.fitBounds(boundsOf(version.feature.geometry), { padding: [60, 60], maxZoom: 19 });
    }
  };
  store.on((state, before) => {
    if (hasChanged(state, before, ["chosen", "zones", "versions", "compared", "conflict", "at"])) {
      refresh();
    }
    if (hasChanged(state, before, ["compared", "versions"])) {
      compare();
    }
    const isOpen = state.versions !== null && state.chosen !== null;
    const etag = (/** @type {State} */ one) => one.zones.get(one.chosen ?? "")?.etag;
    if (isOpen && state.chosen === before.chosen && etag(state) !== etag(before)) {
      load(editor);
    }
  });
}

/**
 * @param {Editor} editor
 * @param {State} state
 * @param {HTMLElement} place
 * @returns {HTMLElement}
 */
function block(editor, state, place) {
  const { say } = editor;
  const { versions } = state;
  const made = fold(place, "versions", say("versions"), () => {
    if (versions === null) {
      load(editor);
      return [element("div", { class: "skeleton", "aria-hidden": "true" })];
    }
    return [element("ol", { class: "versions" }, ...versions.map((version) => row(editor, state, version)))];
  });
  return element("div", { class: "block" }, made);
}

/** @param {Editor} editor */
async function load({ store, say }) {
  const { chosen } = store.get();
  if (chosen === null) {
    return;
  }
  try {
    const { versions } = await ask(`/api/zones/${encodeURIComponent(chosen)}/versions`);
    if (store.get().chosen === chosen) {
      store.set({ versions });
    }
  } catch (error) {
    toast(error instanceof Error ? error.message : say("shapesFailed"));
    store.set({ versions: [] });
  }
}

/**
 * @param {Editor} editor
 * @param {State} state
 * @param {ZoneVersion} version
 * @returns {HTMLElement}
 */
function row(editor, state, version) {
  const { say, store } = editor;
  const { number, kind, at, actor, reason } = version;
  const isCompared = state.compared === number;
  const head = [say("version", { number }), say({ create: "kindCreated", replace: "kindReplaced", delete: "kindDeleted" }[kind])];
  const about = [when(at), actor ?? ""].filter(Boolean).join(" · ");
  const acts = element("p", { class: "buttons" }, button(
    say(isCompared ? "hideDifference" : "showDifference"),
    () => store.set({ compared: isCompared ? null : number }),
    { kind: "link", key: `compare-${number}`, isPressed: isCompared },
  ));
  if (editor.data.canEdit && isOld(state, version)) {
    acts.append(button(say("bringBack"), () => bringBack(editor, version), { kind: "link", key: `restore-${number}` }));
  }
  const line = element("li", {}, element("strong", {}, head.join(" · ")), element("small", { class: "quiet" }, about));
  if (reason) {
    line.append(element("p", {}, reason));
  }
  line.append(acts);
  if (isCompared) {
    line.append(
      element("p", { class: "difference-legend" }, element("span", { class: "added" }, say("groundAdded")), " ", element("span", { class: "removed" }, say("groundRemoved"))),
    );
  }
  return line;
}

/**
 * @param {State} state
 * @param {ZoneVersion} version
 * @returns {boolean} whether it is another than what stands now, and can be brought back
 */
function isOld({ versions, zones, at }, version) {
  const stands = versions?.[0] === version && zones.has(version.feature.id);
  return at === null && version.kind !== "delete" && !stands;
}

/**
 * Bring a version back: as a draft, to be looked at and saved; a zone that is gone at once.
 * @param {Editor} editor
 * @param {ZoneVersion} version
 */
async function bringBack(editor, { number, feature }) {
  const { store, say } = editor;
  const { id } = feature;
  const entry = entryOf(store.get(), id);
  if (entry?.base && store.get().zones.has(id)) {
    const patch = { geometry: feature.geometry, values: valuesOf(feature.properties), restores: number, isDeleted: false };
    commit(store, withChanges(store.get(), new Map([[id, patch]])), say("stepBroughtBack", { number }), { compared: null });
    toast(say("broughtBackSave", { number }));
    return;
  }
  try {
    const path = `/api/zones/${encodeURIComponent(id)}/versions/${number}/restore`;
    const stored = await send(path, { reason: say("restoreReason", { number }) }, { headers: { "If-None-Match": "*" } });
    store.set({ zones: new Map(store.get().zones).set(id, stored), compared: null });
    toast(say("broughtBack"));
  } catch (error) {
    toast(error instanceof Error ? error.message : say("shapesFailed"));
  }
}
