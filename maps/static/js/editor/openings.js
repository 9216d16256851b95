/** Where ways cross the boundary: counted, named, and marked by shape and colour. */

import { element } from "../dom.js";
import { bandForm } from "./band.js";
import { valuesOf } from "./draft.js";
import { latLngsOf } from "./paint.js";
import { Refusal, ask, send } from "./server.js";
import { hasChanged } from "./state.js";
import { button, fold, heading, mark, number, redraw } from "./ui.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").OpeningState} OpeningState */
/** @typedef {import("./types.d.ts").OpeningValues} OpeningValues */
/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Zone} Zone */
/** @typedef {GeoJSON.FeatureCollection<GeoJSON.Point, OpeningValues>} Places */
/** @typedef {{places: Places, counts: Record<OpeningState, number>, posts: number | null}} Told */

/** @type {OpeningState[]} */
const STATES = ["open", "guarded", "closed"];
const PIN_PX = 22;
const NAMED_AT_ONCE = 3;

/**
 * @param {Editor} editor
 * @param {HTMLElement} place
 * @param {L.Renderer} renderer
 */
export function wireOpenings(editor, place, renderer) {
  const { store, stage } = editor;
  const pins = L.layerGroup().addTo(stage.map);
  const draftLine = L.layerGroup().addTo(stage.map);
  /** @type {{key: string, told: Told | null}} */
  let stored = { key: "", told: null };

  const refresh = () => {
    const state = store.get();
    const told = toldOf(state, stored.told);
    const isShown = told !== null && !state.conflict;
    redraw(place, ...(isShown ? [block(editor, state, told, place)] : []));
    pins.clearLayers();
    if (isShown) {
      told.places.features.forEach((feature) => pin(editor, feature).addTo(pins));
    }
    draftLine.clearLayers();
    if (state.band?.geometry && state.chosen === state.band.zone) {
      const style = { color: "#D55E00", weight: 3, dashArray: "8 6", fill: false, interactive: false, renderer };
      L.polygon(latLngsOf(state.band.geometry), style).addTo(draftLine);
      for (const { geometry } of state.band.places) {
        const [lon = 0, lat = 0] = geometry.coordinates;
        L.circleMarker([lat, lon], { ...style, dashArray: "", radius: 9 }).addTo(draftLine);
      }
    }
  };
  const fetchStored = async () => {
    const state = store.get();
    const zone = seenZone(state);
    const key = zone ? `${zone.id} ${zone.etag} ${state.at}` : "";
    if (key === stored.key) {
      return;
    }
    stored = { key, told: null };
    try {
      const told = zone ? await (state.at === null ? openingsNow(zone) : openingsOf(zone)) : null;
      if (stored.key === key) {
        stored.told = told;
      }
    } catch (error) {
      if (!(error instanceof Refusal)) {
        throw error;
      }
      stored.key = "";
    }
    refresh();
  };
  store.on((state, before) => {
    if (hasChanged(state, before, ["chosen", "zones", "draft", "at", "then", "preview", "conflict", "band"])) {
      refresh();
      fetchStored();
    }
  });
}

/**
 * @param {State} state
 * @returns {Zone | undefined} the chosen zone at the moment that is shown, if nothing is being changed
 */
function seenZone({ chosen, zones, at, then, draft }) {
  if (at !== null) {
    return then?.features.find(({ id }) => id === chosen);
  }
  return draft.size > 0 ? undefined : zones.get(chosen ?? "");
}

/**
 * @param {Zone} zone as it is stored
 * @returns {Promise<Told>}
 */
async function openingsNow({ id }) {
  const places = await ask(`/api/zones/${encodeURIComponent(id)}/openings`);
  return { places, counts: places.summary, posts: places.summary.fewest_posts };
}

/**
 * @param {Zone} zone of another time; of its shape the service knows but what a preview tells
 * @returns {Promise<Told>}
 */
async function openingsOf({ geometry, properties }) {
  const feature = { type: "Feature", geometry, properties: valuesOf(properties) };
  const { openings } = await send("/api/zones/preview", { changes: [{ op: "create", feature }] });
  return { places: openings.now, counts: openings.counts, posts: openings.fewest_posts };
}

/**
 * @param {State} state
 * @param {Told | null} stored
 * @returns {Told | null}
 */
function toldOf({ draft, preview, chosen, at }, stored) {
  if (at === null && draft.size > 0) {
    const openings = preview?.openings;
    return openings ? { places: openings.now, counts: openings.counts, posts: openings.fewest_posts } : null;
  }
  return chosen === null ? null : stored;
}

/**
 * @param {Editor} editor
 * @param {State} state
 * @param {Told} told
 * @param {HTMLElement} place
 * @returns {HTMLElement}
 */
function block(editor, state, { places, counts, posts }, place) {
  const { say } = editor;
  const made = element("div", { class: "block" }, heading(say("openings"), say("crossings", { count: places.features.length })));
  made.append(countList(editor, places, counts));
  if (posts !== null && posts !== undefined) {
    made.append(element("p", { class: "quiet" }, say("fewestPosts", { count: posts })));
  }
  const open = places.features.filter(({ properties }) => properties.state === "open");
  if (open.length > 0) {
    made.append(fold(place, "open", say("openPlaces", { count: open.length }), () => [openList(editor, open)]));
  }
  if (editor.data.canEdit && state.at === null && state.chosen !== null) {
    made.append(fold(place, "band", say("bandTitle"), () => [bandForm(editor, state)]));
  }
  return made;
}

/**
 * @param {Editor} editor
 * @param {Places} places
 * @param {Record<OpeningState, number>} counts
 * @returns {HTMLElement}
 */
function countList({ say }, places, counts) {
  const list = element("ul", { class: "opening-counts" });
  for (const state of STATES) {
    const streets = state === "open" ? streetsOf(places, say).slice(0, NAMED_AT_ONCE).join(say("comma")) : "";
    const name = element("span", {}, say(state), streets ? element("small", { class: "quiet" }, ` ${streets}`) : "");
    const line = element("li", {}, mark(`pin-${state}`, "opening-mark"), name);
    line.append(element("strong", {}, number(counts[state] ?? 0)));
    list.append(line);
  }
  return list;
}

/**
 * @param {Places} places
 * @param {Editor["say"]} say
 * @returns {string[]}
 */
function streetsOf({ features }, say) {
  const open = features.filter(({ properties }) => properties.state === "open");
  return [...new Set(open.map(({ properties }) => properties.street || say("unnamedWay")))];
}

/**
 * @param {Editor} editor
 * @param {Places["features"]} features
 * @returns {HTMLElement}
 */
function openList({ say, stage }, features) {
  const list = element("ul", { class: "name-list" });
  features.forEach(({ geometry, properties }, at) => {
    const [lon = 0, lat = 0] = geometry.coordinates;
    const show = () => stage.map.setView([lat, lon], Math.max(stage.map.getZoom(), 18));
    list.append(element("li", {}, button(properties.street || say("unnamedWay"), show, { kind: "link", key: `open-${at}` })));
  });
  return list;
}

/**
 * @param {Editor} editor
 * @param {Places["features"][number]} feature
 * @returns {L.Marker}
 */
function pin({ say }, { geometry, properties }) {
  const [lon = 0, lat = 0] = geometry.coordinates;
  const html = element("div", { class: "pin", style: `width:${PIN_PX}px;height:${PIN_PX}px` }, mark(`pin-${properties.state}`, "pin-symbol"));
  const title = [say(properties.state), properties.street].filter(Boolean).join(" · ");
  const icon = L.divIcon({ html, className: "opening-pin", iconSize: [PIN_PX, PIN_PX] });
  const marker = L.marker([lat, lon], { icon, title, keyboard: false, zIndexOffset: properties.state === "open" ? 400 : 200 });
  marker.on("add", () => {
    marker.getElement()?.setAttribute("role", "img");
    marker.getElement()?.setAttribute("aria-label", title);
  });
  return marker;
}
