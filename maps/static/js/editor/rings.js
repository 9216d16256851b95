/** Shapes as rings of places: reading them, writing them, and where a line crosses itself. */

/** @typedef {import("./types.d.ts").Place} Place */
/** @typedef {import("./types.d.ts").Shape} Shape */
/** @typedef {[Place, Place]} Segment */

/** What counts as one place: 1 cm, as the service writes 7 decimals. */
export const TOLERANCE_DEG = 1e-7;
const DECIMALS = 7;
const METRES_A_DEGREE = 111_320;

/**
 * @param {Place} place
 * @returns {Place}
 */
export function rounded([lon, lat]) {
  return [Number(lon.toFixed(DECIMALS)), Number(lat.toFixed(DECIMALS))];
}

/**
 * @param {GeoJSON.Position} one
 * @param {GeoJSON.Position} other
 * @returns {boolean} whether both are the same place but for rounding
 */
export function isSamePlace(one, other) {
  const east = Math.abs((one[0] ?? 0) - (other[0] ?? 0));
  const north = Math.abs((one[1] ?? 0) - (other[1] ?? 0));
  return Math.max(east, north) <= 1.5 * TOLERANCE_DEG;
}

/**
 * @param {Shape} shape
 * @returns {Place[][][]} polygons of rings of places; the first place is not told again at the end
 */
export function openRings(shape) {
  const polygons = shape.type === "Polygon" ? [shape.coordinates] : shape.coordinates;
  return polygons.map((rings) => rings.map((ring) => /** @type {Place[]} */ (ring.slice(0, -1))));
}

/**
 * @param {Place[][][]} polygons
 * @returns {Shape} rings closed, places rounded; a single polygon is told as one
 */
export function shapeOf(polygons) {
  const closed = polygons.map((rings) =>
    rings.map((ring) => [...ring, ring[0] ?? [0, 0]].map((place) => rounded(/** @type {Place} */ (place)))),
  );
  const [only] = closed;
  return closed.length === 1 && only
    ? { type: "Polygon", coordinates: only }
    : { type: "MultiPolygon", coordinates: closed };
}

/**
 * @param {Shape} shape
 * @param {(ring: Place[]) => Place[]} change
 * @returns {Shape} the same object where no ring was changed
 */
export function mapRings(shape, change) {
  const polygons = openRings(shape);
  const changed = polygons.map((rings) => rings.map(change));
  const isSame = changed.every((rings, at) => rings.every((ring, on) => ring === polygons[at]?.[on]));
  return isSame ? shape : shapeOf(changed);
}

/**
 * @param {Shape} one
 * @param {Shape} other
 * @returns {boolean}
 */
export function isSameShape(one, other) {
  return one === other || JSON.stringify(rewritten(one)) === JSON.stringify(rewritten(other));
}

/** @param {Shape} shape */
function rewritten(shape) {
  return shapeOf(openRings(shape)).coordinates;
}

/**
 * @param {Shape} shape
 * @returns {Segment[]}
 */
export function segmentsOf(shape) {
  return openRings(shape).flatMap((rings) =>
    rings.flatMap((ring) =>
      ring.map((place, at) => /** @type {Segment} */ ([place, ring[(at + 1) % ring.length] ?? place])),
    ),
  );
}

/**
 * Find where a shape's line crosses itself, looking at the segments that a change made.
 * @param {Shape} shape
 * @param {Shape | null} before of which nothing crossed
 * @returns {Place | null}
 */
export function crossingOf(shape, before = null) {
  const known = new Set(before ? segmentsOf(before).map(String) : []);
  const segments = segmentsOf(shape);
  const fresh = segments.filter((segment) => !known.has(String(segment)));
  for (const one of fresh) {
    for (const other of segments) {
      const place = one === other ? null : meeting(one, other);
      if (place) {
        return place;
      }
    }
  }
  return null;
}

/**
 * @param {Segment} one
 * @param {Segment} other
 * @returns {Place | null} where they cross; ends that touch do not
 */
function meeting([a, b], [c, d]) {
  const [ax, ay] = [b[0] - a[0], b[1] - a[1]];
  const [cx, cy] = [d[0] - c[0], d[1] - c[1]];
  const turn = ax * cy - ay * cx;
  if (turn === 0 || [a, b].some((end) => isSamePlace(end, c) || isSamePlace(end, d))) {
    return null;
  }
  const onOne = ((c[0] - a[0]) * cy - (c[1] - a[1]) * cx) / turn;
  const onOther = ((c[0] - a[0]) * ay - (c[1] - a[1]) * ax) / turn;
  return isWithin(onOne) && isWithin(onOther) ? [a[0] + onOne * ax, a[1] + onOne * ay] : null;
}

/** @param {number} share */
function isWithin(share) {
  return share > 0 && share < 1;
}

/**
 * @param {Place} place
 * @param {number} east_m
 * @param {number} north_m
 * @returns {Place}
 */
export function moved([lon, lat], east_m, north_m) {
  const shrink = Math.cos((lat * Math.PI) / 180);
  return rounded([lon + east_m / (METRES_A_DEGREE * shrink), lat + north_m / METRES_A_DEGREE]);
}

/**
 * @param {Shape} shape
 * @returns {L.LatLngBounds}
 */
export function boundsOf(shape) {
  return L.latLngBounds(openRings(shape).flat(2).map(([lon, lat]) => L.latLng(lat, lon)));
}

/**
 * @param {Place} place
 * @param {Place[]} ring
 * @returns {boolean}
 */
export function isInRing([lon, lat], ring) {
  let isInside = false;
  ring.forEach(([x, y], at) => {
    const [px, py] = ring[(at + ring.length - 1) % ring.length] ?? [x, y];
    if (y > lat !== py > lat && lon < ((px - x) * (lat - y)) / (py - y) + x) {
      isInside = !isInside;
    }
  });
  return isInside;
}
