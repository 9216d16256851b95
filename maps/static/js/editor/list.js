/** The list of zones: what there is, what holds now, and where to begin. */

import { element } from "../dom.js";
import { seenZones } from "./paint.js";
import { hasChanged } from "./state.js";
import { button, heading, mark, number, redraw, when } from "./ui.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").Shown} Shown */
/** @typedef {import("./types.d.ts").State} State */

/**
 * @param {Editor} editor
 * @param {HTMLElement} place
 * @param {(id: string) => void} choose
 */
export function wireList(editor, place, choose) {
  const { store } = editor;
  const refresh = () => {
    const state = store.get();
    if (state.isLoaded) {
      redraw(place, ...(state.chosen === null && !state.conflict ? listed(editor, state, choose) : []));
    }
  };
  store.on((state, before) => {
    if (hasChanged(state, before, ["zones", "held", "draft", "chosen", "then", "at", "isLoaded", "conflict", "tool"])) {
      refresh();
    }
  });
}

/**
 * @param {Editor} editor
 * @param {State} state
 * @param {(id: string) => void} choose
 * @returns {HTMLElement[]}
 */
function listed(editor, state, choose) {
  const { say, data } = editor;
  const zones = [...seenZones(state).values()];
  const canDraw = data.canEdit && state.at === null;
  const block = element("div", { class: "block" }, heading(say("zones"), zones.length > 0 ? String(zones.length) : ""));
  if (zones.length === 0) {
    const hint = canDraw ? say("noZonesDraw") : say("noZonesRead");
    block.append(element("p", { class: "quiet" }, state.at === null ? hint : say("noZonesThen")));
  } else {
    block.append(element("ul", { class: "zone-list" }, ...zones.map((zone) => row(editor, zone, choose))));
  }
  if (canDraw) {
    const draw = () => editor.store.set({ tool: "draw" });
    const kind = zones.length === 0 ? "button" : "button quiet-button";
    block.append(element("p", { class: "buttons" }, button(say("newZone"), draw, { kind, isPressed: state.tool === "draw" })));
  }
  return [block, ...held(editor, state)];
}

/**
 * @param {Editor} editor
 * @param {Shown} zone
 * @param {(id: string) => void} choose
 * @returns {HTMLElement}
 */
function row(editor, zone, choose) {
  const { data } = editor;
  const line = button("", () => choose(zone.id), { kind: "zone-row", key: `zone-${zone.id}` });
  const level = data.levels[zone.values.level] ?? zone.values.level;
  const facts = [level, inForce(editor, zone), period(editor, zone), versionOf(editor, zone)];
  line.append(
    mark(`zone_${zone.values.level}`),
    element("span", { class: "zone-row-name" }, titleOf(editor, zone)),
    element("small", {}, facts.filter(Boolean).join(" · ")),
  );
  return element("li", {}, line);
}

/**
 * @param {Editor} editor
 * @param {Shown} zone
 * @returns {string}
 */
export function titleOf({ say }, { values, isNew, id }) {
  return values.name || (isNew ? say("newZone") : say("unnamedZone", { id }));
}

/**
 * @param {Editor} editor
 * @param {Shown} zone
 * @returns {string}
 */
export function period({ say }, { values }) {
  const from = values.valid_from_at ? when(values.valid_from_at) : "";
  const to = values.valid_to_at ? when(values.valid_to_at) : "";
  if (from && to) {
    return say("fromTo", { from, to });
  }
  return from ? say("from", { from }) : to ? say("to", { to }) : "";
}

/**
 * @param {Editor} editor
 * @param {Shown} zone
 * @returns {string} why the zone holds nobody now; empty if it may
 */
export function inForce({ say, store }, { values }) {
  const at = store.get().at ?? Date.now();
  if (values.valid_to_at && Date.parse(values.valid_to_at) <= at) {
    return say("lapsed");
  }
  return values.valid_from_at && Date.parse(values.valid_from_at) > at ? say("notYet") : "";
}

/**
 * @param {Editor} editor
 * @param {Shown} zone
 * @returns {string}
 */
export function versionOf({ say }, { version, isNew, isDraft, isDeleted, isStale }) {
  if (isNew) {
    return say("newUnsaved");
  }
  const parts = [version ? say("version", { number: version }) : ""];
  if (isDeleted) {
    parts.push(say("deletionUnsaved"));
  } else if (isDraft) {
    parts.push(say("draftUnsaved"));
  }
  if (isStale) {
    parts.push(say("changedMeanwhile"));
  }
  return parts.filter(Boolean).join(" · ");
}

/**
 * Whom the zones hold; where levels overlap, the stricter one counts.
 * @param {Editor} editor
 * @param {State} state
 * @returns {HTMLElement[]}
 */
export function held({ say, data }, { held: now, then, overlaps }) {
  const rows = (then?.held ?? now).filter(({ buildings }) => buildings > 0);
  if (rows.length === 0) {
    return [];
  }
  const head = [say("level"), say("buildings"), say("householdsShort"), say("peopleShort")];
  const table = element(
    "table",
    {},
    element("caption", {}, say("heldNow")),
    element("thead", {}, element("tr", {}, ...head.map((title, at) => th(title, "col", at > 0)))),
    element(
      "tbody",
      {},
      ...rows.map(({ level, buildings, households, people }) =>
        element(
          "tr",
          {},
          th(data.levels[level] ?? level, "row", false),
          ...[buildings, households, people].map((count) =>
            element("td", { class: "number" }, count === null ? "–" : number(count)),
          ),
        ),
      ),
    ),
  );
  const block = element("div", { class: "block" }, table);
  if (then ? then.overlaps : overlaps) {
    block.append(element("p", { class: "quiet" }, say("stricterHolds")));
  }
  return [block];
}

/**
 * @param {string} title
 * @param {string} scope
 * @param {boolean} isNumber
 */
function th(title, scope, isNumber) {
  return element("th", isNumber ? { scope, class: "number" } : { scope }, title);
}
