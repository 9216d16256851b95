/** Drawing: a new zone, a hole, a line to split along; by mouse and finger, or point by point. */

import { toast } from "../dom.js";
import { placeAt } from "./edits.js";
import { needGeoman } from "./geoman.js";
import { crossingOf, rounded, shapeOf } from "./rings.js";
import { created, cutOut, pierced, splitAlong } from "./shaping.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").Place} Place */
/** @typedef {import("./types.d.ts").Shape} Shape */
/** @typedef {import("./types.d.ts").Tool} Tool */
/** @typedef {import("./paint.js").Painter} Painter */

/** Tools with which points are set, and Geoman's names for what they make. */
export const DRAWN = { draw: "Polygon", cut: "Cut", split: "Line" };
const LINE = { color: "#0072B2", weight: 3 };
const HINT = { color: "#0072B2", weight: 2, dashArray: "5 5" };
const WRONG = { color: "#D55E00", weight: 3, dashArray: "5 5" };

/**
 * @param {Tool} tool
 * @returns {tool is keyof typeof DRAWN}
 */
export function isDrawn(tool) {
  return tool in DRAWN;
}

/** The pen: Geoman's drawing, and the same without a pointer. */
export class Pen {
  /**
   * @param {Editor} editor
   * @param {Painter} painter
   */
  constructor(editor, painter) {
    this.editor = editor;
    this.painter = painter;
    /** @type {Place[]} */
    this.points = [];
    /** @type {(() => void)[]} */
    this.listeners = [];
    this.sketch = L.polyline([], { ...LINE, renderer: painter.renderer, interactive: false });
    editor.stage.map.on("popupopen", ({ popup }) => {
      if (isDrawn(editor.store.get().tool)) {
        editor.stage.map.closePopup(popup);
      }
    });
    editor.store.on((state, before) => {
      if (state.tool !== before.tool) {
        this.lift();
        if (isDrawn(state.tool)) {
          this.begin(state.tool);
        }
      }
    });
  }

  /** @param {() => void} listener called when a point was set or taken back */
  on(listener) {
    this.listeners.push(listener);
  }

  tell() {
    this.listeners.forEach((listener) => listener());
  }

  /** @param {keyof typeof DRAWN} tool */
  async begin(tool) {
    await needGeoman(this.editor);
    const { map } = this.editor.stage;
    const { chosen, tool: now } = this.editor.store.get();
    if (now !== tool) {
      return;
    }
    const target = chosen === null ? undefined : this.painter.layer(chosen);
    const options = { templineStyle: LINE, hintlineStyle: HINT, pathOptions: LINE, allowSelfIntersection: false };
    const only = tool === "cut" && target ? { layersToCut: [target] } : {};
    const finish = tool === "split" ? /** @type {const} */ ({ finishOn: "dblclick" }) : {};
    map.on("pm:create", ({ layer }) => this.made(tool, layer));
    map.on("pm:cut", ({ layer }) => cutOut(this.editor, this.painter, layer));
    map.on("pm:intersect", () => toast(this.editor.say("crossesItself")));
    map.on("pm:drawend", () => window.setTimeout(() => this.done(tool), 0));
    // Two quick taps are two points.
    map.doubleClickZoom.disable();
    map.pm.enableDraw(DRAWN[tool], { ...options, ...only, ...finish });
    this.drawing()?.on("pm:vertexadded pm:vertexremoved", () => this.tell());
    this.tell();
  }

  /** @returns {any} Geoman's tool; what it has half drawn it tells in no other way */
  geoman() {
    const { pm } = this.editor.stage.map;
    const { tool } = this.editor.store.get();
    return pm && isDrawn(tool) ? pm.Draw[DRAWN[tool]] : null;
  }

  /** @returns {L.Polyline | null} */
  drawing() {
    const tool = this.geoman();
    return tool?.enabled() ? tool._layer : null;
  }

  /** Put the pen down; what was half drawn is gone. */
  lift() {
    const { map } = this.editor.stage;
    map.off("pm:create pm:cut pm:intersect pm:drawend");
    this.points = [];
    this.sketch.remove();
    map.pm?.disableDraw();
    map.doubleClickZoom.enable();
  }

  /** @returns {Place[]} the points that are set */
  places() {
    const line = this.drawing();
    const drawn = line ? /** @type {L.LatLng[]} */ (line.getLatLngs()).map(placeAt) : [];
    return this.points.length > 0 ? this.points : drawn;
  }

  /** @param {Place[]} points set without a pointer */
  set(points) {
    this.points = points.map(rounded);
    // From here on the points are set in the list; the pointer's half-drawn line would only differ.
    this.editor.stage.map.pm?.disableDraw();
    const latLngs = L.GeoJSON.coordsToLatLngs(this.points);
    const isRing = this.editor.store.get().tool !== "split" && latLngs.length > 2;
    this.sketch.setLatLngs(isRing ? [...latLngs, ...latLngs.slice(0, 1)] : latLngs);
    this.sketch.setStyle(this.isCrossing() ? WRONG : LINE).addTo(this.editor.stage.map);
    this.tell();
  }

  isCrossing() {
    return this.points.length > 2 && crossingOf(shapeOf([[this.points]])) !== null;
  }

  undoPoint() {
    if (this.points.length > 0) {
      this.set(this.points.slice(0, -1));
    } else {
      if (this.places().length > 0) {
        this.geoman()?._removeLastVertex();
        this.tell();
      }
    }
  }

  /** Finish what is drawn; for who cannot hit the first point again. */
  finish() {
    const { tool } = this.editor.store.get();
    const least = tool === "split" ? 2 : 3;
    if (!isDrawn(tool)) {
      return;
    }
    if (this.places().length < least) {
      toast(this.editor.say("morePoints", { count: least }));
    } else if (this.points.length > 0) {
      this.finishPoints(tool);
    } else {
      this.geoman()?._finishShape();
    }
  }

  /** @param {keyof typeof DRAWN} tool */
  finishPoints(tool) {
    const { points } = this;
    if (tool === "split") {
      splitAlong(this.editor, { type: "LineString", coordinates: points });
    } else if (this.isCrossing()) {
      toast(this.editor.say("crossesItself"));
    } else if (tool === "draw") {
      created(this.editor, shapeOf([[points]]));
    } else {
      pierced(this.editor, points);
    }
  }

  /**
   * @param {keyof typeof DRAWN} tool
   * @param {L.Layer} layer
   */
  made(tool, layer) {
    layer.remove();
    const { geometry } = /** @type {L.Polygon | L.Polyline} */ (layer).toGeoJSON(7);
    if (tool === "split") {
      splitAlong(this.editor, /** @type {GeoJSON.LineString} */ (geometry));
    } else if (tool === "draw") {
      created(this.editor, /** @type {Shape} */ (geometry));
    }
  }

  /** @param {keyof typeof DRAWN} tool Geoman has ended it; nobody took the tool away meanwhile */
  done(tool) {
    if (this.editor.store.get().tool === tool && this.points.length === 0) {
      this.editor.store.set({ tool: "choose" });
    }
  }
}
