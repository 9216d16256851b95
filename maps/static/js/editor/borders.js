/** Borders that zones share: a vertex on another zone's line belongs to both, and moves in both. */

import { TOLERANCE_DEG, isSamePlace, mapRings, openRings } from "./rings.js";

/** @typedef {import("./types.d.ts").Place} Place */
/** @typedef {import("./types.d.ts").Shape} Shape */
/** @typedef {import("./types.d.ts").Shapes} Shapes */

/**
 * @param {Shape} shape
 * @param {Place} place
 * @returns {boolean}
 */
export function hasVertex(shape, place) {
  return openRings(shape).flat(2).some((vertex) => isSamePlace(vertex, place));
}

/**
 * @param {Place} place
 * @param {Place} start
 * @param {Place} end
 * @returns {number | null} how far along, between 0 and 1, if the place lies on the segment
 */
function along([lon, lat], [x, y], [toX, toY]) {
  const east = toX - x;
  const north = toY - y;
  const length = Math.hypot(east, north);
  if (length === 0) {
    return null;
  }
  const share = ((lon - x) * east + (lat - y) * north) / length ** 2;
  const off = Math.abs((lon - x) * north - (lat - y) * east) / length;
  return off <= TOLERANCE_DEG && share > 0 && share < 1 ? share : null;
}

/**
 * Give a shape those places as vertices that lie on its line.
 * @param {Shape} shape
 * @param {Place[]} places
 * @returns {Shape} the same object where none was missing
 */
export function withVertices(shape, places) {
  return mapRings(shape, (ring) => {
    const missing = places.filter((place) => !ring.some((vertex) => isSamePlace(vertex, place)));
    const grown = ring.flatMap((start, at) => {
      const end = ring[(at + 1) % ring.length] ?? start;
      const between = missing
        .map((place) => ({ place, share: along(place, start, end) }))
        .filter(({ share }) => share !== null)
        .sort((one, other) => Number(one.share) - Number(other.share));
      return [start, ...between.map(({ place }) => place)];
    });
    return grown.length === ring.length ? ring : grown;
  });
}

/**
 * @param {Shapes} shapes
 * @param {Shapes} changed
 * @returns {Shapes} what differs from before
 */
function differing(shapes, changed) {
  return new Map([...changed].filter(([id, shape]) => shapes.get(id) !== shape));
}

/**
 * Name the zones that have a place on their line.
 * @param {Shapes} shapes
 * @param {Place} place
 * @returns {string[]}
 */
export function sharersOf(shapes, place) {
  return [...shapes].filter(([, shape]) => hasVertex(withVertices(shape, [place]), place)).map(([id]) => id);
}

/**
 * Move a vertex, in every zone that has it on its line.
 *
 * Before that, the zones that move get the vertices that others have on their lines: else the
 * line would leave them, and a gap or an overlap would open.
 * @param {Shapes} shapes
 * @param {string} id
 * @param {Place} from
 * @param {Place} to
 * @param {boolean} isParted whether the zone's border moves alone
 * @returns {Shapes} the zones that have changed
 */
export function moveVertex(shapes, id, from, to, isParted = false) {
  const sharers = isParted ? [id] : sharersOf(shapes, from);
  const others = [...shapes.values()].flatMap((shape) => openRings(shape).flat(2));
  const moved = new Map(
    sharers.map((sharer) => {
      const shape = /** @type {Shape} */ (shapes.get(sharer));
      const whole = withVertices(shape, isParted ? [from] : [from, ...beside(shape, from, others)]);
      return [sharer, replaced(whole, from, to)];
    }),
  );
  return differing(shapes, moved);
}

/**
 * @param {Shape} shape
 * @param {Place} place
 * @param {Place[]} others
 * @returns {Place[]} those within the extent of the segments that end at the place
 */
function beside(shape, place, others) {
  const near = openRings(withVertices(shape, [place]))
    .flat()
    .flatMap((ring) => {
      const at = ring.findIndex((vertex) => isSamePlace(vertex, place));
      return at < 0 ? [] : [ring.at(at - 1), place, ring[(at + 1) % ring.length]];
    })
    .filter((vertex) => vertex !== undefined);
  const [west, east] = [Math.min(...near.map(([lon]) => lon)), Math.max(...near.map(([lon]) => lon))];
  const [south, north] = [Math.min(...near.map(([, lat]) => lat)), Math.max(...near.map(([, lat]) => lat))];
  return others.filter(
    ([lon, lat]) =>
      lon >= west - TOLERANCE_DEG &&
      lon <= east + TOLERANCE_DEG &&
      lat >= south - TOLERANCE_DEG &&
      lat <= north + TOLERANCE_DEG,
  );
}

/**
 * @param {Shape} shape
 * @param {Place} from
 * @param {Place} to
 * @returns {Shape}
 */
function replaced(shape, from, to) {
  return mapRings(shape, (ring) =>
    ring.some((vertex) => isSamePlace(vertex, from))
      ? ring.map((vertex) => (isSamePlace(vertex, from) ? to : vertex))
      : ring,
  );
}

/**
 * Add a vertex on a zone's line, and on those of the zones that share it there.
 * @param {Shapes} shapes
 * @param {string} id
 * @param {Place} place
 * @param {boolean} isParted
 * @returns {Shapes} the zones that have changed
 */
export function addVertex(shapes, id, place, isParted = false) {
  const sharers = isParted ? [id] : sharersOf(shapes, place);
  const grown = new Map(
    sharers.map((sharer) => [sharer, withVertices(/** @type {Shape} */ (shapes.get(sharer)), [place])]),
  );
  return differing(shapes, grown);
}

/**
 * @param {Shape} shape
 * @param {Place} place
 * @returns {string[]} the vertices beside it, in any order
 */
function neighbours(shape, place) {
  for (const ring of openRings(shape).flat()) {
    const at = ring.findIndex((vertex) => isSamePlace(vertex, place));
    if (at >= 0) {
      return [ring.at(at - 1), ring[(at + 1) % ring.length]].map(String).sort();
    }
  }
  return [];
}

/**
 * Take a vertex away, in both zones where two share it.
 * @param {Shapes} shapes
 * @param {string} id
 * @param {Place} place
 * @param {boolean} isParted
 * @returns {Shapes | "junction" | "few"} the zones that have changed, or why it cannot be: another
 *     line ends there, or a ring would keep fewer than three vertices
 */
export function removeVertex(shapes, id, place, isParted = false) {
  const sharers = isParted ? [id] : [...shapes].filter(([, shape]) => hasVertex(shape, place)).map(([one]) => one);
  const others = [...shapes.values()].flatMap((shape) => openRings(shape).flat(2));
  const taken = new Map(
    sharers.map((sharer) => {
      const shape = /** @type {Shape} */ (shapes.get(sharer));
      return [sharer, isParted ? shape : withVertices(shape, beside(shape, place, others))];
    }),
  );
  const ends = new Set([...taken.values()].map((shape) => neighbours(shape, place).join(" ")));
  if (ends.size > 1) {
    return "junction";
  }
  const isFew = [...taken.values()].some((shape) =>
    openRings(shape).flat().some((ring) => ring.length <= 3 && ring.some((vertex) => isSamePlace(vertex, place))),
  );
  if (isFew) {
    return "few";
  }
  const left = [...taken].map(
    ([one, shape]) =>
      /** @type {[string, Shape]} */ ([
        one,
        mapRings(shape, (ring) => {
          const kept = ring.filter((vertex) => !isSamePlace(vertex, place));
          return kept.length === ring.length ? ring : kept;
        }),
      ]),
  );
  return new Map(left);
}
