/** The vertices of the chosen zone under mouse and finger; shared borders move together. */

import { addVertex, hasVertex, moveVertex, sharersOf } from "./borders.js";
import { shapesOf } from "./draft.js";
import { dropVertex, placeAt, take } from "./edits.js";
import { openRings, rounded, shapeOf } from "./rings.js";
import { hasChanged } from "./state.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").Place} Place */
/** @typedef {import("./types.d.ts").Shape} Shape */
/** @typedef {import("./types.d.ts").Shapes} Shapes */
/** @typedef {import("./paint.js").Painter} Painter */

/** Geoman's handles on the chosen zone. */
export class Handles {
  /**
   * @param {Editor} editor
   * @param {Painter} painter
   */
  constructor(editor, painter) {
    this.editor = editor;
    this.painter = painter;
    this.isOn = false;
    /** @type {{layer: L.Polygon, id: string} | null} */
    this.held = null;
    /** @type {{from: Place, shapes: Shapes} | null} */
    this.drag = null;
    editor.store.on((state, before) => {
      const names = /** @type {const} */ (["chosen", "tool", "draft", "zones", "at", "conflict", "faults"]);
      // What is in somebody's hand stays there; it is put on anew when it is dropped.
      if (!this.drag && hasChanged(state, before, [...names])) {
        this.refresh();
      }
    });
  }

  /** @param {boolean} isOn whether editing is possible at all */
  turn(isOn) {
    this.isOn = isOn;
    this.refresh();
  }

  /** Take the handles off, and put them on the chosen zone if it may be edited now. */
  refresh() {
    this.release();
    const { chosen, tool } = this.editor.store.get();
    const layer = this.mayHold() ? this.painter.layer(chosen ?? "") : undefined;
    if (!layer || chosen === null) {
      return;
    }
    // Drawn before Geoman was there.
    L.PM.reInitLayer(layer);
    this.held = { layer, id: chosen };
    if (tool === "choose") {
      this.holdVertices(layer, chosen);
    } else if (tool === "move") {
      this.holdWhole(layer, chosen);
    }
  }

  mayHold() {
    const { chosen, at, conflict, draft } = this.editor.store.get();
    const isNow = at === null && !conflict;
    return this.isOn && isNow && !draft.get(chosen ?? "")?.isDeleted;
  }

  release() {
    const layer = this.held?.layer;
    this.held = null;
    this.drag = null;
    if (layer) {
      layer.off("pm:markerdragstart pm:markerdrag pm:markerdragend pm:vertexadded pm:vertexclick pm:dragend");
      layer.pm.disable();
      layer.pm.disableLayerDrag();
    }
  }

  /**
   * @param {L.Polygon} layer
   * @param {string} id
   */
  holdVertices(layer, id) {
    layer.pm.enable({
      allowSelfIntersection: true,
      snappable: true,
      draggable: false,
      removeVertexValidation: ({ marker }) => {
        this.later(() => dropVertex(this.editor, id, this.vertexNear(id, placeAt(marker.getLatLng()))));
        return false;
      },
    });
    layer.on("pm:markerdragstart", (event) => this.grabbed(id, layer, /** @type {any} */ (event)));
    layer.on("pm:markerdrag", (event) => this.dragged(id, event));
    layer.on("pm:markerdragend", (event) => this.dropped(id, event));
    layer.on("pm:vertexadded", (event) => {
      const path = /** @type {any} */ (event.indexPath);
      this.later(() => this.drag ?? this.added(id, layer, path));
    });
    layer.on("pm:vertexclick", ({ markerEvent }) => {
      this.editor.store.set({ vertex: this.vertexNear(id, placeAt(markerEvent.target.getLatLng())) });
    });
  }

  /**
   * @param {L.Polygon} layer
   * @param {string} id
   */
  holdWhole(layer, id) {
    layer.pm.setOptions({ draggable: true, snappable: false });
    layer.pm.enableLayerDrag();
    layer.on("pm:dragend", () => {
      const shape = /** @type {Shape} */ (layer.toGeoJSON(7).geometry);
      this.later(() => {
        take(this.editor, new Map([[id, shapeOf(openRings(shape))]]), this.editor.say("stepZoneMoved"));
      });
    });
  }

  /** @param {() => void} act what must wait until Geoman is done with its own event */
  later(act) {
    window.setTimeout(act, 0);
  }

  /**
   * @param {string} id
   * @param {Place} place
   * @returns {Place} the vertex as the draft has it
   */
  vertexNear(id, place) {
    const shape = shapesOf(this.editor.store.get()).get(id);
    const vertices = shape ? openRings(shape).flat(2) : [];
    const distance = (/** @type {Place} */ [lon, lat]) => Math.hypot(lon - place[0], lat - place[1]);
    return vertices.sort((one, other) => distance(one) - distance(other))[0] ?? place;
  }

  /**
   * @param {L.Polygon} layer
   * @param {number[]} path
   * @returns {Place} the middle between the vertices beside it, in degrees: Geoman's own middle is
   *     one of the projected map, and may lie beside a long line
   */
  middleAt(layer, path) {
    const shape = /** @type {Shape} */ (layer.toGeoJSON(7).geometry);
    const rings = openRings(shape).flat();
    const at = path.at(-1) ?? 0;
    const ring = path.length > 1 ? rings[flatIndex(openRings(shape), path)] : rings[0];
    const before = ring?.at(at - 1) ?? [0, 0];
    const after = ring?.[(at + 1) % ring.length] ?? [0, 0];
    return rounded([(before[0] + after[0]) / 2, (before[1] + after[1]) / 2]);
  }

  /**
   * @param {string} id
   * @param {L.Polygon} layer
   * @param {{indexPath: number[], markerEvent: any}} event
   */
  grabbed(id, layer, { indexPath, markerEvent }) {
    const shapes = shapesOf(this.editor.store.get());
    const own = /** @type {Shape} */ (shapes.get(id));
    const at = placeAt(markerEvent.target.getLatLng());
    const near = this.vertexNear(id, at);
    const isVertex = hasVertex(own, at) || Math.hypot(near[0] - at[0], near[1] - at[1]) < 1e-6;
    const from = isVertex ? near : this.middleAt(layer, indexPath);
    this.drag = { from, shapes };
    // What moves along must not hold the vertex where it was.
    for (const sharer of sharersOf(shapes, from)) {
      const shared = this.painter.layer(sharer);
      if (shared) {
        shared.options.snapIgnore = true;
      }
    }
  }

  /** @param {{markerEvent: any}} event */
  isParted({ markerEvent }) {
    const isShift = markerEvent.originalEvent?.shiftKey || markerEvent.target?.dragging?._draggable?._lastEvent?.shiftKey;
    return this.editor.store.get().isParted || Boolean(isShift);
  }

  /**
   * @param {string} id
   * @param {{markerEvent: any}} event
   */
  dragged(id, event) {
    if (this.drag) {
      const to = placeAt(event.markerEvent.target.getLatLng());
      const changed = moveVertex(this.drag.shapes, id, this.drag.from, to, this.isParted(event));
      changed.delete(id);
      this.painter.preview(changed);
    }
  }

  /**
   * @param {string} id
   * @param {{markerEvent: any}} event
   */
  dropped(id, event) {
    const { drag } = this;
    if (!drag) {
      return;
    }
    const to = placeAt(event.markerEvent.target.getLatLng());
    const isParted = this.isParted(event);
    for (const { layer } of this.painter.drawn.values()) {
      delete layer.options.snapIgnore;
    }
    this.later(() => {
      this.drag = null;
      const changed = moveVertex(drag.shapes, id, drag.from, to, isParted);
      const label = this.editor.say(changed.size > 1 ? "stepBorderMoved" : "stepVertexMoved");
      this.painter.restore();
      if (!take(this.editor, changed, label, { vertex: to }) || changed.size === 0) {
        this.refresh();
      }
    });
  }

  /**
   * A click on the middle of a line.
   * @param {string} id
   * @param {L.Polygon} layer
   * @param {number[]} path
   */
  added(id, layer, path) {
    const { store, say } = this.editor;
    const place = this.middleAt(layer, path);
    const changed = addVertex(shapesOf(store.get()), id, place, store.get().isParted);
    this.painter.restore();
    take(this.editor, changed, say("stepVertexAdded"), { vertex: place });
  }
}

/**
 * @param {Place[][][]} polygons
 * @param {number[]} path of a vertex, as Geoman counts
 * @returns {number} position of its ring among all rings
 */
function flatIndex(polygons, path) {
  const [polygon = 0, ring = 0] = path.length > 2 ? path : [0, ...path];
  return polygons.slice(0, polygon).reduce((sum, rings) => sum + rings.length, 0) + ring;
}
