/** What is wrong with the draft: told, and drawn where it is. */

import { element } from "../dom.js";
import { hasChanged } from "./state.js";
import { button, heading, redraw } from "./ui.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").Fault} Fault */

const STYLE = { color: "#D55E00", weight: 3, dashArray: "6 5", fillColor: "#D55E00", fillOpacity: 0.15, interactive: false };

/**
 * @param {Editor} editor
 * @param {HTMLElement} place
 * @param {L.Renderer} renderer
 */
export function wireFaults(editor, place, renderer) {
  const { store, stage } = editor;
  const shown = L.layerGroup().addTo(stage.map);
  store.on((state, before) => {
    if (!hasChanged(state, before, ["faults", "at"])) {
      return;
    }
    const faults = state.at === null ? state.faults : [];
    redraw(place, ...(faults.length > 0 ? [block(editor, faults)] : []));
    shown.clearLayers();
    for (const { geometry } of faults) {
      if (geometry) {
        drawn(geometry, renderer).addTo(shown);
      }
    }
  });
}

/**
 * @param {GeoJSON.Geometry} geometry
 * @param {L.Renderer} renderer
 * @returns {L.GeoJSON}
 */
function drawn(geometry, renderer) {
  const options = { ...STYLE, renderer };
  return L.geoJSON(geometry, {
    style: () => options,
    pointToLayer: (_, at) => L.circleMarker(at, { ...options, radius: 12 }),
  });
}

/**
 * @param {Editor} editor
 * @param {Fault[]} faults
 * @returns {HTMLElement}
 */
function block({ say, stage, store }, faults) {
  const list = element("ul", { class: "faults" });
  faults.forEach(({ detail, geometry, id }, at) => {
    const line = element("li", {}, element("span", {}, detail));
    if (geometry) {
      const go = () => {
        stage.map.fitBounds(L.geoJSON(geometry).getBounds(), { padding: [80, 80], maxZoom: 19 });
        if (id !== null && store.get().zones.has(id)) {
          store.set({ chosen: id });
        }
      };
      line.append(button(say("showPlace"), go, { kind: "link", key: `fault-${at}` }));
    }
    list.append(line);
  });
  return element("div", { class: "block fault-block", role: "alert" }, heading(say("faults"), String(faults.length)), list);
}
