/** Premises: one mark each, or one counted ring where several share a building. */

import { textAt, textOf } from "./dom.js";
import { canvasPoint, drawMark, drawShares } from "./marks.js";
import { premisesPopup } from "./popups.js";

/** @typedef {import("./types.d.ts").LayerData} LayerData */
/** @typedef {import("./types.d.ts").Item} Item */
/** @typedef {import("./types.d.ts").Stage} Stage */
/** @typedef {{stage: Stage, group: L.FeatureGroup, items: Map<string, Item>, shapes: L.Renderer}} Tools */

const RING_PX = 11;
const POPUP = { maxWidth: 320, minWidth: 220 };

/**
 * Give every state its share, in the order of the legend.
 * @param {LayerData} layer
 * @param {number[]} positions
 * @returns {[string, number][]}
 */
function shares(layer, positions) {
  return Object.keys(layer.states ?? {})
    .map((state) => /** @type {[string, number]} */ ([
      layer.marks?.[state]?.colour ?? "#5b6875",
      positions.filter((position) => layer.classes?.[position] === state).length,
    ]))
    .filter(([, count]) => count > 0);
}

/**
 * @param {LayerData} layer
 * @param {number[]} positions
 * @returns {L.LatLng}
 */
function middle(layer, positions) {
  const points = positions.map((position) => layer.points?.[position] ?? [0, 0]);
  const lon = points.reduce((sum, point) => sum + (point[0] ?? 0), 0) / points.length;
  const lat = points.reduce((sum, point) => sum + (point[1] ?? 0), 0) / points.length;
  return L.latLng(lat, lon);
}

/**
 * @typedef {[number, (context: CanvasRenderingContext2D, x: number, y: number) => void]} Drawing
 * radius to press on, and how it is drawn
 */

/**
 * @param {LayerData} layer
 * @param {number} position
 * @returns {Drawing}
 */
function markOf(layer, position) {
  const state = textAt(layer.classes, position);
  const mark = layer.marks?.[state] ?? { shape: "square", colour: "#5b6875", radius: 4 };
  return [mark.radius + 2, (context, x, y) => drawMark(context, mark, x, y)];
}

/**
 * @param {LayerData} layer
 * @param {number[]} positions
 * @returns {Drawing}
 */
function ringOf(layer, positions) {
  const parts = shares(layer, positions);
  return [RING_PX, (context, x, y) => drawShares(context, { x, y, r: RING_PX }, parts)];
}

/**
 * @param {LayerData} layer
 * @param {Tools} tools
 */
export function drawPremises(layer, tools) {
  const together = layer.groups ?? [];
  const grouped = new Set(together.flat());
  (layer.points ?? []).forEach((_, position) => {
    if (!grouped.has(position)) {
      add(layer, [position], tools);
    }
  });
  for (const positions of together) {
    add(layer, positions, tools);
  }
}

/**
 * @param {LayerData} layer
 * @param {number[]} positions
 * @param {Tools} tools
 */
function add(layer, positions, { stage, group, items, shapes }) {
  const [first = 0] = positions;
  const place = middle(layer, positions);
  const isOne = positions.length === 1;
  const [radius, draw] = isOne ? markOf(layer, first) : ringOf(layer, positions);
  const point = canvasPoint(place, { renderer: shapes, radius }, draw);
  const home = stage.index.get("buildings")?.get(textAt(layer.places, first))?.label;
  const title = isOne ? textAt(layer.labels, first) : textOf(home);
  point.bindPopup(() => premisesPopup(layer, positions, title, stage.data), POPUP).addTo(group);
  for (const position of positions) {
    const label = textAt(layer.labels, position);
    const bounds = L.latLngBounds([place]);
    items.set(textAt(layer.keys, position), { label, bounds, shape: point });
  }
}
