/** What the editor knows, in one place; every part of it is told of changes. */

/** @typedef {import("./types.d.ts").Draft} Draft */
/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Store} Store */

/**
 * One and the same, so that nothing is drawn anew where nothing was wrong before.
 * @type {import("./types.d.ts").Fault[]}
 */
export const NO_FAULTS = [];

const MOST_STEPS = 200;

/** @returns {State} */
function beginning() {
  return {
    zones: new Map(), held: [], overlaps: null, seq: 0, isLoaded: false,
    draft: new Map(), past: [], future: [],
    chosen: null, tool: "choose", isParted: false, vertex: null,
    preview: null, isPreviewing: false, previewProblem: "", faults: NO_FAULTS,
    reason: "", saving: "idle", problem: "", conflict: null, live: "connecting",
    versions: null, compared: null, band: null, moments: [], at: null, then: null,
  };
}

/** @returns {Store} */
export function createStore() {
  let state = beginning();
  /** @type {((state: State, before: State) => void)[]} */
  const listeners = [];
  return {
    get: () => state,
    set: (patch) => {
      const before = state;
      state = { ...state, ...patch };
      for (const listener of listeners) {
        listener(state, before);
      }
    },
    on: (listener) => {
      listeners.push(listener);
    },
  };
}

/**
 * Make one step of the draft, which can be undone.
 * @param {Store} store
 * @param {Draft} draft
 * @param {string} label what was done
 * @param {Partial<State>} also
 */
export function commit(store, draft, label, also = {}) {
  const { past, draft: before } = store.get();
  const steps = [...past, { draft: before, label }].slice(-MOST_STEPS);
  store.set({ draft, past: steps, future: [], faults: NO_FAULTS, problem: "", ...also });
}

/**
 * @param {Store} store
 * @returns {string | null} what was undone
 */
export function undo(store) {
  const { past, future, draft } = store.get();
  const step = past.at(-1);
  if (!step) {
    return null;
  }
  const redo = { draft, label: step.label };
  store.set({ draft: step.draft, past: past.slice(0, -1), future: [redo, ...future], faults: NO_FAULTS });
  return step.label;
}

/**
 * @param {Store} store
 * @returns {string | null} what was done again
 */
export function redo(store) {
  const { past, future, draft } = store.get();
  const [step, ...rest] = future;
  if (!step) {
    return null;
  }
  store.set({ draft: step.draft, past: [...past, { draft, label: step.label }], future: rest, faults: NO_FAULTS });
  return step.label;
}

/**
 * Whether any of the named parts has changed.
 * @param {State} state
 * @param {State} before
 * @param {(keyof State)[]} names
 * @returns {boolean}
 */
export function hasChanged(state, before, names) {
  return names.some((name) => state[name] !== before[name]);
}
