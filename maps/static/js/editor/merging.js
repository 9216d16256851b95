/** Two people's changes of one zone: shapes and values, mine, theirs, and both together. */

import { VALUES, areSameValues, valuesOf } from "./draft.js";

/** @typedef {import("./types.d.ts").Clash} Clash */
/** @typedef {import("./types.d.ts").Conflict} Conflict */
/** @typedef {import("./types.d.ts").Draft} Draft */
/** @typedef {import("./types.d.ts").DraftZone} DraftZone */
/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").ZoneValues} ZoneValues */

/**
 * @param {Clash[]} clashes as the service tells them
 * @param {Draft} draft
 * @returns {Conflict}
 */
export function conflictOf(clashes, draft) {
  const known = clashes.map((clash) => ({ ...clash, base: clash.base ?? draft.get(clash.id)?.base ?? null }));
  const merged = known.filter((clash) => clash.merged && clash.current && !draft.get(clash.id)?.isDeleted);
  return { clashes: known, choices: Object.fromEntries(merged.map(({ id }) => [id, "merged"])), values: {} };
}

/**
 * @param {string} id
 * @param {keyof ZoneValues} name
 * @returns {string} under which a choice of a value is kept
 */
export function valueKey(id, name) {
  return `${id} ${name}`;
}

/**
 * @param {Clash} clash
 * @param {DraftZone} entry
 * @returns {(keyof ZoneValues)[]} values that both have changed, to something else
 */
export function clashingValues({ base, current }, { values }) {
  if (!base || !current) {
    return [];
  }
  const same = (/** @type {ZoneValues} */ one, /** @type {ZoneValues} */ other, /** @type {keyof ZoneValues} */ name) =>
    areSameValues({ ...one, ...valuesOf(other), [name]: one[name] }, valuesOf(other));
  return VALUES.filter(
    (name) =>
      !same(values, base.properties, name) &&
      !same(current.properties, base.properties, name) &&
      !same(values, current.properties, name),
  );
}

/**
 * @param {Conflict} conflict
 * @param {Draft} draft
 * @returns {boolean} whether everything has been chosen that must be
 */
export function isDecided({ clashes, choices, values }, draft) {
  return clashes.every((clash) => {
    const entry = draft.get(clash.id);
    const choice = choices[clash.id];
    const open = entry && choice === "merged" ? clashingValues(clash, entry) : [];
    return choice !== undefined && open.every((name) => values[valueKey(clash.id, name)] !== undefined);
  });
}

/**
 * @param {Clash} clash
 * @param {DraftZone} entry
 * @param {Conflict} conflict
 * @returns {ZoneValues}
 */
function mergedValues(clash, entry, { choices, values }) {
  const { base, current, id } = clash;
  const choice = choices[id];
  if (!current || choice === "mine") {
    return entry.values;
  }
  const theirs = valuesOf(current.properties);
  if (choice === "theirs" || !base) {
    return theirs;
  }
  const open = new Set(clashingValues(clash, entry));
  const isMine = (/** @type {keyof ZoneValues} */ name) =>
    open.has(name)
      ? values[valueKey(id, name)] === "mine"
      : !areSameValues({ ...valuesOf(base.properties), [name]: entry.values[name] }, valuesOf(base.properties));
  return {
    name: isMine("name") ? entry.values.name : theirs.name,
    level: isMine("level") ? entry.values.level : theirs.level,
    valid_from_at: isMine("valid_from_at") ? entry.values.valid_from_at : theirs.valid_from_at,
    valid_to_at: isMine("valid_to_at") ? entry.values.valid_to_at : theirs.valid_to_at,
  };
}

/**
 * Put what was chosen into the draft, on the ground of what is stored now.
 * @param {State} state
 * @param {Conflict} conflict
 * @returns {{draft: Draft, zones: State["zones"]}}
 */
export function settled(state, conflict) {
  const draft = new Map(state.draft);
  const zones = new Map(state.zones);
  for (const clash of conflict.clashes) {
    const { id, current } = clash;
    const entry = draft.get(id);
    const choice = conflict.choices[id];
    if (current) {
      zones.set(id, current);
    } else {
      zones.delete(id);
    }
    if (!entry || choice === "theirs") {
      draft.delete(id);
    } else {
      const geometry = choice === "merged" && clash.merged ? clash.merged : entry.geometry;
      draft.set(id, { ...entry, base: current, geometry, values: mergedValues(clash, entry, conflict) });
    }
  }
  return { draft, zones };
}
