/** What others save appears here without a reload; whether that works is told in the header. */

import { all, element, toast } from "../dom.js";
import { reload } from "./saving.js";
import { Refusal } from "./server.js";
import { debounced } from "./ui.js";

/** @typedef {import("./types.d.ts").Editor} Editor */

const GATHER_MS = 60;
const AGAIN_MS = 3000;
const GROUND = ["checkpoints", "gates", "barriers", "streets", "buildings"];

/**
 * @param {Editor} editor
 * @param {() => void} previewAgain
 */
export function wireLive(editor, previewAgain) {
  const { store, say } = editor;
  const pill = element("p", { class: "pill bar-live", role: "status" });
  const [language] = all(".bar-language", HTMLElement);
  language?.before(pill);
  const tell = () => {
    const { live } = store.get();
    pill.dataset.live = live;
    pill.textContent = say({ live: "live", offline: "offline", connecting: "connecting" }[live]);
  };
  store.on((state, before) => {
    if (state.live !== before.live) {
      tell();
    }
  });
  tell();
  listen(editor, previewAgain);
}

/**
 * @param {Editor} editor
 * @param {() => void} previewAgain
 */
function listen(editor, previewAgain) {
  const { store } = editor;
  const catchUp = debounced(() => refresh(editor), GATHER_MS);
  const connect = () => {
    const events = new EventSource(`/api/events?since=${store.get().seq}`);
    events.addEventListener("open", () => {
      // What was missed while nobody listened may be more than the service replays.
      if (store.get().live === "offline") {
        catchUp();
      }
      store.set({ live: "live" });
    });
    events.addEventListener("change", (event) => {
      const { layer } = JSON.parse(event.data);
      if (layer === "zones") {
        catchUp();
      } else if (GROUND.includes(layer)) {
        previewAgain();
      }
    });
    events.addEventListener("state", catchUp);
    events.addEventListener("error", () => {
      store.set({ live: "offline" });
      if (events.readyState === EventSource.CLOSED) {
        window.setTimeout(connect, AGAIN_MS);
      }
    });
    window.addEventListener("pagehide", () => events.close(), { once: true });
  };
  connect();
}

/** @param {Editor} editor */
async function refresh(editor) {
  const { store, say } = editor;
  const before = store.get();
  try {
    await reload(editor);
  } catch (error) {
    if (!(error instanceof Refusal)) {
      throw error;
    }
    return;
  }
  const { draft, zones } = store.get();
  const touched = [...draft.values()].filter(
    ({ id, base }) => base !== null && before.zones.get(id)?.etag === base.etag && zones.get(id)?.etag !== base.etag,
  );
  if (touched.length > 0) {
    toast(say("othersChanged", { name: touched.map(({ id, values }) => values.name || id).join(say("comma")) }));
  }
}
