/** The tools beside the map, what they ask for while they are used, and their keys. */

import { all, element, toast } from "../dom.js";
import { isDrawn } from "./drawing.js";
import { join } from "./shaping.js";
import { withChanges } from "./draft.js";
import { commit, hasChanged, redo, undo } from "./state.js";
import { icon } from "./ui.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Tool} Tool */
/** @typedef {import("./drawing.js").Pen} Pen */
/** @typedef {{key: string, text: string, act: () => void, isPressed?: (state: State) => boolean, isAble?: (state: State) => boolean}} Action */

/** @type {Record<string, string>} */
const PATHS = {
  draw: "M9 2.2l6.6 4.8-2.5 7.8H4.9L2.4 7z",
  move: "M9 1.8v14.4M1.8 9h14.4M9 1.8L6.9 4M9 1.8L11.1 4M9 16.2L6.9 14M9 16.2l2.1-2.2M1.8 9L4 6.9M1.8 9L4 11.1M16.2 9L14 6.9M16.2 9L14 11.1",
  cut: "M2.5 3h13v12h-13zM6.5 6.5h5v5h-5z",
  split: "M2.5 4h13v10h-13zM11.5 1.5l-5 15",
  join: "M2.5 3.5h6v11h-6zM9.5 3.5h6v11h-6zM6 9h6M10.3 7.2L12 9l-1.7 1.8",
  part: "M7.6 10.4l2.8-2.8M8 5.4l1.8-1.8a3 3 0 0 1 4.4 4.4L12.4 9.8M10 12.6l-1.8 1.8a3 3 0 0 1-4.4-4.4l1.8-1.8",
  remove: "M3 5h12M7 5V3h4v2M4.5 5l.8 10.4h7.4L13.5 5M7.5 8v4.6M10.5 8v4.6",
  undo: "M6.5 3L2.5 7l4 4M2.5 7h8a4.5 4.5 0 0 1 0 9H7",
  redo: "M11.5 3l4 4-4 4M15.5 7h-8a4.5 4.5 0 0 0 0 9H11",
};

/**
 * @param {Editor} editor
 * @returns {Action[]}
 */
function actions(editor) {
  const { store, say } = editor;
  const toggle = (/** @type {Tool} */ tool) => () => {
    store.set({ tool: store.get().tool === tool ? "choose" : tool });
  };
  const tool = (/** @type {Tool} */ name, /** @type {string} */ text, /** @type {boolean} */ needsZone) => ({
    key: name,
    text,
    act: toggle(name),
    isPressed: (/** @type {State} */ state) => state.tool === name,
    isAble: (/** @type {State} */ state) => !needsZone || hasZone(state),
  });
  return [
    tool("draw", say("toolDraw"), false),
    tool("move", say("toolMove"), true),
    tool("cut", say("toolCut"), true),
    tool("split", say("toolSplit"), true),
    tool("join", say("toolJoin"), true),
    {
      key: "part", text: say("toolPart"),
      act: () => store.set({ isParted: !store.get().isParted }),
      isPressed: ({ isParted }) => isParted,
    },
    {
      key: "remove", text: say("toolRemove"),
      act: () => removeChosen(editor), isAble: hasZone,
    },
    { key: "undo", text: say("undo"), act: () => stepBack(editor), isAble: ({ past }) => past.length > 0 },
    { key: "redo", text: say("redo"), act: () => stepOn(editor), isAble: ({ future }) => future.length > 0 },
  ];
}

/** @param {State} state */
function hasZone({ chosen, draft, zones }) {
  return chosen !== null && !draft.get(chosen)?.isDeleted && (draft.has(chosen) || zones.has(chosen));
}

/** @param {Editor} editor */
export function removeChosen({ store, say }) {
  const { chosen } = store.get();
  if (chosen !== null) {
    const draft = withChanges(store.get(), new Map([[chosen, { isDeleted: true }]]));
    commit(store, draft, say("stepDeleted"), { tool: "choose", chosen: draft.has(chosen) ? chosen : null });
    toast(say("deletedInDraft"));
  }
}

/** @param {Editor} editor */
export function stepBack({ store, say }) {
  const label = undo(store);
  toast(label ? say("undone", { what: label }) : say("nothingToUndo"));
  mendChoice(store);
}

/** @param {Editor} editor */
export function stepOn({ store, say }) {
  const label = redo(store);
  toast(label ? say("redone", { what: label }) : say("nothingToRedo"));
  mendChoice(store);
}

/** @param {import("./types.d.ts").Store} store a zone that is there no more cannot be chosen */
function mendChoice(store) {
  const { chosen, draft, zones } = store.get();
  if (chosen !== null && !draft.has(chosen) && !zones.has(chosen)) {
    store.set({ chosen: null });
  }
}

/**
 * @param {Editor} editor
 * @param {Pen} pen
 */
export function wireTools(editor, pen) {
  const { stage, store, say } = editor;
  const bar = element("div", { class: "zone-tools leaflet-bar", role: "toolbar", "aria-label": say("tools") });
  const made = actions(editor).map((action) => {
    const button = element("button", { type: "button", title: action.text, "aria-label": action.text });
    button.append(icon(PATHS[action.key] ?? ""));
    button.dataset.tool = action.key;
    button.addEventListener("click", action.act);
    return { action, button };
  });
  bar.append(...made.map(({ button }) => button));
  const hint = hintBar(editor, pen);
  const [section] = all(".map", HTMLElement);
  section?.append(bar, hint);
  L.DomEvent.disableClickPropagation(bar);
  L.DomEvent.disableClickPropagation(hint);
  const refresh = (/** @type {State} */ state) => {
    bar.hidden = state.at !== null || state.conflict !== null;
    section?.classList.toggle("is-editing", state.tool !== "choose" || state.draft.size > 0);
    for (const { action, button } of made) {
      button.disabled = action.isAble?.(state) === false;
      if (action.isPressed) {
        button.setAttribute("aria-pressed", String(action.isPressed(state)));
      }
    }
  };
  store.on((state, before) => {
    if (hasChanged(state, before, ["tool", "chosen", "draft", "past", "future", "isParted", "at", "zones", "conflict"])) {
      refresh(state);
    }
  });
  refresh(store.get());
  wireKeys(editor);
  stage.map.getContainer().addEventListener("keydown", (event) => {
    if (event.key === "Enter" && event.target === stage.map.getContainer() && isDrawn(store.get().tool)) {
      const { lng, lat } = stage.map.getCenter();
      pen.set([...pen.places(), [lng, lat]]);
    }
  });
}

/**
 * What a tool waits for, and how to end it; large enough for a finger.
 * @param {Editor} editor
 * @param {Pen} pen
 * @returns {HTMLElement}
 */
function hintBar({ stage, store, say }, pen) {
  const text = element("p", { role: "status" });
  const finish = element("button", { type: "button", class: "button small" }, say("finish"));
  const back = element("button", { type: "button", class: "button quiet-button small" }, say("lastPointBack"));
  const cancel = element("button", { type: "button", class: "button quiet-button small" }, say("cancel"));
  finish.addEventListener("click", () => pen.finish());
  back.addEventListener("click", () => pen.undoPoint());
  cancel.addEventListener("click", () => store.set({ tool: "choose" }));
  const bar = element("div", { class: "zone-hint" }, text, element("div", { class: "zone-hint-buttons" }, finish, back, cancel));
  bar.hidden = true;
  /** @type {Record<string, string>} */
  const hints = {
    draw: say("hintDraw"), cut: say("hintCut"), split: say("hintSplit"), move: say("hintMove"), join: say("hintJoin"),
  };
  store.on((state, before) => {
    if (state.tool !== before.tool) {
      bar.hidden = state.tool === "choose";
      text.textContent = hints[state.tool] ?? "";
      finish.hidden = back.hidden = !isDrawn(state.tool);
      stage.map.getContainer().classList.toggle("is-drawing", isDrawn(state.tool));
    }
  });
  return bar;
}

/** @param {Editor} editor */
function wireKeys(editor) {
  const { store } = editor;
  document.addEventListener("keydown", (event) => {
    const [section] = all(".map.is-zones", HTMLElement);
    if (!section || isTyping(event.target) || store.get().at !== null) {
      return;
    }
    if (event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      (event.shiftKey ? stepOn : stepBack)(editor);
    } else if (event.key === "Escape" && store.get().tool !== "choose") {
      store.set({ tool: "choose" });
    }
  });
}

/**
 * @param {EventTarget | null} target
 * @returns {boolean} whether the keys belong to a field
 */
function isTyping(target) {
  return target instanceof HTMLInputElement && !["range", "radio", "checkbox"].includes(target.type);
}

/**
 * Choose a zone, or join it to the one that waits for another.
 * @param {Editor} editor
 * @param {string} id
 */
export function choose(editor, id) {
  const { store } = editor;
  const { tool, chosen } = store.get();
  if (tool === "join" && chosen !== null && chosen !== id) {
    join(editor, chosen, id);
  } else if (!isDrawn(tool) && id !== chosen) {
    store.set({ chosen: id, vertex: null, versions: null, compared: null, band: null });
  }
}
