/** Elements made of text: nothing here, or anywhere in our scripts, reads HTML. */

const SVG = "http://www.w3.org/2000/svg";

/**
 * Make an element.
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {Record<string, string>} attributes
 * @param {...(Node | string)} children strings become text
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

/**
 * Draw one of the page's symbols.
 * @param {string} name
 * @param {string} className
 * @returns {SVGSVGElement}
 */
export function symbol(name, className = "swatch") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", className);
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#sym-${name}`);
  svg.append(use);
  return svg;
}

/**
 * Every element that matches, as the class that is expected.
 * @template {Element} Kind
 * @param {string} selector
 * @param {new (...args: never[]) => Kind} kind
 * @param {ParentNode} within
 * @returns {Kind[]}
 */
export function all(selector, kind, within = document) {
  /** @type {Kind[]} */
  const found = [];
  for (const candidate of within.querySelectorAll(selector)) {
    if (candidate instanceof kind) {
      found.push(candidate);
    }
  }
  return found;
}

/**
 * @param {string | null | undefined} text
 * @returns {string} the text, or an empty one
 */
export function textOf(text) {
  return text ?? "";
}

/**
 * @param {(string | null)[] | undefined} texts
 * @param {number} position
 * @returns {string} the text at that position, or an empty one
 */
export function textAt(texts, position) {
  return texts?.[position] ?? "";
}

/**
 * Fill `{name}` in a text of the page.
 * @param {string | undefined} text
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
export function fill(text, values) {
  return (text ?? "").replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/** @returns {boolean} Whether the page is laid out for a phone. */
export function isPhone() {
  return window.matchMedia("(max-width: 760px)").matches;
}

/** @returns {boolean} Whether things may move. */
export function mayMove() {
  return !window.matchMedia("(prefers-reduced-motion: reduce)").matches;
}

/**
 * Tell something in passing.
 * @param {string} text
 */
export function toast(text) {
  const [place] = all(".toast", HTMLElement);
  if (place) {
    place.textContent = text;
    place.hidden = false;
    window.setTimeout(() => {
      place.hidden = true;
    }, 4000);
  }
}
