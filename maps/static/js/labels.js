/** Names on the map, as many as fit without touching. */

import { all, element, textOf } from "./dom.js";
import { made } from "./data.js";

/** @typedef {import("./types.d.ts").Stage} Stage */
/** @typedef {{text: string, place: L.LatLng, turn: number, kind: string, room_m: number}} Label */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

/** @type {Record<string, number>} */
const FROM_ZOOM = { streets: 16.5, buildings: 16, gates: 17 };
/** Below this, a name along a street could not be read under a route. */
const NEAR_ZOOM = 18.5;
/** From here on a name may reach over the edge of its building. */
const CLOSE_ZOOM = 17;
const MOST = 220;
const ASIDE_PX = 20;
const CHARACTER_PX = 11.5;
const NARROW_PX = 6.5;
const LINE_PX = 15;

/**
 * @param {string} text
 * @returns {number} width on the screen, roughly
 */
function widthOf(text) {
  let width = 0;
  for (const character of text) {
    width += character > "\u2e7f" ? CHARACTER_PX : NARROW_PX;
  }
  return Math.min(width, 150);
}

/**
 * @param {Stage} stage
 * @returns {Label[]}
 */
function collect({ data, index }) {
  /** @type {Label[]} */
  const labels = [];
  for (const [text, , , , , lon, lat, turn, length] of data.layers.streets?.names ?? []) {
    labels.push({ text, place: L.latLng(lat, lon), turn, kind: "streets", room_m: length });
  }
  labels.sort((one, other) => other.room_m - one.room_m);
  for (const name of ["gates", "buildings"]) {
    for (const { label, bounds } of index.get(name)?.values() ?? []) {
      if (label) {
        const room = bounds.getNorthWest().distanceTo(bounds.getNorthEast());
        labels.push({ text: label, place: bounds.getCenter(), turn: 0, kind: name, room_m: room });
      }
    }
  }
  return labels;
}

/**
 * @param {Label} label
 * @param {L.Point} at
 * @returns {Box}
 */
function boxOf({ text, turn, kind }, at) {
  const width = widthOf(text);
  const angle = (turn * Math.PI) / 180;
  const half = (Math.abs(Math.cos(angle)) * width + Math.abs(Math.sin(angle)) * LINE_PX) / 2;
  const tall = (Math.abs(Math.sin(angle)) * width + Math.abs(Math.cos(angle)) * LINE_PX) / 2;
  const down = kind === "gates" ? 13 : 0;
  return { left: at.x - half, right: at.x + half, top: at.y - tall + down, bottom: at.y + tall + down };
}

/**
 * @param {Box} one
 * @param {Box} other
 */
function touch(one, other) {
  return (
    one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom
  );
}

/**
 * A building's name gives way to what stands on it; other names stay where they are, or away.
 * @param {Label} label
 * @param {L.Point} at
 * @param {Box[]} taken
 * @returns {Box | undefined}
 */
function freeBox(label, at, taken) {
  const ways = label.kind === "buildings" ? [0, ASIDE_PX, -ASIDE_PX] : [0];
  return ways
    .map((down) => boxOf(label, at.add([0, down])))
    .find((box) => !taken.some((other) => touch(box, other)));
}

/**
 * Marks of premises on the canvas.
 * @param {Stage} stage
 * @returns {Box[]}
 */
function markBoxes({ map, data, index }) {
  const group = made(textOf(data.layers.premises?.group));
  if (!(group instanceof L.FeatureGroup) || !map.hasLayer(group)) {
    return [];
  }
  const places = new Set([...(index.get("premises")?.values() ?? [])].map((item) => item.shape));
  return [...places].flatMap((shape) => {
    if (!(shape instanceof L.CircleMarker)) {
      return [];
    }
    const at = map.latLngToLayerPoint(shape.getLatLng());
    const r = shape.getRadius();
    return [{ left: at.x - r, right: at.x + r, top: at.y - r, bottom: at.y + r }];
  });
}

/**
 * Where pins, stops and their names stand; nothing is written under them.
 * @param {L.Map} map
 * @returns {Box[]}
 */
function markerBoxes(map) {
  const origin = map.getContainer().getBoundingClientRect();
  return all(".leaflet-marker-icon, .pin-name", HTMLElement, map.getContainer()).map((marker) => {
    const at = marker.getBoundingClientRect();
    const corner = map.containerPointToLayerPoint([at.left - origin.left, at.top - origin.top]);
    return { left: corner.x, top: corner.y, right: corner.x + at.width, bottom: corner.y + at.height };
  });
}

/**
 * Keep names on the map as it moves.
 * @param {Stage} stage
 */
export function labelMap(stage) {
  const { map } = stage;
  const pane = map.createPane("labels");
  pane.style.zIndex = "450";
  pane.setAttribute("aria-hidden", "true");
  const labels = collect(stage);

  const isShown = (/** @type {string} */ kind) => {
    const group = made(stage.data.layers[kind]?.group ?? "");
    const isNear = map.getZoom() >= (FROM_ZOOM[kind] ?? 0);
    return isNear && group instanceof L.FeatureGroup && map.hasLayer(group);
  };

  const refresh = () => {
    const kinds = new Set(["streets", "gates", "buildings"].filter(isShown));
    if (map.getZoom() < NEAR_ZOOM && stage.data.layers.routes && isShown("routes")) {
      kinds.delete("streets");
    }
    const view = map.getBounds().pad(0.1);
    const metresToPx = 1 / metresAPixel(map);
    const room = map.getZoom() < CLOSE_ZOOM ? 1.1 : 0.7;
    const taken = [...markerBoxes(map), ...markBoxes(stage)];
    const shown = [];
    const isWanted = (/** @type {Label} */ label) => {
      const hasRoom = label.kind === "gates" || label.room_m * metresToPx > room * widthOf(label.text);
      return kinds.has(label.kind) && hasRoom && view.contains(label.place);
    };
    for (const label of labels.filter(isWanted).slice(0, MOST)) {
      const box = freeBox(label, map.latLngToLayerPoint(label.place), taken);
      if (box) {
        taken.push(box);
        shown.push(spanOf(label, box));
      }
    }
    pane.replaceChildren(...shown);
  };
  map.on("moveend zoomend layeradd layerremove", debounce(refresh));
  map.on("zoomanim", () => pane.replaceChildren());
  refresh();
}

/**
 * @param {Label} label
 * @param {Box} box
 * @returns {HTMLElement}
 */
function spanOf({ text, turn, kind }, box) {
  const span = element("span", { class: `map-label is-${kind === "streets" ? "street" : kind}` }, text);
  span.style.left = `${(box.left + box.right) / 2}px`;
  span.style.top = `${(box.top + box.bottom) / 2}px`;
  span.style.setProperty("--turn", `${turn}deg`);
  return span;
}

/**
 * @param {L.Map} map
 * @returns {number}
 */
function metresAPixel(map) {
  const centre = map.getCenter();
  const beside = map.containerPointToLatLng(map.latLngToContainerPoint(centre).add([100, 0]));
  return centre.distanceTo(beside) / 100;
}

/**
 * @param {() => void} action
 * @returns {() => void}
 */
function debounce(action) {
  let waiting = 0;
  return () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(action, 60);
  };
}
