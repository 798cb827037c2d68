// The state of a job as a picture and a word.
//   stateMark()   .element, .show(state)

import { fill, make } from "./elements.js";
import { icon } from "./icons.js";
import { STATES } from "./words.js";

/** @typedef {import("../service.d.ts").State} State */

export const stateMark = () => {
  const element = make("span", { class: "state" });
  return {
    element,
    /** @param {State} state */
    show: (state) => {
      if (element.dataset["state"] === state) return;
      element.dataset["state"] = state;
      fill(element, icon(state), STATES[state]);
    },
  };
};
