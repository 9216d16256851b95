/** The draft: zones that differ from what is stored, as one change set. */

import { isSameShape } from "./rings.js";

/** @typedef {import("./types.d.ts").Draft} Draft */
/** @typedef {import("./types.d.ts").DraftZone} DraftZone */
/** @typedef {import("./types.d.ts").Shape} Shape */
/** @typedef {import("./types.d.ts").Shapes} Shapes */
/** @typedef {import("./types.d.ts").Shown} Shown */
/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Zone} Zone */
/** @typedef {import("./types.d.ts").ZoneValues} ZoneValues */

/** @type {(keyof ZoneValues)[]} */
export const VALUES = ["name", "level", "valid_from_at", "valid_to_at"];
const NEW = "new-";

/**
 * @param {ZoneValues} from
 * @returns {ZoneValues}
 */
export function valuesOf({ name, level, valid_from_at, valid_to_at }) {
  return { name, level, valid_from_at, valid_to_at };
}

/**
 * @param {ZoneValues} one
 * @param {ZoneValues} other
 * @returns {boolean}
 */
export function areSameValues(one, other) {
  return VALUES.every((name) => sameValue(one[name]) === sameValue(other[name]));
}

/** @param {string | null} value */
function sameValue(value) {
  const time = value && /^\d{4}-\d\d-\d\dT/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(time) ? value || null : time;
}

/**
 * @param {DraftZone} entry
 * @returns {boolean} whether it is what is stored after all
 */
function isUnchanged({ base, geometry, values, isDeleted }) {
  return (
    base !== null && !isDeleted && isSameShape(base.geometry, geometry) && areSameValues(base.properties, values)
  );
}

/**
 * @param {State} state
 * @param {string} id
 * @returns {DraftZone | null} the zone as the draft has it, or as it would begin one
 */
export function entryOf({ draft, zones }, id) {
  const stored = zones.get(id);
  const begun = stored && {
    id,
    base: stored,
    geometry: stored.geometry,
    values: valuesOf(stored.properties),
    isDeleted: false,
  };
  return draft.get(id) ?? begun ?? null;
}

/**
 * Change some zones of the draft; what has become what is stored again leaves it.
 * @param {State} state
 * @param {Map<string, Partial<DraftZone>>} patches
 * @returns {Draft}
 */
export function withChanges(state, patches) {
  const draft = new Map(state.draft);
  for (const [id, patch] of patches) {
    const entry = entryOf(state, id);
    const changed = entry && { ...entry, ...patch };
    if (changed && (isUnchanged(changed) || (changed.isDeleted && !changed.base))) {
      draft.delete(id);
    } else if (changed) {
      draft.set(id, changed);
    }
  }
  return draft;
}

/**
 * @param {State} state
 * @param {Shapes} shapes
 * @returns {Draft}
 */
export function withShapes(state, shapes) {
  return withChanges(state, new Map([...shapes].map(([id, geometry]) => [id, { geometry }])));
}

/**
 * @param {State} state
 * @param {Shape} geometry
 * @param {ZoneValues} values
 * @returns {{id: string, draft: Draft}}
 */
export function withNew(state, geometry, values) {
  const taken = [...state.draft.keys()].filter((id) => id.startsWith(NEW)).map((id) => Number(id.slice(NEW.length)));
  const id = `${NEW}${Math.max(0, ...taken) + 1}`;
  return { id, draft: new Map(state.draft).set(id, { id, base: null, geometry, values, isDeleted: false }) };
}

/**
 * What stands on the map: stored zones as the draft has them, then the new ones.
 * @param {State} state
 * @returns {Map<string, Shown>}
 */
export function shownZones(state) {
  const ids = [...state.zones.keys(), ...[...state.draft.keys()].filter((id) => !state.zones.has(id))];
  return new Map(ids.map((id) => [id, shownOf(state, id)]));
}

/**
 * @param {State} state
 * @param {string} id
 * @returns {Shown}
 */
function shownOf({ zones, draft }, id) {
  const stored = zones.get(id);
  const entry = draft.get(id);
  if (!entry) {
    const { geometry, properties } = /** @type {Zone} */ (stored);
    const { version, reason } = properties;
    const calm = { isDraft: false, isNew: false, isDeleted: false, isStale: false };
    return { id, geometry, values: valuesOf(properties), version, reason, ...calm };
  }
  const { base, geometry, values, isDeleted } = entry;
  const isStale = base !== null && base.etag !== stored?.etag;
  const { version = null, reason = null } = (stored ?? base)?.properties ?? {};
  return { id, geometry, values, version, reason, isDraft: true, isNew: base === null, isDeleted, isStale };
}

/**
 * @param {State} state
 * @returns {Shapes} of the zones that are there, as the draft has them
 */
export function shapesOf(state) {
  const there = [...shownZones(state)].filter(([, shown]) => !shown.isDeleted);
  return new Map(there.map(([id, { geometry }]) => [id, geometry]));
}

/**
 * The change set, as the service takes it.
 * @param {Draft} draft
 * @returns {object[]}
 */
export function changesOf(draft) {
  return [...draft.values()].map(({ id, base, geometry, values, isDeleted, restores }) => {
    const { name, ...others } = values;
    const properties = { name: name || null, ...others };
    const also = restores ? { restores } : {};
    if (!base) {
      return { op: "create", feature: { type: "Feature", geometry, properties }, ...also };
    }
    if (isDeleted) {
      return { op: "delete", id, etag: base.etag };
    }
    const feature = { type: "Feature", id, geometry, properties: { zone_id: id, ...properties } };
    return { op: "replace", id, etag: base.etag, feature, ...also };
  });
}

/**
 * What tells two change sets apart for the preview; names do not matter to it.
 * @param {Draft} draft
 * @returns {string}
 */
export function effectKey(draft) {
  return JSON.stringify(
    [...draft.values()].map(({ id, base, geometry, values, isDeleted }) => [
      id, base?.etag, geometry.coordinates, values.level, values.valid_from_at, values.valid_to_at, isDeleted,
    ]),
  );
}
