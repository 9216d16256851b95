/** The vertices as a list: everything that the pointer can do, with the keyboard alone. */

import { element, fill } from "../dom.js";
import { addVertex, moveVertex } from "./borders.js";
import { isDrawn } from "./drawing.js";
import { shapesOf, shownZones } from "./draft.js";
import { dropVertex, take } from "./edits.js";
import { isSamePlace, moved, openRings, rounded } from "./rings.js";
import { hasChanged } from "./state.js";
import { button, fold, redraw } from "./ui.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").Place} Place */
/** @typedef {import("./types.d.ts").Shape} Shape */
/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./drawing.js").Pen} Pen */
/** @typedef {{place: Place, title: string, onMove: (to: Place) => void, extra: HTMLElement[], key: string}} Row */

const STEP_M = 1;
const LEAP_M = 10;
const MOST_ROWS = 400;

/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowUp: [0, 1], ArrowDown: [0, -1], ArrowRight: [1, 0], ArrowLeft: [-1, 0] };

/**
 * @param {Editor} editor
 * @param {HTMLElement} place of the chosen zone's vertices
 * @param {HTMLElement} drawing of the points of what is being drawn
 * @param {Pen} pen
 */
export function wireVertices(editor, place, drawing, pen) {
  const { store } = editor;
  const ring = L.circleMarker([0, 0], { radius: 11, color: "#17212b", weight: 3, fill: false, interactive: false });
  const refresh = () => {
    const state = store.get();
    const isShown = editor.data.canEdit && state.at === null && !state.conflict;
    const isDrawing = isShown && isDrawn(state.tool);
    redraw(drawing, ...(isDrawing ? pointList(editor, drawing, pen) : []));
    redraw(place, ...(isShown && !isDrawing ? vertexList(editor, state, place) : []));
  };
  const encircle = () => {
    const { vertex, chosen, at, conflict } = store.get();
    if (vertex && chosen !== null && at === null && !conflict) {
      ring.setLatLng([vertex[1], vertex[0]]).addTo(editor.stage.map);
    } else {
      ring.remove();
    }
  };
  store.on((state, before) => {
    if (hasChanged(state, before, ["draft", "zones", "chosen", "tool", "at", "conflict", "isLoaded"])) {
      refresh();
    }
    if (hasChanged(state, before, ["vertex", "chosen", "at", "conflict"])) {
      encircle();
    }
  });
  pen.on(refresh);
}

/**
 * @param {Editor} editor
 * @param {State} state
 * @param {HTMLElement} place
 * @returns {HTMLElement[]}
 */
function vertexList(editor, state, place) {
  const { chosen } = state;
  const zone = chosen === null ? undefined : shownZones(state).get(chosen);
  if (!zone || chosen === null || zone.isDeleted) {
    return [];
  }
  const { say } = editor;
  const rings = openRings(zone.geometry).flat();
  const count = rings.reduce((sum, ring) => sum + ring.length, 0);
  const content = () => [
    element("p", { class: "quiet" }, say("vertexHelp")),
    ...rings.map((ring, at) => ringList(editor, chosen, ring, at)),
  ];
  return [element("div", { class: "block" }, fold(place, "vertices", say("vertices", { count }), content))];
}

/**
 * @param {Editor} editor
 * @param {string} id
 * @param {Place[]} ring
 * @param {number} at
 * @returns {HTMLElement}
 */
function ringList(editor, id, ring, at) {
  const { say } = editor;
  const list = element("ol", { class: "vertices", "aria-label": say("ring", { number: at + 1 }) });
  ring.slice(0, MOST_ROWS).forEach((place, position) => {
    const next = ring[(position + 1) % ring.length] ?? place;
    const middle = rounded([(place[0] + next[0]) / 2, (place[1] + next[1]) / 2]);
    const title = say("vertex", { number: position + 1 });
    list.append(
      rowOf(editor, {
        place,
        title,
        key: `v${at}-${position}`,
        onMove: (to) => moveTo(editor, id, place, to),
        extra: [
          small("+", say("addAfter", { vertex: title }), () => insert(editor, id, middle), `v${at}-${position}-add`),
          small("×", say("removeVertex", { vertex: title }), () => dropVertex(editor, id, place), `v${at}-${position}-drop`),
        ],
      }),
    );
  });
  if (ring.length > MOST_ROWS) {
    list.append(element("li", { class: "quiet" }, fill(say("moreVertices"), { count: ring.length - MOST_ROWS })));
  }
  return list;
}

/**
 * @param {Editor} editor
 * @param {string} id
 * @param {Place} from
 * @param {Place} to
 */
function moveTo(editor, id, from, to) {
  const { store, say } = editor;
  if (!isSamePlace(from, to)) {
    const changed = moveVertex(shapesOf(store.get()), id, from, to, store.get().isParted);
    take(editor, changed, say(changed.size > 1 ? "stepBorderMoved" : "stepVertexMoved"), { vertex: to });
  }
}

/**
 * @param {Editor} editor
 * @param {string} id
 * @param {Place} place
 */
function insert(editor, id, place) {
  const { store, say } = editor;
  const changed = addVertex(shapesOf(store.get()), id, place, store.get().isParted);
  take(editor, changed, say("stepVertexAdded"), { vertex: place });
}

/**
 * @param {Editor} editor
 * @param {Row} row
 * @returns {HTMLElement}
 */
function rowOf({ store, say }, { place, title, onMove, extra, key }) {
  const fields = place.map((degrees, axis) => {
    const label = say(axis === 0 ? "longitudeOf" : "latitudeOf", { vertex: title });
    const field = element("input", {
      value: degrees.toFixed(7), inputmode: "decimal", "aria-label": label, "data-focus": `${key}-${axis}`, autocomplete: "off",
    });
    field.addEventListener("focus", () => store.get().vertex === place || store.set({ vertex: place }));
    field.addEventListener("change", () => {
      const typed = Number(field.value);
      const isThere = field.value.trim() !== "" && Number.isFinite(typed) && Math.abs(typed) <= (axis === 0 ? 180 : 90);
      if (isThere) {
        onMove(rounded(axis === 0 ? [typed, place[1]] : [place[0], typed]));
      } else {
        field.value = degrees.toFixed(7);
      }
    });
    field.addEventListener("keydown", (event) => {
      const arrow = ARROWS[event.key];
      if (arrow) {
        event.preventDefault();
        const step = event.shiftKey ? LEAP_M : STEP_M;
        onMove(moved(place, arrow[0] * step, arrow[1] * step));
      }
    });
    return field;
  });
  return element("li", {}, element("span", { class: "vertex-number", "aria-hidden": "true" }, title.replace(/\D+/g, "")), ...fields, ...extra);
}

/**
 * @param {string} sign
 * @param {string} label
 * @param {() => void} act
 * @param {string} key
 * @returns {HTMLButtonElement}
 */
function small(sign, label, act, key) {
  const made = button(sign, act, { kind: "icon-button", key });
  made.setAttribute("aria-label", label);
  made.title = label;
  return made;
}

/**
 * The points of what is being drawn.
 * @param {Editor} editor
 * @param {HTMLElement} place
 * @param {Pen} pen
 * @returns {HTMLElement[]}
 */
function pointList(editor, place, pen) {
  const { say, stage, store } = editor;
  const points = pen.places();
  const add = () => {
    const { lng, lat } = stage.map.getCenter();
    const last = points.at(-1);
    const centre = rounded([lng, lat]);
    pen.set([...points, last && isSamePlace(last, centre) ? moved(last, LEAP_M, 0) : centre]);
  };
  const rows = points.map((point, at) => {
    const title = say("point", { number: at + 1 });
    const others = (/** @type {Place[]} */ put) => [...points.slice(0, at), ...put, ...points.slice(at + 1)];
    return rowOf(editor, {
      place: point,
      title,
      key: `p-${at}`,
      onMove: (to) => pen.set(others([to])),
      extra: [small("×", say("removeVertex", { vertex: title }), () => pen.set(others([])), `p-${at}-drop`)],
    });
  });
  const content = () => [
    element("p", { class: "quiet" }, say("pointHelp")),
    element("ol", { class: "vertices" }, ...rows),
    element(
      "p",
      { class: "buttons" },
      button(say("addPoint"), add, { key: "add-point" }),
      button(say("finish"), () => pen.finish(), { kind: "button", key: "finish-points", isDisabled: points.length < (store.get().tool === "split" ? 2 : 3) }),
    ),
  ];
  return [element("div", { class: "block" }, fold(place, "points", say("byKeyboard", { count: points.length }), content))];
}
