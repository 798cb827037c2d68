// What the author will want to know, and what was done another way.

import { fill, make } from "./elements.js";
import { icon } from "./icons.js";
import { count } from "./words.js";

/** @typedef {import("../service.d.ts").Job} Job */
/** @typedef {import("../service.d.ts").Notice} Notice */

/** @param {Notice} notice */
export const noticeItem = ({ code, message, element, address }) =>
  make(
    "li",
    null,
    make("p", null, message),
    make("p", { class: "hint" }, make("code", null, code), element === null ? null : " at ", element === null ? null : make("code", null, element), address === null ? null : ` ${address}`),
  );

export const warnings = () => {
  const list = make("ul", { class: "notices" });
  const title = make("h2", { id: "warnings-title" });
  const element = make("section", { class: "card", "aria-labelledby": "warnings-title" }, title, list);
  let shown = "";
  return {
    element,
    /** @param {Job} job */
    show: ({ warnings: warned, fallbacks, state, attempt }) => {
      const key = `${attempt} ${warned.length} ${fallbacks.length} ${state}`;
      if (key === shown) return;
      shown = key;
      const all = warned.length + fallbacks.length;
      element.hidden = all === 0 && state !== "done";
      fill(title, "Warnings", make("span", { class: "number" }, count(all)));
      if (all === 0) fill(list, make("li", { class: "fine" }, icon("done"), "None: everything went as the page asked for."));
      else
        fill(
          list,
          ...warned.map(noticeItem),
          ...fallbacks.map(({ code, message }) => make("li", null, make("p", null, message), make("p", { class: "hint" }, make("code", null, code), " done another way"))),
        );
    },
  };
};
