/** Draws every layer of the data block into the group that Folium made for it. */

import { element, symbol, textAt, textOf } from "./dom.js";
import { made } from "./data.js";
import { canvasPoint, drawMark } from "./marks.js";
import { drawPremises } from "./premises.js";
import { featurePopup } from "./popups.js";
import { drawRoutes } from "./routes.js";

/** @typedef {import("./types.d.ts").LayerData} LayerData */
/** @typedef {import("./types.d.ts").Item} Item */
/** @typedef {import("./types.d.ts").Stage} Stage */
/** @typedef {{stage: Stage, group: L.FeatureGroup, items: Map<string, Item>, shapes: L.Renderer, ground: L.Renderer}} Tools */

const POPUP = { maxWidth: 320, minWidth: 200, autoPanPadding: /** @type {[number, number]} */ ([24, 24]) };
/** Beyond this many, pins are reached through the tables instead of the Tab key. */
const MOST_TAB_STOPS = 40;
const STREETS_AT_ZOOM = 17;

/**
 * @param {[number, number]} place longitude first
 * @returns {L.LatLng}
 */
export function placeOf([lon, lat]) {
  return L.latLng(lat, lon);
}

/**
 * @param {LayerData} layer
 * @param {number} position
 * @param {L.PathOptions} options
 * @returns {L.Layer | null}
 */
function shapeOf(layer, position, options) {
  const geometry = layer.geometries?.[position];
  if (!geometry) {
    return null;
  }
  const feature = /** @type {GeoJSON.Feature} */ ({ type: "Feature", properties: {}, geometry });
  const shape = L.GeoJSON.geometryToLayer(feature);
  if (shape instanceof L.Path) {
    L.setOptions(shape, options);
  }
  return shape;
}

/**
 * @param {LayerData} layer
 * @param {Tools} tools
 */
function drawOutline(layer, { group, ground }) {
  (layer.geometries ?? []).forEach((_, position) => {
    const style = layer.styles?.[textAt(layer.classes, position)] ?? {};
    const shape = shapeOf(layer, position, { ...style, renderer: ground, interactive: false });
    shape?.addTo(group);
  });
}

/**
 * Casings first, then all fills, so that crossings open into one another.
 * @param {LayerData} layer
 * @param {Tools} tools
 */
function drawStreets(layer, { stage, group, ground, items }) {
  /** @type {[L.Path, number][]} */
  const drawn = [];
  for (const styles of [layer.casings, layer.styles]) {
    (layer.classes ?? []).forEach((name, position) => {
      const style = styles?.[name];
      const shape = style && shapeOf(layer, position, { ...style, renderer: ground, interactive: false });
      if (shape instanceof L.Path) {
        shape.addTo(group);
        drawn.push([shape, style?.dashArray ? 0 : (style?.weight ?? 1)]);
      }
    });
  }
  widenWithZoom(stage.map, drawn);
  for (const [name, west, south, east, north] of layer.names ?? []) {
    items.set(name, { label: name, bounds: L.latLngBounds([south, west], [north, east]) });
  }
}

/**
 * Streets grow with the map, half as fast, so that they neither drown it nor vanish in it.
 * @param {L.Map} map
 * @param {[L.Path, number][]} drawn shape and its width at `STREETS_AT_ZOOM`; 0 keeps it
 */
function widenWithZoom(map, drawn) {
  const refresh = () => {
    const factor = 2 ** ((map.getZoom() - STREETS_AT_ZOOM) / 2);
    for (const [shape, weight] of drawn) {
      if (weight) {
        shape.setStyle({ weight: Math.max(1, weight * factor) });
      }
    }
  };
  map.on("zoomend", refresh);
  refresh();
}

/**
 * @param {LayerData} layer
 * @param {Tools} tools
 */
function drawShapes(layer, { stage, group, items, shapes }) {
  const keys = layer.keys ?? [];
  drawLeftOut(layer, { stage, group, shapes });
  keys.forEach((key, position) => {
    const style = layer.styles?.[textAt(layer.classes, position)] ?? {};
    const shape = shapeOf(layer, position, { ...style, renderer: shapes });
    if (shape instanceof L.Polygon) {
      shape.bindPopup(() => featurePopup(layer, position, stage.data), POPUP);
      shape.addTo(group);
      items.set(key, { label: textAt(layer.labels, position), bounds: shape.getBounds(), shape });
    }
  });
}

/**
 * The uncovered buildings, over the grey ones; their popups stay those of the buildings.
 * @param {LayerData} layer
 * @param {{stage: Stage, group: L.FeatureGroup, shapes: L.Renderer}} tools
 */
function drawLeftOut(layer, { stage, group, shapes }) {
  const buildings = stage.data.layers.buildings;
  for (const position of layer.buildings ?? []) {
    const style = { ...layer.styles?.building, renderer: shapes };
    const shape = buildings && shapeOf(buildings, position, style);
    if (shape) {
      shape.bindPopup(() => featurePopup(buildings, position, stage.data), POPUP);
      shape.addTo(group);
    }
  }
}

/**
 * @param {LayerData} layer
 * @param {Tools} tools
 */
function drawMarks(layer, { stage, group, items, shapes }) {
  (layer.points ?? []).forEach((point, position) => {
    const mark = layer.marks?.[textAt(layer.classes, position)];
    if (!mark) {
      return;
    }
    const options = { renderer: shapes, radius: mark.radius + 2 };
    const drawn = canvasPoint(placeOf(point), options, (context, x, y) => drawMark(context, mark, x, y));
    drawn.bindPopup(() => featurePopup(layer, position, stage.data), POPUP).addTo(group);
    addPoint(items, layer, position, drawn);
  });
}

/**
 * @param {LayerData} layer
 * @param {Tools} tools
 */
function drawPins(layer, { stage, group, items }) {
  const points = layer.points ?? [];
  points.forEach((point, position) => {
    const label = textAt(layer.labels, position) || textOf(layer.one);
    const pin = L.marker(placeOf(point), {
      icon: pinIcon(layer, position, label),
      keyboard: points.length <= MOST_TAB_STOPS,
      title: label,
      riseOnHover: true,
    });
    pin.on("add", () => pin.getElement()?.setAttribute("aria-label", `${layer.one}: ${label}`));
    pin.bindPopup(() => featurePopup(layer, position, stage.data), POPUP).addTo(group);
    if (points.length > MOST_TAB_STOPS) {
      pin.on("add", () => pin.getElement()?.setAttribute("role", "img"));
    }
    addPoint(items, layer, position, pin);
  });
}

/**
 * @param {LayerData} layer
 * @param {number} position
 * @param {string} label
 * @returns {L.DivIcon}
 */
function pinIcon(layer, position, label) {
  const mark = layer.marks?.[textAt(layer.classes, position)];
  const size = 2 * (mark?.radius ?? 10);
  const html = element("div", { class: "pin", style: `width:${size}px;height:${size}px` });
  html.append(symbol(`pin-${mark?.shape ?? "plus"}`, "pin-symbol"));
  if (layer.named) {
    html.append(element("span", { class: "pin-name" }, label));
  }
  return L.divIcon({ html, className: "", iconSize: [size, size] });
}

/**
 * @param {Map<string, Item>} items
 * @param {LayerData} layer
 * @param {number} position
 * @param {L.Marker | L.CircleMarker} shape
 */
function addPoint(items, layer, position, shape) {
  const bounds = L.latLngBounds([shape.getLatLng()]);
  items.set(textAt(layer.keys, position), { label: textAt(layer.labels, position), bounds, shape });
}

/** @type {Record<LayerData["kind"], (layer: LayerData, tools: Tools) => void>} */
const DRAW = {
  outline: drawOutline,
  streets: drawStreets,
  shapes: drawShapes,
  marks: drawMarks,
  pins: drawPins,
  premises: drawPremises,
  routes: drawRoutes,
};

/**
 * Draw all layers, lowest first.
 * @param {Stage} stage
 */
export function drawAll(stage) {
  const pane = stage.map.createPane("ground");
  pane.style.zIndex = "350";
  const ground = L.canvas({ pane: "ground", padding: 0.2 });
  const shapes = L.canvas({ padding: 0.2, tolerance: 4 });
  for (const [name, layer] of Object.entries(stage.data.layers)) {
    const group = made(layer.group);
    if (group instanceof L.FeatureGroup) {
      const items = new Map();
      stage.index.set(name, items);
      DRAW[layer.kind](layer, { stage, group, items, shapes, ground });
    }
  }
}

/**
 * Put shapes that share a canvas back into their order, after one of their layers was switched on.
 * @param {Stage} stage
 */
export function restoreOrder(stage) {
  for (const layer of Object.values(stage.data.layers)) {
    const group = made(layer.group);
    if (group instanceof L.FeatureGroup && stage.map.hasLayer(group)) {
      group.bringToFront();
    }
  }
}

