/** Controls of the map, in the words of the page. */

import { element, textOf } from "./dom.js";
import { hiddenBySheet } from "./sheet.js";

/** @typedef {import("./types.d.ts").Stage} Stage */

const SVG = "http://www.w3.org/2000/svg";
const HOME = "M9 1.5v4M9 12.5v4M1.5 9h4M12.5 9h4M14 9a5 5 0 1 1-10 0a5 5 0 1 1 10 0";
const PADDING_PX = 28;

/**
 * Fit the whole of what the page is about, clear of a phone's sheet.
 * @param {Stage} stage
 */
export function fitAll({ map, data }) {
  if (!data.extent) {
    map.setView([35, 104], 4);
    return;
  }
  const [west, south, east, north] = data.extent;
  map.fitBounds(L.latLngBounds([south, west], [north, east]), {
    paddingTopLeft: [PADDING_PX, PADDING_PX],
    paddingBottomRight: [PADDING_PX, PADDING_PX + hiddenBySheet()],
    maxZoom: 19,
    animate: false,
  });
}

/** @param {Stage} stage */
export function wireControls(stage) {
  const { map, data } = stage;
  const container = map.getContainer();
  container.setAttribute("role", "application");
  container.setAttribute("aria-label", document.title);
  const Home = L.Control.extend({
    onAdd() {
      const title = textOf(data.texts.wholeMap);
      const button = element("a", { href: "#", role: "button", title, "aria-label": title });
      button.append(icon(HOME));
      L.DomEvent.on(button, "click", (event) => {
        L.DomEvent.stop(event);
        fitAll(stage);
      });
      return element("div", { class: "leaflet-bar leaflet-control leaflet-control-home" }, button);
    },
  });
  new Home({ position: "topleft" }).addTo(map);
  map.on("popupopen", ({ popup }) => {
    const close = popup.getElement()?.querySelector(".leaflet-popup-close-button");
    close?.setAttribute("aria-label", textOf(data.texts.closePopup));
  });
}

/**
 * @param {string} path
 * @returns {SVGSVGElement}
 */
function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 18 18");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}
