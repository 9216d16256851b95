/** What a line may snap to: streets and buildings in view, few enough for Geoman to look through. */

import { debounced } from "./ui.js";

/** @typedef {import("./types.d.ts").Editor} Editor */

const MOST_BUILDINGS = 220;
const MOST_STREETS = 140;
const REFRESH_MS = 120;

/** Invisible lines that Geoman snaps to; there only while something is edited. */
export class SnapLines {
  /**
   * @param {Editor} editor
   * @param {L.Renderer} renderer
   */
  constructor({ stage }, renderer) {
    this.stage = stage;
    this.renderer = renderer;
    this.group = L.layerGroup();
    this.isOn = false;
    /** @type {{bounds: L.LatLngBounds, latLngs: L.LatLng[]}[] | null} */
    this.streets = null;
    stage.map.on("moveend", debounced(() => this.refresh(), REFRESH_MS));
  }

  /** @param {boolean} isOn */
  turn(isOn) {
    if (isOn !== this.isOn) {
      this.isOn = isOn;
      this.group[isOn ? "addTo" : "removeFrom"](this.stage.map);
      this.refresh();
    }
  }

  refresh() {
    this.group.clearLayers();
    if (this.isOn) {
      const view = this.stage.map.getBounds();
      const near = [...this.buildingLines(view), ...this.streetLines(view)];
      for (const latLngs of near) {
        const options = { renderer: this.renderer, snapIgnore: false, interactive: false, stroke: false };
        L.polyline(latLngs, options).addTo(this.group);
      }
    }
  }

  /**
   * @param {L.LatLngBounds} view
   * @returns {L.LatLng[][]}
   */
  buildingLines(view) {
    const items = [...(this.stage.index.get("buildings")?.values() ?? [])];
    const inView = items.filter(({ bounds, shape }) => shape instanceof L.Polygon && view.intersects(bounds));
    return nearest(inView, view, MOST_BUILDINGS).flatMap(({ shape }) =>
      shape instanceof L.Polygon ? outlinesOf(shape) : [],
    );
  }

  /**
   * @param {L.LatLngBounds} view
   * @returns {L.LatLng[][]}
   */
  streetLines(view) {
    this.streets ??= (this.stage.data.layers.streets?.geometries ?? []).flatMap(linesOf).map((latLngs) => ({
      latLngs,
      bounds: L.latLngBounds(latLngs),
    }));
    const inView = this.streets.filter(({ bounds }) => view.intersects(bounds));
    return nearest(inView, view, MOST_STREETS).map(({ latLngs }) => latLngs);
  }
}

/**
 * @template {{bounds: L.LatLngBounds}} Kind
 * @param {Kind[]} items
 * @param {L.LatLngBounds} view
 * @param {number} most
 * @returns {Kind[]} those nearest the middle of the view
 */
function nearest(items, view, most) {
  const centre = view.getCenter();
  const distance = (/** @type {Kind} */ { bounds }) => {
    const at = bounds.getCenter();
    return Math.hypot(at.lat - centre.lat, at.lng - centre.lng);
  };
  return items.length <= most ? items : items.sort((one, other) => distance(one) - distance(other)).slice(0, most);
}

/**
 * @param {L.Polygon} polygon
 * @returns {L.LatLng[][]} rings, closed
 */
function outlinesOf(polygon) {
  const rings = /** @type {L.LatLng[][]} */ (polygon.getLatLngs());
  return rings.filter((ring) => ring[0] instanceof L.LatLng).map((ring) => [...ring, ...ring.slice(0, 1)]);
}

/**
 * @param {GeoJSON.Geometry} geometry
 * @returns {L.LatLng[][]}
 */
function linesOf(geometry) {
  if (geometry.type === "LineString") {
    return [L.GeoJSON.coordsToLatLngs(geometry.coordinates)];
  }
  return geometry.type === "MultiLineString" ? L.GeoJSON.coordsToLatLngs(geometry.coordinates, 1) : [];
}
