// The automatic choices of a render, each with its reason and the facts behind it.

import { fill, make } from "./elements.js";
import { brief, count } from "./words.js";

/** @typedef {import("../service.d.ts").Job} Job */
/** @typedef {import("../service.d.ts").Decision} Decision */

/** Subjects that people call something else. @type {Record<string, string>} */
const CALLED = { fps: "frame rate", mode: "time of the page" };

/** @param {string} name */
const called = (name) => CALLED[name] ?? name.replaceAll("_", " ");

/** @param {Decision} decision */
const one = ({ subject, choice, inputs, reason }) => {
  const known = Object.entries(inputs);
  return make(
    "li",
    null,
    make("p", { class: "choice" }, make("span", { class: "choice-subject" }, called(subject)), make("strong", null, brief(choice))),
    make("p", { class: "hint" }, reason),
    known.length === 0
      ? null
      : make("details", null, make("summary", null, "Facts"), make("dl", { class: "facts small" }, ...known.map(([name, value]) => make("div", null, make("dt", null, name.replaceAll("_", " ")), make("dd", null, brief(value)))))),
  );
};

export const choices = () => {
  const list = make("ul", { class: "choices" });
  const number = make("span", { class: "number" });
  const element = make("section", { class: "card", "aria-labelledby": "choices-title" }, make("h2", { id: "choices-title" }, "Automatic choices", number), list);
  let shown = -1;
  return {
    element,
    /** @param {Job} job */
    show: ({ decisions, attempt }) => {
      element.hidden = decisions.length === 0;
      const key = attempt * 1000 + decisions.length;
      if (key === shown) return;
      shown = key;
      number.textContent = count(decisions.length);
      fill(list, ...decisions.map(one));
    },
  };
};
