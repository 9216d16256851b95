/** Keeps the draft on this device, so that a reload or a lost connection costs nothing. */

/** @typedef {import("./types.d.ts").Draft} Draft */
/** @typedef {import("./types.d.ts").DraftZone} DraftZone */

const FORMAT = 1;

/**
 * @param {string} name
 * @param {Draft} draft
 * @param {string} reason
 * @returns {boolean} whether it could be kept
 */
export function keepDraft(name, draft, reason) {
  try {
    if (draft.size === 0) {
      window.localStorage.removeItem(name);
    } else {
      const kept = { format: FORMAT, reason, zones: [...draft.values()] };
      window.localStorage.setItem(name, JSON.stringify(kept));
    }
  } catch {
    // Private windows and full disks: the page warns before it is left.
    return false;
  }
  return true;
}

/**
 * @param {string} name
 * @returns {{draft: Draft, reason: string}}
 */
export function keptDraft(name) {
  try {
    const kept = JSON.parse(window.localStorage.getItem(name) ?? "null");
    if (kept?.format === FORMAT) {
      const zones = /** @type {DraftZone[]} */ (kept.zones);
      return { draft: new Map(zones.map((zone) => [zone.id, zone])), reason: kept.reason };
    }
  } catch {
    // What cannot be read is no draft.
  }
  return { draft: new Map(), reason: "" };
}
