/** Switches of the layers; the legend follows them. */

import { all } from "./dom.js";
import { made } from "./data.js";
import { restoreOrder } from "./draw.js";

/** @typedef {import("./types.d.ts").Stage} Stage */

/**
 * Show or hide a layer, its switch and its lines of the legend.
 * @param {Stage} stage
 * @param {string} name
 * @param {boolean} isOn
 */
export function setShown(stage, name, isOn) {
  const group = made(stage.data.layers[name]?.group ?? "");
  if (!(group instanceof L.FeatureGroup)) {
    return;
  }
  if (isOn !== stage.map.hasLayer(group)) {
    group[isOn ? "addTo" : "removeFrom"](stage.map);
  }
  for (const box of all(`input[data-layer="${name}"]`, HTMLInputElement)) {
    box.checked = isOn;
  }
  for (const line of all(`[data-legend="${name}"]`, HTMLElement)) {
    line.hidden = !isOn;
  }
  if (isOn) {
    restoreOrder(stage);
  }
}

/** @param {Stage} stage */
export function wireSwitches(stage) {
  for (const box of all("input[data-layer]", HTMLInputElement)) {
    box.addEventListener("change", () => setShown(stage, box.dataset.layer ?? "", box.checked));
  }
}
