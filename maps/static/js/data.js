/** The page's data block. */

/** @typedef {import("./types.d.ts").PageData} PageData */

/**
 * Read what the server put into the page.
 * @returns {PageData}
 */
export function readPage() {
  const block = document.getElementById("page-data");
  return JSON.parse(block?.textContent ?? "{}");
}

/**
 * Find what Folium made, by its name in JavaScript.
 * @param {string} name
 * @returns {unknown}
 */
export function made(name) {
  return Reflect.get(window, name);
}
