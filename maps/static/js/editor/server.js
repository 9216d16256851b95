/** Asks the service, and tells its problems in words. */

/** @typedef {import("./types.d.ts").Clash} Clash */
/** @typedef {import("./types.d.ts").Fault} Fault */
/** @typedef {{type?: string, title?: string, detail?: string, faults?: Fault[], conflicts?: Clash[], geometry?: GeoJSON.Geometry}} Told */

const JSON_TYPE = "application/json";

/** An answer that is not the one that was hoped for. */
export class Refusal extends Error {
  /**
   * @param {number} status 0 where nobody answered
   * @param {Told} told
   */
  constructor(status, told) {
    super(told.detail ?? told.title ?? String(status));
    this.status = status;
    this.told = told;
  }

  /** @returns {boolean} whether the service could not be reached */
  get isOffline() {
    return this.status === 0;
  }
}

/** @returns {string} */
function token() {
  const [meta] = document.getElementsByName("csrf-token");
  return meta instanceof HTMLMetaElement ? meta.content : "";
}

/**
 * @param {Response} response
 * @returns {Promise<Told>}
 */
async function toldBy(response) {
  try {
    return await response.json();
  } catch {
    return { title: response.statusText };
  }
}

/**
 * @param {string} path
 * @param {RequestInit} init
 * @returns {Promise<any>} the body as JSON
 */
async function call(path, init) {
  /** @type {Response} */
  let response;
  try {
    response = await fetch(path, { credentials: "same-origin", ...init });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") {
      throw error;
    }
    throw new Refusal(0, {});
  }
  if (!response.ok) {
    throw new Refusal(response.status, await toldBy(response));
  }
  return response.status === 204 ? null : response.json();
}

/** @returns {Record<string, string>} */
function always() {
  return { Accept: JSON_TYPE, "Accept-Language": document.documentElement.lang };
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>}
 */
export function ask(path, signal) {
  return call(path, { headers: always(), signal: signal ?? null });
}

/**
 * @param {string} path
 * @param {object} body
 * @param {{signal?: AbortSignal, headers?: Record<string, string>}} options
 * @returns {Promise<any>}
 */
export function send(path, body, { signal, headers = {} } = {}) {
  return call(path, {
    method: "POST",
    headers: { ...always(), "Content-Type": JSON_TYPE, "X-CSRF-Token": token(), ...headers },
    body: JSON.stringify(body),
    signal: signal ?? null,
  });
}
