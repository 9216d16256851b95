/** Saving: with a reason, all or nothing, and never over somebody else's work. */

import { element, toast } from "../dom.js";
import { settleNow } from "./conflict.js";
import { changesOf } from "./draft.js";
import { conflictOf } from "./merging.js";
import { Refusal, ask, send } from "./server.js";
import { hasChanged } from "./state.js";
import { stepBack } from "./tools.js";
import { button, redraw } from "./ui.js";

/** @typedef {import("./types.d.ts").Draft} Draft */
/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").State} State */
/** @typedef {import("./types.d.ts").Zone} Zone */

const CONFLICT = 412;
const UNKNOWN_PERSON = 401;
const MOST_REASON = "500";

/**
 * Read the zones that are stored now.
 * @param {Editor} editor
 */
export async function reload({ store }) {
  const { features, seq, held, overlaps } = await ask("/api/zones");
  const zones = new Map(/** @type {Zone[]} */ (features).map((zone) => [zone.id, zone]));
  store.set({ zones, seq, held: held ?? [], overlaps: overlaps ?? null, isLoaded: true });
}

/**
 * @param {Editor} editor
 * @param {HTMLElement} place
 */
export function wireSaving(editor, place) {
  const { store } = editor;
  const refresh = () => {
    const state = store.get();
    const isShown = editor.data.canEdit && state.draft.size > 0 && state.at === null && !state.conflict;
    redraw(place, ...(isShown ? [form(editor, state)] : []));
  };
  store.on((state, before) => {
    if (hasChanged(state, before, ["draft", "past", "saving", "problem", "at", "conflict", "zones"])) {
      refresh();
    }
  });
  window.addEventListener("beforeunload", (event) => {
    if (store.get().draft.size > 0) {
      event.preventDefault();
    }
  });
}

/**
 * @param {Editor} editor
 * @param {State} state
 * @returns {HTMLElement}
 */
function form(editor, state) {
  const { say, store } = editor;
  const field = element("input", {
    value: state.reason, maxlength: MOST_REASON, required: "", autocomplete: "off", id: "zone-reason", "data-focus": "reason",
  });
  field.addEventListener("input", () => store.set({ reason: field.value }));
  const isBusy = state.saving === "saving";
  const save = element("button", { type: "submit", class: "button", "data-focus": "save" }, saveTitle(editor, state));
  save.disabled = isBusy;
  const made = element(
    "form",
    { class: "block save", novalidate: "" },
    element("label", { for: "zone-reason", class: "quiet" }, say("reasonLabel")),
    field,
    element("p", { class: "save-state", role: "status" }, stateText(editor, state)),
    element(
      "p",
      { class: "buttons" },
      save,
      button(say("undo"), () => stepBack(editor), { isDisabled: state.past.length === 0 || isBusy }),
      button(say("discard"), () => discard(editor), { isDisabled: isBusy }),
    ),
  );
  if (isStale(state)) {
    made.querySelector(".save-state")?.append(" ", button(say("settleNow"), () => settleNow(editor), { kind: "link" }));
  }
  if (state.problem) {
    save.before(element("span", { class: "problem", role: "alert" }, state.problem));
  }
  made.addEventListener("submit", (event) => {
    event.preventDefault();
    submit(editor, field);
  });
  return made;
}

/**
 * @param {Editor} editor
 * @param {State} state
 * @returns {string}
 */
function saveTitle({ say }, { draft, saving }) {
  if (saving === "saving") {
    return say("saving");
  }
  if (saving === "offline") {
    return say("saveAgain");
  }
  const [entry] = draft.values();
  const version = draft.size === 1 ? entry?.base?.properties.version : null;
  if (version && !entry?.isDeleted) {
    return say("saveAsVersion", { number: version + 1 });
  }
  return draft.size > 1 ? say("saveZones", { count: draft.size }) : say("save");
}

/**
 * @param {Editor} editor
 * @param {State} state
 * @returns {string}
 */
function stateText({ say }, state) {
  if (state.saving === "offline") {
    return say("notSavedOffline");
  }
  return isStale(state) ? say("staleDraft") : say("draftKept");
}

/**
 * @param {State} state
 * @returns {boolean} whether somebody else has changed a zone that the draft changes too
 */
function isStale({ draft, zones }) {
  return [...draft.values()].some(({ id, base }) => base !== null && zones.get(id)?.etag !== base.etag);
}

/**
 * @param {Editor} editor
 * @param {HTMLInputElement} field
 */
function submit(editor, field) {
  const { store, say } = editor;
  const reason = field.value.trim();
  if (!reason) {
    store.set({ problem: say("reasonNeeded") });
    document.getElementById("zone-reason")?.setAttribute("aria-invalid", "true");
    document.getElementById("zone-reason")?.focus();
    return;
  }
  save(editor, reason);
}

/**
 * @param {Editor} editor
 * @param {string} reason
 */
async function save(editor, reason) {
  const { store, say } = editor;
  const { draft } = store.get();
  store.set({ saving: "saving", problem: "", faults: [] });
  try {
    const { seq, features, deleted } = await send("/api/zones/changes", { reason, changes: changesOf(draft) });
    taken(editor, draft, { seq, features, deleted });
    toast(say("saved"));
    await reload(editor);
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    refused(editor, error);
  }
}

/**
 * @param {Editor} editor
 * @param {Draft} sent
 * @param {{seq: number, features: Zone[], deleted: string[]}} answer
 */
function taken({ store }, sent, { seq, features, deleted }) {
  const { zones, chosen } = store.get();
  const left = [...zones].filter(([id]) => !deleted.includes(id));
  const kept = [...sent.values()].filter(({ isDeleted }) => !isDeleted).map(({ id }) => id);
  const at = chosen === null ? -1 : kept.indexOf(chosen);
  const is = /** @type {[string, Zone][]} */ (features.map((zone) => [zone.id, zone]));
  store.set({
    zones: new Map([...left, ...is]), seq, draft: new Map(), past: [], future: [], reason: "", saving: "idle",
    chosen: at >= 0 ? (features[at]?.id ?? null) : chosen !== null && deleted.includes(chosen) ? null : chosen,
    faults: [], preview: null, band: null, versions: null, vertex: null,
  });
}

/**
 * @param {Editor} editor
 * @param {Refusal} refusal
 */
function refused({ store, say }, refusal) {
  const { status, told } = refusal;
  if (refusal.isOffline) {
    store.set({ saving: "offline", problem: "" });
  } else if (status === CONFLICT && told.conflicts) {
    store.set({ saving: "idle", conflict: conflictOf(told.conflicts, store.get().draft), tool: "choose" });
  } else if (status === UNKNOWN_PERSON) {
    store.set({ saving: "failed", problem: say("signInAgain") });
  } else {
    const outside = told.geometry ? [{ index: 0, id: null, code: "outside_area", detail: refusal.message, geometry: told.geometry }] : [];
    store.set({ saving: "failed", problem: refusal.message, faults: told.faults ?? outside });
  }
}

/** @param {Editor} editor */
export function discard({ store, say }) {
  const { chosen, zones } = store.get();
  const before = store.get().draft;
  store.set({
    draft: new Map(), past: [...store.get().past, { draft: before, label: say("stepDiscarded") }], future: [],
    chosen: chosen !== null && zones.has(chosen) ? chosen : null,
    faults: [], problem: "", saving: "idle", tool: "choose", band: null,
  });
  toast(say("discarded"));
}
