/** Small pieces of the panel, and a way to draw it anew without losing the focus. */

import { element, symbol } from "../dom.js";

const SVG = "http://www.w3.org/2000/svg";
const THIN_SPACE = "\u202f";

/**
 * @param {string} label
 * @param {() => void} act
 * @param {{kind?: string, key?: string, isDisabled?: boolean, isPressed?: boolean}} options
 * @returns {HTMLButtonElement}
 */
export function button(label, act, { kind = "button quiet-button", key = label, isDisabled, isPressed } = {}) {
  const made = element("button", { type: "button", class: kind, "data-focus": key }, label);
  made.disabled = isDisabled === true;
  if (isPressed !== undefined) {
    made.setAttribute("aria-pressed", String(isPressed));
  }
  made.addEventListener("click", act);
  return made;
}

/**
 * @param {string} name
 * @param {string} [className]
 * @returns {SVGSVGElement}
 */
export function mark(name, className = "swatch") {
  return symbol(name, className);
}

/**
 * @param {string} path in a square of 18
 * @returns {SVGSVGElement}
 */
export function icon(path) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 18 18");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

/**
 * @param {string} title
 * @param {string} aside
 * @returns {HTMLElement}
 */
export function heading(title, aside = "") {
  const line = element("div", { class: "block-head" }, element("h3", {}, title));
  if (aside) {
    line.append(element("small", { class: "quiet" }, aside));
  }
  return line;
}

/**
 * A box that opens, and stays as the reader left it when it is drawn anew.
 * @param {HTMLElement} place where it stood before
 * @param {string} key
 * @param {string} title
 * @param {() => (Node | string)[]} content made when it is open
 * @param {boolean} isOpen at first
 * @returns {HTMLDetailsElement}
 */
export function fold(place, key, title, content, isOpen = false) {
  const before = place.querySelector(`details[data-fold="${key}"]`);
  const made = element("details", { class: "fold", "data-fold": key });
  made.open = before instanceof HTMLDetailsElement ? before.open : isOpen;
  made.append(element("summary", { "data-focus": key }, title));
  const fillIn = () => {
    if (made.open && made.children.length === 1) {
      made.append(...content());
    }
  };
  made.addEventListener("toggle", fillIn);
  fillIn();
  return made;
}

/**
 * Draw a part of the panel anew; whoever had the focus has it again.
 * @param {HTMLElement} place
 * @param {...(Node | string)} nodes
 */
export function redraw(place, ...nodes) {
  const active = document.activeElement;
  const key = active instanceof HTMLElement && place.contains(active) ? active.dataset.focus : undefined;
  place.replaceChildren(...nodes);
  place.hidden = nodes.length === 0;
  if (key !== undefined) {
    const again = [...place.querySelectorAll("[data-focus]")].find(
      (one) => one instanceof HTMLElement && one.dataset.focus === key,
    );
    if (again instanceof HTMLElement) {
      again.focus({ preventScroll: true });
    }
  }
}

/**
 * @param {string} label
 * @param {HTMLElement} field
 * @param {string} className
 * @returns {HTMLLabelElement}
 */
export function labelled(label, field, className = "") {
  return element("label", { class: `field ${className}`.trim() }, element("span", {}, label), field);
}

/**
 * @param {number} count
 * @returns {string}
 */
export function number(count) {
  return Math.round(count).toString().replace(/\B(?=(\d{3})+$)/g, THIN_SPACE);
}

/**
 * @param {number} change
 * @returns {string} with its sign
 */
export function signed(change) {
  const sign = change > 0 ? "+" : change < 0 ? "−" : "";
  return `${sign}${number(Math.abs(change))}`;
}

/**
 * @param {string | number | null} at
 * @param {Intl.DateTimeFormatOptions} options
 * @returns {string} in the reader's own time
 */
export function when(at, options = { month: "short", day: "numeric", hour: "2-digit", minute: "2-digit" }) {
  if (at === null) {
    return "";
  }
  const day = new Date(at);
  const isThisYear = day.getFullYear() === new Date().getFullYear();
  const year = /** @type {Intl.DateTimeFormatOptions} */ (isThisYear ? {} : { year: "numeric" });
  return new Intl.DateTimeFormat(document.documentElement.lang, { ...year, hour12: false, ...options }).format(day);
}

/**
 * @param {string | null} at
 * @returns {string} as a field of day and time takes it
 */
export function toField(at) {
  if (!at) {
    return "";
  }
  const day = new Date(at);
  return new Date(day.getTime() - day.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/**
 * @param {string} text
 * @returns {string | null} in UTC
 */
export function fromField(text) {
  return text ? `${new Date(text).toISOString().slice(0, 19)}Z` : null;
}

/**
 * @param {() => void} action
 * @param {number} wait_ms
 * @returns {() => void}
 */
export function debounced(action, wait_ms) {
  let waiting = 0;
  return () => {
    window.clearTimeout(waiting);
    waiting = window.setTimeout(action, wait_ms);
  };
}
