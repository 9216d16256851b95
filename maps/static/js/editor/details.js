/** The chosen zone: its name, level and period, and how to change them. */

import { element } from "../dom.js";
import { entryOf, withChanges } from "./draft.js";
import { held, inForce, period, titleOf, versionOf } from "./list.js";
import { seenZones } from "./paint.js";
import { commit, hasChanged } from "./state.js";
import { button, fold, fromField, labelled, mark, redraw, toField } from "./ui.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").Shown} Shown */
/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").ZoneValues} ZoneValues */

/**
 * @param {Editor} editor
 * @param {HTMLElement} place
 */
export function wireDetails(editor, place) {
  const { store } = editor;
  const refresh = () => {
    const state = store.get();
    const zone = state.chosen === null ? undefined : seenZones(state).get(state.chosen);
    redraw(place, ...(zone && !state.conflict ? [about(editor, state, zone, place)] : []));
    if (state.chosen !== null && !zone && state.isLoaded && state.at === null) {
      store.set({ chosen: null });
    }
  };
  store.on((state, before) => {
    if (hasChanged(state, before, ["zones", "draft", "chosen", "then", "at", "isLoaded", "conflict", "tool"])) {
      refresh();
    }
  });
}

/**
 * @param {Editor} editor
 * @param {State} state
 * @param {Shown} zone
 * @param {HTMLElement} place
 * @returns {HTMLElement}
 */
function about(editor, state, zone, place) {
  const { say, data, stage, store } = editor;
  const back = button(say("allZones"), () => store.set({ chosen: null, tool: "choose" }), { kind: "link back-link" });
  const head = element(
    "div",
    { class: "block-head" },
    element("h3", { class: "zone-title" }, titleOf(editor, zone)),
    element("small", { class: zone.isDraft ? "unsaved" : "quiet" }, versionOf(editor, zone)),
  );
  const level = element("li", { class: "chip chosen" }, mark(`zone_${zone.values.level}`), data.levels[zone.values.level] ?? "");
  const times = [period(editor, zone), inForce(editor, zone)].filter(Boolean).map((text) => element("li", { class: "chip" }, text));
  const chips = element("ul", { class: "zone-chips" }, level, ...times);
  const show = button(say("showOnMap"), () => stage.show("zones", zone.id), { kind: "link" });
  chips.append(element("li", {}, show));
  const block = element("div", { class: "block" }, back, head, chips);
  if (zone.reason && !zone.isDraft) {
    block.append(element("p", { class: "quiet" }, say("lastReason", { reason: zone.reason })));
  }
  if (state.at !== null) {
    block.append(...held(editor, state));
  }
  if (data.canEdit && state.at === null) {
    block.append(...changing(editor, state, zone, place));
  }
  return block;
}

/**
 * @param {Editor} editor
 * @param {State} state
 * @param {Shown} zone
 * @param {HTMLElement} place
 * @returns {HTMLElement[]} what it takes to change the zone
 */
function changing(editor, state, zone, place) {
  if (zone.isDeleted) {
    return [revive(editor, zone)];
  }
  const values = fold(place, "values", editor.say("changeValues"), () => fields(editor, zone), zone.isNew);
  return state.tool === "join" ? [joinList(editor, state, zone), values] : [values];
}

/**
 * @param {Editor} editor
 * @param {Shown} zone
 * @returns {HTMLElement}
 */
function revive({ store, say }, { id }) {
  const keep = () => {
    commit(store, withChanges(store.get(), new Map([[id, { isDeleted: false }]])), say("stepKept"));
  };
  return element("p", { class: "buttons" }, button(say("keepZone"), keep));
}

/**
 * @param {Editor} editor
 * @param {Shown} zone
 * @returns {HTMLElement[]}
 */
function fields(editor, { id, values }) {
  const { say, data } = editor;
  const set = (/** @type {Partial<ZoneValues>} */ patch) => change(editor, id, patch);
  const name = element("input", { value: values.name ?? "", maxlength: "120", autocomplete: "off", "data-focus": "name" });
  name.addEventListener("change", () => set({ name: name.value.trim() || null }));
  const level = element("select", { "data-focus": "level" });
  for (const [key, title] of Object.entries(data.levels)) {
    const option = element("option", { value: key }, title);
    option.selected = key === values.level;
    level.append(option);
  }
  level.addEventListener("change", () => set({ level: level.value }));
  const [from, to] = /** @type {const} */ (["valid_from_at", "valid_to_at"]).map((key) => {
    const field = element("input", { type: "datetime-local", value: toField(values[key]), "data-focus": key });
    field.addEventListener("change", () => set({ [key]: fromField(field.value) }));
    return field;
  });
  return [
    element(
      "div",
      { class: "fields" },
      labelled(say("name"), name, "wide"),
      labelled(say("level"), level, "wide"),
      ...(from && to ? [labelled(say("zoneFrom"), from), labelled(say("zoneTo"), to)] : []),
    ),
  ];
}

/**
 * @param {Editor} editor
 * @param {string} id
 * @param {Partial<ZoneValues>} patch
 */
function change({ store, say }, id, patch) {
  const entry = entryOf(store.get(), id);
  if (entry) {
    const values = { ...entry.values, ...patch };
    commit(store, withChanges(store.get(), new Map([[id, { values }]])), say("stepValues"));
  }
}

/**
 * Zones to join with, for who cannot point at one.
 * @param {Editor} editor
 * @param {State} state
 * @param {Shown} zone
 * @returns {HTMLElement}
 */
function joinList(editor, state, zone) {
  const others = [...seenZones(state).values()].filter(({ id, isDeleted }) => id !== zone.id && !isDeleted);
  const list = element("ul", { class: "join-list" });
  for (const { id, values } of others) {
    list.append(element("li", {}, button(editor.say("joinWith", { name: values.name || id }), () => {
      editor.stage.map.fire("zonechosen", { id });
    }, { key: `join-${id}` })));
  }
  return others.length > 0 ? list : element("p", { class: "quiet" }, editor.say("nothingToJoin"));
}
