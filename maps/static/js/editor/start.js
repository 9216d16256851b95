/** Starts the editor of control zones: readers see the same, without the tools. */

import { all, fill, toast } from "../dom.js";
import { hiddenBySheet } from "../sheet.js";
import { onTab } from "../tabs.js";
import { wireConflict } from "./conflict.js";
import { wireDetails } from "./details.js";
import { Pen } from "./drawing.js";
import { wireEffect } from "./effect.js";
import { wireFaults } from "./faults.js";
import { needGeoman } from "./geoman.js";
import { wireHalves } from "./halves.js";
import { Handles } from "./handles.js";
import { keepDraft, keptDraft } from "./keep.js";
import { wireList } from "./list.js";
import { wireLive } from "./live.js";
import { wireOpenings } from "./openings.js";
import { Painter } from "./paint.js";
import { wirePreview } from "./preview.js";
import { reload, wireSaving } from "./saving.js";
import { Refusal } from "./server.js";
import { SnapLines } from "./snap.js";
import { createStore, hasChanged } from "./state.js";
import { wireTimeline } from "./timeline.js";
import { choose, wireTools } from "./tools.js";
import { wireVersions } from "./versions.js";
import { wireVertices } from "./vertices.js";

/** @typedef {import("../types.d.ts").Stage} Stage */
/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").EditorData} EditorData */

/**
 * @param {string} name
 * @returns {HTMLElement} the part of the panel that has this name
 */
function part(name) {
  const [place] = all(`[data-part="${name}"]`, HTMLElement);
  return place ?? document.createElement("div");
}

/**
 * @param {Stage} stage
 * @param {EditorData} data
 */
export async function startEditor(stage, data) {
  const store = createStore();
  /** @type {Editor} */
  const editor = {
    stage, data, store, say: (key, values = {}) => fill(stage.data.texts[key] ?? key, values),
  };
  const painter = new Painter(editor);
  painter.onChoose = (id) => choose(editor, id);
  stage.map.on("zonechosen", (event) => choose(editor, Reflect.get(event, "id")));
  const show = stage.show;
  stage.show = (layer, key) => {
    if (layer === "zones") {
      choose(editor, key);
    }
    return show(layer, key);
  };
  wireParts(editor, painter);
  const previewAgain = data.canEdit ? wireEditing(editor, painter) : () => {};
  try {
    await reload(editor);
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    toast(error.isOffline ? editor.say("previewOffline") : error.message);
  }
  wireLive(editor, previewAgain);
  document.documentElement.dataset.zones = "ready";
}

/**
 * @param {Stage} stage
 * @param {string} id of a zone that may lie elsewhere, or under a phone's sheet
 */
function bringIntoView({ map, index, show }, id) {
  const bounds = index.get("zones")?.get(id)?.bounds;
  const { x, y } = map.getSize();
  const clear = L.latLngBounds([
    map.containerPointToLatLng([0, 0]),
    map.containerPointToLatLng([x, y - hiddenBySheet()]),
  ]);
  if (bounds && !clear.contains(bounds)) {
    show("zones", id);
  }
}

/**
 * @param {Editor} editor
 * @param {Painter} painter
 */
function wireParts(editor, painter) {
  const { renderer } = painter;
  wireTimeline(editor, part("then"));
  wireList(editor, part("list"), (id) => {
    choose(editor, id);
    bringIntoView(editor.stage, id);
  });
  wireDetails(editor, part("detail"));
  wireOpenings(editor, part("openings"), renderer);
  wireVersions(editor, part("versions"), renderer);
  const others = all("[data-when=list]", HTMLElement);
  editor.store.on((state, before) => {
    if (hasChanged(state, before, ["chosen", "conflict", "tool"])) {
      const isList = state.chosen === null && !state.conflict && state.tool === "choose";
      others.forEach((other) => {
        other.hidden = !isList;
      });
    }
  });
}

/**
 * @param {Editor} editor
 * @param {Painter} painter
 * @returns {() => void} asks for the preview again
 */
function wireEditing(editor, painter) {
  const { store, data } = editor;
  const { renderer } = painter;
  const pen = new Pen(editor, painter);
  const handles = new Handles(editor, painter);
  const snap = new SnapLines(editor, renderer);
  wireTools(editor, pen);
  wireVertices(editor, part("vertices"), part("points"), pen);
  wireConflict(editor, part("conflict"), renderer);
  wireEffect(editor, part("effect"));
  wireHalves(editor, part("halves"), renderer);
  wireFaults(editor, part("faults"), renderer);
  wireSaving(editor, part("save"));
  const previewAgain = wirePreview(editor);
  let isZones = false;
  const turn = () => {
    const { chosen, tool, at } = store.get();
    const isEditing = isZones && at === null && (chosen !== null || tool === "draw");
    snap.turn(isEditing && tool !== "move");
    if (isEditing) {
      needGeoman(editor).then(
        () => handles.turn(isZones),
        () => toast(editor.say("toolsFailed")),
      );
    } else {
      handles.turn(false);
    }
  };
  onTab((tab) => {
    isZones = tab === "zones";
    if (!isZones && store.get().tool !== "choose") {
      store.set({ tool: "choose" });
    }
    turn();
  });
  store.on((state, before) => {
    if (hasChanged(state, before, ["chosen", "tool", "at"])) {
      turn();
    }
    if (hasChanged(state, before, ["draft", "reason"])) {
      keepDraft(data.keep, state.draft, state.reason);
    }
  });
  const kept = keptDraft(data.keep);
  if (kept.draft.size > 0) {
    store.set(kept);
    toast(editor.say("draftFound"));
  }
  return previewAgain;
}
