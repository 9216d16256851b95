/** Tabs, kept in the address so that a link leads to the same one. */

import { all } from "./dom.js";

/** @type {((name: string) => void)[]} */
const listeners = [];

/**
 * Be told when a tab opens.
 * @param {(name: string) => void} listener
 */
export function onTab(listener) {
  listeners.push(listener);
}

/**
 * @param {string} name
 * @param {boolean} isFocused
 */
function open(name, isFocused = false) {
  for (const tab of all("[role=tab]", HTMLElement)) {
    const isOpen = tab.dataset.tab === name;
    tab.setAttribute("aria-selected", String(isOpen));
    tab.tabIndex = isOpen ? 0 : -1;
    const panel = document.getElementById(`panel-${tab.dataset.tab}`);
    if (panel) {
      panel.hidden = !isOpen;
    }
    if (isOpen && isFocused) {
      tab.focus();
    }
  }
  document.getElementById("tab-panels")?.scrollTo(0, 0);
  for (const listener of listeners) {
    listener(name);
  }
}

/**
 * Keep the tab when the language, the area or a setting changes.
 * @param {string} name
 */
function remember(name) {
  window.history.replaceState(null, "", `#${name}`);
  keepHash();
}

function keepHash() {
  for (const link of all("a[data-keep-hash]", HTMLAnchorElement)) {
    link.hash = window.location.hash;
  }
  for (const form of all("form[data-keep-hash], form[data-autosubmit]", HTMLFormElement)) {
    form.action = `${window.location.pathname}${window.location.hash}`;
  }
}

/** Make the tabs work by mouse, by keyboard and by address. */
export function wireTabs() {
  const tabs = all("[role=tab]", HTMLElement);
  const names = tabs.map((tab) => tab.dataset.tab ?? "");
  const go = (/** @type {number} */ position) => {
    const name = names[(position + names.length) % names.length] ?? "";
    open(name, true);
    remember(name);
  };
  tabs.forEach((tab, position) => {
    /** @type {Record<string, number>} */
    const steps = { ArrowRight: position + 1, ArrowLeft: position - 1, Home: 0, End: -1 };
    tab.addEventListener("click", () => go(position));
    tab.addEventListener("keydown", (event) => {
      const target = steps[event.key];
      if (target !== undefined) {
        event.preventDefault();
        go(target);
      }
    });
  });
  const fromAddress = () => {
    const name = window.location.hash.slice(1);
    if (names.includes(name)) {
      open(name);
    }
    keepHash();
  };
  window.addEventListener("hashchange", fromAddress);
  fromAddress();
}
