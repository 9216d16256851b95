/** A line that may move a little: the boundary that needs the fewest posts, offered as a draft. */

import { element, toast } from "../dom.js";
import { shapesOf, withShapes } from "./draft.js";
import { send } from "./server.js";
import { commit } from "./state.js";
import { button, labelled } from "./ui.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").State} State */

const BANDS_M = [10, 20, 30, 50];
const USUAL_M = 20;

/**
 * @param {Editor} editor
 * @param {State} state
 * @returns {HTMLElement}
 */
export function bandForm(editor, { band, chosen }) {
  const { say } = editor;
  const own = band?.zone === chosen ? band : null;
  const select = element("select", { "data-focus": "band" });
  for (const metres of BANDS_M) {
    const option = element("option", { value: String(metres) }, say("plusMinus", { metres }));
    option.selected = metres === (own?.band_m ?? USUAL_M);
    select.append(option);
  }
  const look = () => seek(editor, Number(select.value));
  return element(
    "div",
    { class: "band" },
    labelled(say("bandLabel"), select),
    button(say("seeDraft"), look, { key: "band-seek", isDisabled: own?.isLoading === true }),
    ...(own ? found(editor, own) : []),
  );
}

/**
 * @param {Editor} editor
 * @param {import("./types.d.ts").Band} band
 * @returns {HTMLElement[]}
 */
function found(editor, { problem, geometry, posts }) {
  const { say, store } = editor;
  if (problem || !geometry) {
    return problem ? [element("p", { class: "problem" }, problem)] : [];
  }
  const use = button(say("useIt"), () => useBand(editor), { kind: "button small", key: "band-use" });
  const leave = button(say("leaveIt"), () => store.set({ band: null }), { kind: "button quiet-button small", key: "band-leave" });
  return [element("p", {}, say("bandResult", { count: posts ?? 0 })), element("p", { class: "buttons" }, use, leave)];
}

/**
 * @param {Editor} editor
 * @param {number} band_m
 */
async function seek({ store, say }, band_m) {
  const { chosen } = store.get();
  if (chosen === null) {
    return;
  }
  const asked = { zone: chosen, band_m, isLoading: true, geometry: null, posts: null, places: [], problem: "" };
  store.set({ band: asked });
  const found = await bandOf(store.get(), band_m, say);
  if (store.get().band === asked) {
    store.set({ band: { ...asked, isLoading: false, ...found } });
  }
}

/**
 * @param {State} state
 * @param {number} band_m
 * @param {Editor["say"]} say
 */
async function bandOf(state, band_m, say) {
  try {
    const geometry = shapesOf(state).get(state.chosen ?? "");
    const answer = await send("/api/zones/shapes", { op: "band", geometry, band_m });
    const [found] = answer.geometries;
    const told = { geometry: found, posts: answer.draft?.properties.fewest_posts ?? null, places: answer.draft_posts ?? [] };
    return found ? told : { problem: say("bandNothing") };
  } catch (error) {
    return { problem: error instanceof Error ? error.message : say("shapesFailed") };
  }
}

/** @param {Editor} editor */
function useBand({ store, say }) {
  const state = store.get();
  if (state.band?.geometry) {
    commit(store, withShapes(state, new Map([[state.band.zone, state.band.geometry]])), say("stepBand"), { band: null });
    toast(say("stepBand"));
  }
}
