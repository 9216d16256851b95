/** Starts the page: the map that Folium made, drawn and joined with the panel. */

import { fitAll, wireControls } from "./controls.js";
import { made, readPage } from "./data.js";
import { all, isPhone, mayMove } from "./dom.js";
import { drawAll } from "./draw.js";
import { labelMap } from "./labels.js";
import { wireSearch } from "./search.js";
import { hiddenBySheet, makeRoom, onSheet, wireSheet } from "./sheet.js";
import { setShown, wireSwitches } from "./switches.js";
import { colourTeams, wireTables } from "./tables.js";
import { wireTabs } from "./tabs.js";
import { wireThemes } from "./themes.js";
import { wireTrend } from "./trend.js";
import { startEditor } from "./editor/start.js";

/** @typedef {import("./types.d.ts").Stage} Stage */

const NEAR_ZOOM = 19;
const NAMES_FROM_ZOOM = 16.5;

/**
 * Show one thing: switch its layer on, go there, open its popup.
 * @param {Stage} stage
 * @param {string} layer
 * @param {string} key
 * @returns {boolean}
 */
function show(stage, layer, key) {
  const item = stage.index.get(layer)?.get(key);
  if (!item) {
    return false;
  }
  setShown(stage, layer, true);
  makeRoom();
  stage.map.fitBounds(item.bounds, {
    paddingTopLeft: [60, 60],
    paddingBottomRight: [60, 60 + hiddenBySheet()],
    maxZoom: NEAR_ZOOM,
    animate: mayMove(),
  });
  const shape = item.shape;
  if (layer === "routes" && shape instanceof L.Path) {
    shape.bringToFront();
  }
  if (shape?.getPopup()) {
    window.setTimeout(() => shape.openPopup(), mayMove() ? 350 : 0);
  }
  return true;
}

/**
 * Names stand beside pins only where there is room for them.
 * @param {L.Map} map
 */
function nameThePins(map) {
  const refresh = () => map.getContainer().parentElement?.classList.toggle("is-far", map.getZoom() < NAMES_FROM_ZOOM);
  map.on("zoomend", refresh);
  refresh();
}

function start() {
  const data = readPage();
  const map = made(data.map);
  if (!(map instanceof L.Map)) {
    return;
  }
  /** @type {Stage} */
  const stage = { map, data, index: new Map(), show: (layer, key) => show(stage, layer, key) };
  document.documentElement.classList.add("is-scripted");
  const [legend] = all(".legend", HTMLDetailsElement);
  if (legend && isPhone()) {
    legend.open = false;
  }
  wireSheet();
  fitAll(stage);
  drawAll(stage);
  wireControls(stage);
  wireSwitches(stage);
  wireSearch(stage);
  wireTables(stage);
  colourTeams(stage);
  wireThemes(stage);
  wireTrend(data);
  if (data.editor) {
    startEditor(stage, data.editor);
  }
  wireTabs();
  labelMap(stage);
  nameThePins(map);
  onSheet(() => map.invalidateSize());
  for (const form of all("form[data-autosubmit]", HTMLFormElement)) {
    form.addEventListener("change", () => form.requestSubmit());
  }
  document.documentElement.dataset.ready = "true";
}

start();
