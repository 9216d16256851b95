/** The zones on the map: as stored, as the draft has them, or as they were at a moment. */

import { all, element, symbol } from "../dom.js";
import { made } from "../data.js";
import { onTab } from "../tabs.js";
import { shownZones } from "./draft.js";
import { boundsOf } from "./rings.js";
import { hasChanged } from "./state.js";
import { when } from "./ui.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").Shape} Shape */
/** @typedef {import("./types.d.ts").Shown} Shown */
/** @typedef {import("./types.d.ts").State} State */

const PANE = "zones";
/** With these, a click sets a point of a line, whatever lies below. */
const DRAWING = new Set(["draw", "cut", "split"]);
const PLAIN = { weight: 3, dashArray: "" };
const DELETED = { color: "#5b6875", dashArray: "3 6", fillOpacity: 0.02 };

/**
 * @param {Shape} shape
 * @returns {L.LatLng[][] | L.LatLng[][][]}
 */
export function latLngsOf(shape) {
  return L.GeoJSON.coordsToLatLngs(shape.coordinates, shape.type === "Polygon" ? 1 : 2);
}

/**
 * @param {L.Map} map
 * @returns {L.Renderer} one for all that the editor draws, so that no canvas hides another
 */
export function ownRenderer(map) {
  const pane = map.getPane(PANE) ?? map.createPane(PANE);
  pane.style.zIndex = "410";
  const renderer = L.svg({ pane: PANE, padding: 0.3 });
  // Whatever Geoman draws goes there too.
  map.options.renderer = renderer;
  return renderer;
}

/**
 * @param {State} state
 * @returns {Map<string, Shown>} what is to be seen at the moment that was chosen
 */
export function seenZones(state) {
  if (!state.then) {
    return shownZones(state);
  }
  const zones = new Map(state.then.features.map((zone) => [zone.id, zone]));
  return shownZones({ ...state, zones, draft: new Map() });
}

/** Draws zones and keeps what it drew. */
export class Painter {
  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
    this.renderer = ownRenderer(editor.stage.map);
    /** @type {Map<string, {layer: L.Polygon, geometry: Shape}>} */
    this.drawn = new Map();
    const group = made(editor.stage.data.layers.zones?.group ?? "");
    this.group = group instanceof L.FeatureGroup ? group : L.featureGroup().addTo(editor.stage.map);
    /** @type {(id: string) => void} */
    this.onChoose = () => {};
    const [section] = all(".map", HTMLElement);
    onTab((tab) => section?.classList.toggle("is-zones", tab === "zones"));
    editor.store.on((state, before) => {
      if (hasChanged(state, before, ["zones", "draft", "chosen", "then", "isLoaded"])) {
        this.paint(state);
      }
    });
  }

  /**
   * @param {string} id
   * @returns {L.Polygon | undefined}
   */
  layer(id) {
    return this.drawn.get(id)?.layer;
  }

  /** @param {string} id draw it from scratch next time */
  forget(id) {
    const drawn = this.drawn.get(id);
    if (drawn) {
      this.group.removeLayer(drawn.layer);
      this.drawn.delete(id);
    }
  }

  /**
   * Show shapes for a while that are not in the draft yet.
   * @param {Map<string, Shape>} shapes
   */
  preview(shapes) {
    for (const [id, shape] of shapes) {
      this.layer(id)?.setLatLngs(latLngsOf(shape));
    }
  }

  /** Draw all zones as the draft has them, whatever was previewed. */
  restore() {
    for (const { layer, geometry } of this.drawn.values()) {
      layer.setLatLngs(latLngsOf(geometry));
    }
  }

  /** @param {State} state */
  paint(state) {
    if (!state.isLoaded) {
      return;
    }
    if (this.drawn.size === 0) {
      this.group.clearLayers();
    }
    const seen = seenZones(state);
    for (const id of [...this.drawn.keys()].filter((one) => !seen.has(one))) {
      this.forget(id);
    }
    for (const shown of seen.values()) {
      this.draw(shown);
      this.dress(shown, state.chosen === shown.id);
    }
    this.index(seen);
  }

  /** @param {Shown} shown */
  draw({ id, geometry }) {
    const drawn = this.drawn.get(id);
    if (!drawn) {
      const layer = L.polygon(latLngsOf(geometry), { renderer: this.renderer, className: "zone", pmIgnore: false });
      layer.on("click", (event) => this.clicked(id, event));
      layer.addTo(this.group);
      this.drawn.set(id, { layer, geometry });
    } else if (drawn.geometry !== geometry) {
      drawn.layer.setLatLngs(latLngsOf(geometry));
      drawn.geometry = geometry;
    }
  }

  /**
   * @param {Shown} shown
   * @param {boolean} isChosen
   */
  dress({ id, values, isDeleted, isDraft }, isChosen) {
    const layer = this.layer(id);
    if (!layer) {
      return;
    }
    const style = { ...PLAIN, ...this.editor.stage.data.layers.zones?.styles?.[values.level] };
    const weight = style.weight + (isChosen ? 1 : 0);
    layer.setStyle({ ...style, weight, ...(isDeleted ? DELETED : {}) });
    layer.getElement()?.classList.toggle("is-draft", isDraft);
    if (isChosen) {
      layer.bringToFront();
    }
  }

  /**
   * @param {string} id
   * @param {L.LeafletMouseEvent} event
   */
  clicked(id, event) {
    if (DRAWING.has(this.editor.store.get().tool)) {
      return;
    }
    L.DomEvent.stop(event);
    const [section] = all(".map", HTMLElement);
    if (section?.classList.contains("is-zones")) {
      this.onChoose(id);
      return;
    }
    const shown = seenZones(this.editor.store.get()).get(id);
    if (shown) {
      L.popup({ maxWidth: 320 }).setLatLng(event.latlng).setContent(popup(shown, this.editor)).openOn(this.editor.stage.map);
    }
  }

  /**
   * Search and tables find the zones that are there now.
   * @param {Map<string, Shown>} seen
   */
  index(seen) {
    const items = [...seen.values()].map(({ id, values, geometry }) => ({
      id,
      item: { label: values.name ?? "", bounds: boundsOf(geometry) },
    }));
    this.editor.stage.index.set("zones", new Map(items.map(({ id, item }) => [id, item])));
  }
}

/**
 * @param {Shown} shown
 * @param {Editor} editor
 * @returns {HTMLElement}
 */
function popup({ id, values, reason }, { say, data }) {
  const facts = element("dl", { class: "popup-facts" });
  for (const [title, fact] of [
    [say("zoneLevel"), data.levels[values.level] ?? values.level],
    [say("zoneFrom"), when(values.valid_from_at)],
    [say("zoneTo"), when(values.valid_to_at)],
    [say("zoneReason"), reason ?? ""],
  ]) {
    if (fact) {
      facts.append(element("dt", {}, title ?? ""), element("dd", {}, fact));
    }
  }
  const title = element("p", { class: "popup-title" }, symbol(`zone_${values.level}`), " ", values.name || id);
  return element("div", {}, title, facts);
}
