/** Ground that one shape adds to another, and ground that it gives up, on the map. */

import { openRings } from "./rings.js";

/** @typedef {import("./types.d.ts").Shape} Shape */

const SVG = "http://www.w3.org/2000/svg";
const ADDED = { color: "#009E73", fillColor: "#009E73" };
const REMOVED = { color: "#D55E00", fillColor: "#D55E00", dashArray: "5 4" };

/**
 * @param {Shape} shape
 * @returns {L.LatLng[][]} all rings, whatever polygon they belong to
 */
function allRings(shape) {
  return openRings(shape).flat().map((ring) => L.GeoJSON.coordsToLatLngs(ring));
}

/**
 * Draw the difference: what lies in one of two shapes only is filled by the even-odd rule, and
 * clipped to either of them.
 * @param {L.LayerGroup} group
 * @param {L.Map} map
 * @param {L.Renderer} renderer an SVG one
 * @param {{before: Shape | null, after: Shape | null}} shapes
 * @returns {() => void} takes it away
 */
export function drawDifference(group, map, renderer, { before, after }) {
  const common = { renderer, interactive: false, noClip: true, smoothFactor: 0 };
  const both = [before, after].flatMap((shape) => (shape ? allRings(shape) : []));
  /** @type {{clip: SVGPathElement, outline: L.Polygon}[]} */
  const clips = [];
  for (const [shape, style] of /** @type {[Shape | null, L.PathOptions][]} */ ([[after, ADDED], [before, REMOVED]])) {
    if (shape) {
      const outline = L.polygon(allRings(shape), { ...common, ...style, weight: 2, fill: false }).addTo(group);
      const only = L.polygon(both, { ...common, ...style, stroke: false, fillOpacity: 0.35, fillRule: "evenodd" }).addTo(group);
      const clip = clipTo(only, outline);
      if (clip) {
        clips.push({ clip, outline });
      }
    }
  }
  const refresh = () => {
    for (const { clip, outline } of clips) {
      clip.setAttribute("d", outline.getElement()?.getAttribute("d") ?? "");
    }
  };
  map.on("moveend zoomend", refresh);
  refresh();
  return () => {
    map.off("moveend zoomend", refresh);
    clips.forEach(({ clip }) => clip.parentElement?.remove());
    group.clearLayers();
  };
}

let made = 0;

/**
 * @param {L.Polygon} shape
 * @param {L.Polygon} outline
 * @returns {SVGPathElement | null}
 */
function clipTo(shape, outline) {
  const svg = outline.getElement()?.closest("svg");
  if (!svg) {
    return null;
  }
  made += 1;
  const clip = document.createElementNS(SVG, "clipPath");
  clip.id = `zone-clip-${made}`;
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("clip-rule", "evenodd");
  clip.append(path);
  svg.append(clip);
  shape.getElement()?.setAttribute("clip-path", `url(#${clip.id})`);
  return path;
}
