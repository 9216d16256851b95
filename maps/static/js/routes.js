/** Routes: a line with a halo for each team, numbered stops when the map is near enough. */

import { all, element, fill, symbol } from "./dom.js";
import { stopPopup } from "./popups.js";

/** @typedef {import("./types.d.ts").LayerData} LayerData */
/** @typedef {import("./types.d.ts").Team} Team */
/** @typedef {import("./types.d.ts").Item} Item */
/** @typedef {import("./types.d.ts").Stage} Stage */
/** @typedef {{stage: Stage, group: L.FeatureGroup, items: Map<string, Item>, shapes: L.Renderer}} Tools */

const STOPS_FROM_ZOOM = 16.5;
const SMALL_PX = 20;
const LARGE_PX = 25;
const POPUP = { maxWidth: 320, minWidth: 200 };

/**
 * @param {Team} team
 * @param {number} position
 * @param {Tools} tools
 * @returns {L.Marker}
 */
function stopMarker(team, position, { stage, items }) {
  const [lon, lat] = team.points[position] ?? [0, 0];
  const [key = "", label = ""] = team.stops[position] ?? [];
  const size = position === 0 ? LARGE_PX : SMALL_PX;
  const ring = element(
    "div",
    {
      class: position === 0 ? "stop-ring is-first" : "stop-ring",
      style: `--team:${team.colour};width:${size}px;height:${size}px`,
    },
    String(position + 1),
  );
  const name = fill(stage.data.texts.stop, { team: team.team, number: position + 1, name: label || key });
  const marker = L.marker([lat, lon], {
    icon: L.divIcon({ html: ring, className: "", iconSize: [size, size] }),
    keyboard: false,
    title: name,
    zIndexOffset: position === 0 ? 500 : 0,
  });
  marker.on("add", () => {
    marker.getElement()?.setAttribute("role", "img");
    marker.getElement()?.setAttribute("aria-label", name);
  });
  marker.bindPopup(() => stopPopup(team, position, stage.data), POPUP);
  items.set(`${team.team}/${position}`, { label, bounds: L.latLngBounds([marker.getLatLng()]), shape: marker });
  return marker;
}

/**
 * @param {LayerData} layer
 * @param {number} position
 * @param {Tools} tools
 */
function drawLine(layer, position, { group, items, shapes }) {
  const team = layer.teams?.[position];
  const geometry = layer.geometries?.[position];
  if (!team || geometry?.type !== "LineString") {
    return;
  }
  const places = L.GeoJSON.coordsToLatLngs(geometry.coordinates);
  const shared = { renderer: shapes, lineCap: /** @type {const} */ ("round"), smoothFactor: 0.5 };
  L.polyline(places, { ...shared, color: "#fff", weight: layer.halo, interactive: false }).addTo(group);
  const line = L.polyline(places, { ...shared, color: team.colour, weight: layer.width }).addTo(group);
  items.set(String(team.team), { label: team.title, bounds: line.getBounds(), shape: line });
}

/**
 * @param {LayerData} layer
 * @param {Tools} tools
 */
export function drawRoutes(layer, tools) {
  const { stage, group } = tools;
  const teams = layer.teams ?? [];
  teams.forEach((_, position) => drawLine(layer, position, tools));
  const stops = L.layerGroup(
    teams.flatMap((team) => team.points.map((_, position) => stopMarker(team, position, tools))),
  );
  const refresh = () => {
    const isOn = stage.map.hasLayer(group);
    stage.map.getContainer().parentElement?.classList.toggle("has-routes", isOn);
    const isWanted = isOn && stage.map.getZoom() >= STOPS_FROM_ZOOM;
    if (isWanted !== stage.map.hasLayer(stops)) {
      stops[isWanted ? "addTo" : "removeFrom"](stage.map);
    }
  };
  stage.map.on("zoomend", refresh);
  group.on("add remove", refresh);
  refresh();
  drawStart(layer, group);
  listStops(teams, stage);
}

/**
 * @param {LayerData} layer
 * @param {L.FeatureGroup} group
 */
function drawStart(layer, group) {
  const [lon, lat] = layer.start ?? [0, 0];
  const html = element("div", { class: "pin", style: "width:26px;height:26px" });
  html.append(symbol("pin-start", "pin-symbol"));
  const icon = L.divIcon({ html, className: "", iconSize: [26, 26] });
  const label = layer.startLabel ?? "";
  const marker = L.marker([lat, lon], { icon, keyboard: false, title: label, zIndexOffset: 600 });
  marker.on("add", () => {
    marker.getElement()?.setAttribute("role", "img");
    marker.getElement()?.setAttribute("aria-label", label);
  });
  marker.addTo(group);
}

/**
 * Fill a team's list of stops when it is opened first.
 * @param {Team[]} teams
 * @param {Stage} stage
 */
function listStops(teams, stage) {
  for (const details of all("details[data-stops]", HTMLDetailsElement)) {
    const team = teams.find((candidate) => String(candidate.team) === details.dataset.stops);
    const [list] = all("ol", HTMLOListElement, details);
    details.addEventListener("toggle", () => {
      if (team && list && list.childElementCount === 0) {
        list.append(...team.stops.map((_, position) => stopRow(team, position, stage)));
      }
    });
  }
}

/**
 * @param {Team} team
 * @param {number} position
 * @param {Stage} stage
 * @returns {HTMLLIElement}
 */
function stopRow(team, position, { data }) {
  const [key = "", label = "", arrival = "", service = "", households = ""] = team.stops[position] ?? [];
  const attributes = { type: "button", class: "link", "data-layer": "routes", "data-key": `${team.team}/${position}` };
  const name = element("button", attributes, label || key);
  const work = element("small", {}, `${data.texts.households} ${households} · ${data.texts.service} ${service}`);
  return element(
    "li",
    {},
    element("span", {}, String(position + 1)),
    element("span", {}, name, work),
    element("span", {}, arrival),
  );
}
