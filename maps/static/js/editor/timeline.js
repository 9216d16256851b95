/** Time along the bottom: the zones as they were, as was known then, and as they are prepared. */

import { all, element, toast } from "../dom.js";
import { onTab } from "../tabs.js";
import { Refusal, ask } from "./server.js";
import { hasChanged } from "./state.js";
import { debounced, icon, when } from "./ui.js";

/** @typedef {import("./types.d.ts").Editor} Editor */
/** @typedef {import("./types.d.ts").Moment} Moment */
/** @typedef {import("./types.d.ts").State} State */

const PLAY = "M5 3l10 6-10 6z";
const PAUSE = "M5 3h3v12H5zM10.5 3h3v12h-3z";
const STEP_MS = 1400;
const FETCH_MS = 120;
const DAY = /** @type {Intl.DateTimeFormatOptions} */ ({ month: "short", day: "numeric" });

/**
 * @param {{now: string, moments: Moment[]}} told
 * @returns {Moment[]} in order, one for each instant, with the present among them
 */
function inOrder({ now, moments }) {
  const byTime = new Map(moments.map((moment) => [Date.parse(moment.at), moment]));
  byTime.set(Date.parse(now), { at: now, kind: "now", zones: [] });
  return [...byTime].sort(([one], [other]) => one - other).map(([, moment]) => moment);
}

/** The bar with its slider. */
class TimeBar {
  /** @param {Editor} editor */
  constructor(editor) {
    this.editor = editor;
    const { say } = editor;
    this.play = element("button", { type: "button", class: "icon-button", "aria-label": say("play") });
    this.play.append(icon(PLAY));
    this.label = element("output", { class: "time-label" });
    this.slider = element("input", { type: "range", min: "0", step: "1", "aria-label": say("timeline") });
    this.now = element("button", { type: "button", class: "link" }, say("now"));
    this.bar = element("div", { class: "time-bar", role: "group", "aria-label": say("timeline") }, this.play, this.label, this.slider, this.now);
    this.bar.hidden = true;
    this.timer = 0;
    this.fetchSoon = debounced(() => this.fetchThen(), FETCH_MS);
    this.play.addEventListener("click", () => (this.timer ? this.pause() : this.start()));
    this.slider.addEventListener("input", () => {
      this.pause();
      this.go(Number(this.slider.value));
    });
    this.now.addEventListener("click", () => {
      this.pause();
      this.go(this.present());
    });
    L.DomEvent.disableClickPropagation(this.bar);
  }

  /** @returns {Moment[]} */
  moments() {
    return this.editor.store.get().moments;
  }

  present() {
    return this.moments().findIndex(({ kind }) => kind === "now");
  }

  /** @param {number} position among the moments */
  go(position) {
    const moment = this.moments()[position];
    if (moment) {
      this.slider.value = String(position);
      const isNow = moment.kind === "now";
      const past = isNow ? { at: null, then: null } : { at: Date.parse(moment.at), tool: /** @type {const} */ ("choose") };
      this.editor.store.set({ ...past, vertex: null, compared: null });
      this.fetchSoon();
      this.tell(moment);
    }
  }

  /** @param {Moment} moment */
  tell({ at, kind, reason }) {
    const { say } = this.editor;
    const text = kind === "now" ? say("now") : when(at);
    const [first] = this.moments();
    this.label.textContent = kind === "now" ? when(first?.at ?? null, DAY) : text;
    const kinds = { saved: say("momentSaved"), begins: say("momentBegins"), ends: say("momentEnds"), now: "" };
    this.slider.setAttribute("aria-valuetext", [text, kinds[kind], reason ?? ""].filter(Boolean).join(", "));
    this.slider.title = [kinds[kind], reason ?? ""].filter(Boolean).join(" · ");
  }

  start() {
    const { say } = this.editor;
    const last = this.moments().length - 1;
    let position = Number(this.slider.value) >= last ? 0 : Number(this.slider.value);
    this.play.replaceChildren(icon(PAUSE));
    this.play.setAttribute("aria-label", say("pause"));
    this.go(position);
    this.timer = window.setInterval(() => {
      position += 1;
      this.go(position);
      if (position >= last) {
        this.pause();
      }
    }, STEP_MS);
  }

  pause() {
    window.clearInterval(this.timer);
    this.timer = 0;
    this.play.replaceChildren(icon(PLAY));
    this.play.setAttribute("aria-label", this.editor.say("play"));
  }

  async fetchThen() {
    const { store } = this.editor;
    const { at } = store.get();
    if (at === null) {
      return;
    }
    const moment = new Date(at).toISOString();
    // The future is what is prepared now; the past is what was known then.
    const known = at < Date.now() ? `&known_at=${encodeURIComponent(moment)}` : "";
    try {
      const then = await ask(`/api/zones?at=${encodeURIComponent(moment)}${known}`);
      if (store.get().at === at) {
        store.set({ then });
      }
    } catch (error) {
      if (!(error instanceof Refusal)) {
        throw error;
      }
      toast(error.isOffline ? this.editor.say("previewOffline") : error.message);
      this.go(this.present());
    }
  }

  /** Read the moments again; whoever looks at the past stays there. */
  async load() {
    try {
      const moments = inOrder(await ask("/api/zones/timeline"));
      const { at } = this.editor.store.get();
      this.editor.store.set({ moments });
      this.slider.max = String(moments.length - 1);
      const kept = moments.findIndex((moment) => Date.parse(moment.at) === at);
      const position = at !== null && kept >= 0 ? kept : this.present();
      this.slider.value = String(position);
      const [moment] = moments.slice(position);
      if (moment) {
        this.tell(moment);
      }
    } catch (error) {
      if (!(error instanceof Refusal)) {
        throw error;
      }
    }
  }
}

/**
 * @param {Editor} editor
 * @param {HTMLElement} place where the panel tells that it is about another time
 */
export function wireTimeline(editor, place) {
  const { store, say } = editor;
  const bar = new TimeBar(editor);
  const [section] = all(".map", HTMLElement);
  section?.append(bar.bar);
  let isZones = false;
  const show = () => {
    bar.bar.hidden = !isZones || store.get().moments.length < 2 || store.get().conflict !== null;
    section?.classList.toggle("has-time", !bar.bar.hidden);
  };
  onTab((tab) => {
    isZones = tab === "zones";
    if (!isZones && store.get().at !== null) {
      bar.pause();
      bar.go(bar.present());
    }
    show();
  });
  store.on((state, before) => {
    if (hasChanged(state, before, ["moments", "conflict"])) {
      show();
    }
    if (state.zones !== before.zones) {
      bar.load();
    }
    if (hasChanged(state, before, ["at"])) {
      const banner = element("div", { class: "note then" }, element("p", { role: "status" }, say(isFuture(state) ? "shownAhead" : "shownThen", { at: when(state.at) })));
      place.replaceChildren(...(state.at === null ? [] : [banner]));
      place.hidden = state.at === null;
      bar.bar.classList.toggle("is-then", state.at !== null);
    }
  });
}

/** @param {State} state */
function isFuture({ at }) {
  return at !== null && at > Date.now();
}
