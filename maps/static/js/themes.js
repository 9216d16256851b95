/** Each tab brings forward what it speaks of; the first one keeps what the reader chose. */

import { all } from "./dom.js";
import { setShown } from "./switches.js";
import { onTab } from "./tabs.js";

/** @typedef {import("./types.d.ts").Stage} Stage */

const OWN = "layers";
const SUBJECTS = ["uncovered", "zones", "routes", "premises", "gates", "checkpoints", "sampling_sites"];

/** @type {Record<string, string[]>} */
const THEMES = {
  coverage: ["uncovered", "sampling_sites"],
  zones: ["zones", "gates", "checkpoints"],
  sweep: ["routes", "gates"],
  reopening: ["premises"],
};

/** @param {Stage} stage */
export function wireThemes(stage) {
  const boxes = all("input[data-layer]", HTMLInputElement);
  const chosen = new Map(boxes.map((box) => [box.dataset.layer ?? "", box.checked]));
  for (const box of boxes) {
    box.addEventListener("change", () => chosen.set(box.dataset.layer ?? "", box.checked));
  }
  if (stage.data.siteLayer === "checkpoints") {
    THEMES.coverage = ["uncovered", "checkpoints"];
  }
  onTab((tab) => {
    for (const name of SUBJECTS) {
      const isOn = tab === OWN ? chosen.get(name) === true : (THEMES[tab] ?? []).includes(name);
      setShown(stage, name, isOn);
    }
  });
}
