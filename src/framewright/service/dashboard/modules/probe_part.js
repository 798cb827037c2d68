// What a render would be, as a probe tells it.
//   probePart()   .element, .show(probe), .busy(), .clear()

import { fill, make } from "./elements.js";
import { icon } from "./icons.js";
import { noticeItem } from "./warnings.js";
import { count, frameRate, some, span } from "./words.js";

/** @typedef {import("../service.d.ts").Probe} Probe */

/** @param {Probe} probe @returns {[string, string][]} */
const rows = ({ output_width, output_height, fps, seconds, frames, start_frame, end_frame, mode }) => [
  ["Picture", `${count(output_width)} × ${count(output_height)}`],
  ["Rate", frameRate(fps)],
  ["Length", span(seconds)],
  ["Frames", end_frame - start_frame === frames ? count(frames) : `${count(end_frame - start_frame)} of ${count(frames)}, from ${count(start_frame)} on`],
  ["Time of the page", mode === "run" ? "run through from frame 0" : "set for each frame"],
];

export const probePart = () => {
  const element = make("section", { class: "card probe", "aria-label": "What it would be", "aria-live": "polite" });
  const clear = () =>
    fill(element, make("div", { class: "probe-empty" }, icon("search"), make("p", null, "Probe opens the page and tells its size, length, warnings and variables, without rendering it.")));
  clear();
  return {
    element,
    clear,
    busy: () => fill(element, make("p", { class: "loading" }, "Opening the page…")),
    /** @param {Probe} probe */
    show: (probe) => {
      const { notices } = probe;
      fill(
        element,
        make("h2", null, probe.description.title || "What it would be"),
        make("div", { class: "shape", "aria-hidden": "true" }, shape(probe)),
        make("dl", { class: "facts" }, ...rows(probe).map(([name, value]) => make("div", null, make("dt", null, name), make("dd", null, value)))),
        notices.length === 0
          ? make("p", { class: "fine" }, icon("done"), "No warnings")
          : make("div", null, make("h3", null, some(notices.length, "warning")), make("ul", { class: "notices" }, ...notices.map(noticeItem))),
      );
    },
  };
};

/** The picture's shape, so that a portrait is seen to be one. @param {Probe} probe */
const shape = ({ width, height, output_width, output_height }) => {
  const scale = Math.min(150 / width, 90 / height);
  const w = Math.max(8, width * scale);
  const h = Math.max(8, height * scale);
  return make("svg", { viewBox: "0 0 160 100", width: 160, height: 100 }, make("rect", { x: 80 - w / 2, y: 50 - h / 2, width: w, height: h, rx: 4 }), make("text", { x: 80, y: 54, "text-anchor": "middle" }, `${output_width} × ${output_height}`));
};
