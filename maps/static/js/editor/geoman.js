/** Fetches Leaflet-Geoman when somebody begins to edit, and readies the map for it. */

import { element } from "../dom.js";

/** @typedef {import("./types.d.ts").Editor} Editor */

const VERTICES = "vertices";
const SNAP_PX = 14;

/** @type {Promise<void> | null} */
let loading = null;

/**
 * @param {Editor} editor
 * @returns {Promise<void>} when `map.pm` is there
 */
export function needGeoman(editor) {
  loading ??= load(editor.data.geoman, editor.data.geomanStyle).then(() => ready(editor.stage.map));
  return loading;
}

/**
 * @param {string} script
 * @param {string} style
 * @returns {Promise<void>}
 */
function load(script, style) {
  const [own] = document.querySelectorAll("link[rel=stylesheet]");
  own?.before(element("link", { rel: "stylesheet", href: style }));
  return new Promise((resolve, reject) => {
    const tag = element("script", { src: script });
    tag.addEventListener("load", () => resolve());
    tag.addEventListener("error", () => {
      loading = null;
      reject(new Error(script));
    });
    document.head.append(tag);
  });
}

/** @param {L.Map} map made before Geoman was there */
function ready(map) {
  // Thousands of buildings are no business of Geoman's: only what asks for it is editable.
  L.PM.setOptIn(true);
  map.options.pmIgnore = false;
  // What its types say of layers holds for a map that was made before, too.
  L.PM.reInitLayer(/** @type {any} */ (map));
  const pane = map.createPane(VERTICES);
  pane.style.zIndex = "630";
  // The list of vertices in the panel says and does the same for who cannot point.
  pane.setAttribute("aria-hidden", "true");
  new MutationObserver(() => {
    for (const handle of pane.querySelectorAll("[tabindex]")) {
      // What takes no focus does not pan the map to itself under the finger either.
      handle.removeAttribute("tabindex");
      handle.removeAttribute("role");
    }
  }).observe(pane, { childList: true });
  map.pm.setGlobalOptions({
    snappable: true,
    snapDistance: SNAP_PX,
    tooltips: false,
    limitMarkersToCount: 120,
    panes: { vertexPane: VERTICES, layerPane: "overlayPane", markerPane: VERTICES },
  });
}
