/** On a phone the panel is a sheet: dragged by its grip, or stepped through by keyboard. */

import { all, isPhone } from "./dom.js";

const GRIP_AND_TABS_PX = 82;
const STEPS = [0, 0.46, 0.86];

/** @type {(() => void)[]} */
const listeners = [];

/**
 * Be told when the sheet has come to rest.
 * @param {() => void} listener
 */
export function onSheet(listener) {
  listeners.push(listener);
}

/** @returns {number} how much of the map the sheet hides, in pixels */
export function hiddenBySheet() {
  const [panel] = all(".panel", HTMLElement);
  return panel && isPhone() ? Math.min(panel.offsetHeight, window.innerHeight * 0.6) : 0;
}

/**
 * @param {HTMLElement} panel
 * @param {number} height_px
 */
function setHeight(panel, height_px) {
  const most = (panel.parentElement?.clientHeight ?? window.innerHeight) - 12;
  const height = Math.max(GRIP_AND_TABS_PX, Math.min(height_px, most));
  document.documentElement.style.setProperty("--sheet-height", `${height}px`);
  document.documentElement.style.setProperty("--sheet-cover", `${height}px`);
}

/**
 * @param {number} step
 * @returns {number}
 */
function heightOf(step) {
  const room = document.querySelector(".stage")?.clientHeight ?? window.innerHeight;
  return Math.max(GRIP_AND_TABS_PX, (STEPS[step] ?? 0) * room);
}

/** Make the grip work. */
export function wireSheet() {
  const [panel] = all(".panel", HTMLElement);
  const [grip] = all(".grip", HTMLElement);
  if (!panel || !grip) {
    return;
  }
  let step = 1;
  const rest = (/** @type {number} */ wanted) => {
    step = (wanted + STEPS.length) % STEPS.length;
    setHeight(panel, heightOf(step));
    grip.setAttribute("aria-expanded", String(step > 0));
    listeners.forEach((listener) => listener());
  };
  /** @type {{y: number, height: number, moved: boolean} | null} */
  let drag = null;
  grip.addEventListener("pointerdown", (event) => {
    drag = { y: event.clientY, height: panel.offsetHeight, moved: false };
    grip.setPointerCapture(event.pointerId);
    panel.classList.add("is-dragged");
  });
  grip.addEventListener("pointermove", (event) => {
    if (drag) {
      drag.moved ||= Math.abs(event.clientY - drag.y) > 4;
      setHeight(panel, drag.height + drag.y - event.clientY);
    }
  });
  const drop = () => {
    panel.classList.remove("is-dragged");
    if (drag?.moved) {
      const height = panel.offsetHeight;
      const near = STEPS.map((_, at) => Math.abs(heightOf(at) - height));
      rest(near.indexOf(Math.min(...near)));
    }
  };
  grip.addEventListener("pointerup", drop);
  grip.addEventListener("pointercancel", drop);
  grip.addEventListener("click", () => {
    if (!drag?.moved) {
      rest(step + 1);
    }
    drag = null;
  });
  for (const tab of all("[role=tab]", HTMLElement)) {
    tab.addEventListener("click", () => {
      if (isPhone() && step === 0) {
        rest(1);
      }
    });
  }
}

/** Make room for the map: a sheet that covers it all comes down to its middle. */
export function makeRoom() {
  const [panel] = all(".panel", HTMLElement);
  if (panel && isPhone() && panel.offsetHeight > heightOf(1)) {
    setHeight(panel, heightOf(1));
  }
}
