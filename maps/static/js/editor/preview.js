/** Asks the service what the draft would change, while it is being changed. */

import { changesOf, effectKey } from "./draft.js";
import { Refusal, send } from "./server.js";
import { hasChanged, NO_FAULTS } from "./state.js";
import { debounced } from "./ui.js";

/** @typedef {import("./types.d.ts").Editor} Editor */

const WAIT_MS = 250;

/**
 * @param {Editor} editor
 * @returns {() => void} asks again, for when the ground itself has changed
 */
export function wirePreview({ store, say }) {
  /** @type {AbortController | null} */
  let running = null;
  let asked = "";

  const request = async () => {
    const { draft } = store.get();
    const changes = changesOf(draft);
    running?.abort();
    const own = new AbortController();
    running = own;
    try {
      const preview = await send("/api/zones/preview", { changes }, { signal: own.signal });
      store.set({ preview, isPreviewing: false, previewProblem: "", faults: told(preview.faults) });
    } catch (error) {
      if (own === running && error instanceof Refusal) {
        const previewProblem = error.isOffline ? say("previewOffline") : error.message;
        store.set({ isPreviewing: false, previewProblem, faults: told(error.told.faults) });
      }
    }
  };
  const soon = debounced(request, WAIT_MS);
  const refresh = (/** @type {boolean} */ isForced) => {
    const { draft } = store.get();
    const key = effectKey(draft);
    if (draft.size === 0) {
      running?.abort();
      asked = "";
      store.set({ preview: null, isPreviewing: false, previewProblem: "" });
    } else if (isForced || key !== asked) {
      asked = key;
      running?.abort();
      store.set({ isPreviewing: true });
      soon();
    }
  };
  store.on((state, before) => {
    if (hasChanged(state, before, ["draft"])) {
      refresh(false);
    }
  });
  return () => refresh(true);
}

/**
 * @param {import("./types.d.ts").Fault[] | undefined} faults
 * @returns {import("./types.d.ts").Fault[]}
 */
function told(faults) {
  return faults && faults.length > 0 ? faults : NO_FAULTS;
}
