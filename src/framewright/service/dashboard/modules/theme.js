// Light, dark, or as the system has it: the choice is kept in this browser.
//   themeButton()     goes through the three
//   onTheme(f)        is told when colours have changed, for what is drawn and not styled

import { fill, make } from "./elements.js";
import { icon } from "./icons.js";

const KEY = "framewright-theme";
const NAMES = /** @type {const} */ (["system", "light", "dark"]);
const PICTURES = { system: "half", light: "sun", dark: "moon" };
const WORDS = { system: "as the system has it", light: "light", dark: "dark" };

/** @typedef {typeof NAMES[number]} Theme */

/** @type {Set<() => void>} */
const listeners = new Set();

/** @returns {Theme} */
const kept = () => {
  const read = localStorage.getItem(KEY);
  return NAMES.find((name) => name === read) ?? "system";
};

/** @param {Theme} theme */
const apply = (theme) => {
  if (theme === "system") delete document.documentElement.dataset["theme"];
  else document.documentElement.dataset["theme"] = theme;
  listeners.forEach((listener) => listener());
};

apply(kept());
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => apply(kept()));

/** @param {() => void} listener @returns {() => void} no longer told */
export const onTheme = (listener) => {
  listeners.add(listener);
  return () => void listeners.delete(listener);
};

export const themeButton = () => {
  const button = make("button", { type: "button", class: "button plain" });
  const show = () => {
    const theme = kept();
    fill(button, icon(PICTURES[theme]));
    button.title = `Colours: ${WORDS[theme]}`;
    button.setAttribute("aria-label", `Colours: ${WORDS[theme]}. Change`);
  };
  button.addEventListener("click", () => {
    const next = NAMES[(NAMES.indexOf(kept()) + 1) % NAMES.length] ?? "system";
    localStorage.setItem(KEY, next);
    apply(next);
    show();
  });
  show();
  return button;
};
