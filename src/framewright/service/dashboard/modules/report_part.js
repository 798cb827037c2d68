// What a finished job's report adds: where the time went, which frames took longest, and how they were taken.
//   reportPart({choose})   .element, .show(job); choose(number) shows a frame

import { fill, make } from "./elements.js";
import { get } from "./service.js";
import { trouble } from "./trouble.js";
import { count, frameRate, some, span } from "./words.js";

/** @typedef {import("../service.d.ts").Job} Job */
/** @typedef {import("../service.d.ts").Report} Report */
/** @typedef {import("../service.d.ts").SlowRange} SlowRange */

/** @type {["opening" | "rendering" | "finishing", string][]} */
const PARTS = [
  ["opening", "Opening the page"],
  ["rendering", "Rendering frames"],
  ["finishing", "Finishing the file"],
];

/** @param {Report} report */
const timeSpent = ({ time, seconds }) => {
  const bar = make("div", { class: "time-bar", "aria-hidden": "true" });
  for (const [name] of PARTS) {
    const part = make("span", { class: `time-${name}` });
    part.style.setProperty("flex-grow", String(Math.max(0.001, time[name])));
    bar.append(part);
  }
  return make(
    "section",
    { class: "card", "aria-labelledby": "time-title" },
    make("h2", { id: "time-title" }, "Time spent", make("span", { class: "number" }, span(seconds))),
    bar,
    make(
      "dl",
      { class: "facts" },
      ...PARTS.map(([name, words]) => make("div", { class: `key time-${name}` }, make("dt", null, make("span", { class: "swatch", "aria-hidden": "true" }), words), make("dd", null, span(time[name])))),
      make("div", null, make("dt", null, "Encoder busy"), make("dd", null, span(time.encoder_busy))),
      make("div", null, make("dt", null, "Encoder waiting for pictures"), make("dd", null, span(time.waiting_for_pictures))),
    ),
  );
};

/** @param {Report} report @param {number} first @param {(number: number) => void} choose */
const slowest = ({ slow_ranges: ranges }, first, choose) => {
  if (ranges.length === 0) return null;
  const each = (/** @type {SlowRange} */ { start, stop, seconds }) => seconds / (stop - start);
  const longest = Math.max(...ranges.map(each));
  return make(
    "section",
    { class: "card", "aria-labelledby": "slow-title" },
    make("h2", { id: "slow-title" }, "Slowest ranges"),
    make(
      "ol",
      { class: "slow" },
      ...ranges.map((range) =>
        make(
          "li",
          null,
          make("button", { type: "button", class: "link", on: { click: () => choose(range.start - first) } }, `Frames ${count(range.start)}–${count(range.stop - 1)}`),
          make("meter", { min: 0, max: longest, value: each(range), "aria-hidden": "true" }),
          make("span", null, `${each(range) < 1 ? `${Math.round(each(range) * 1000)} ms` : span(each(range))} a frame`),
        ),
      ),
    ),
  );
};

/** @param {Report} report */
const how = ({ capture, mode, workers, chunks, unchanged, frames, output }) => {
  const rows = [
    ["Encoded as", `${output.codec}, ${output.pixel_format}, ${frameRate(output.fps)}`],
    ["Sound", output.sound ? `${output.sound.codec}, ${count(output.sound.rate)} Hz, ${some(output.sound.channels, "channel")}` : "none"],
    ["Pictures", capture === "stream" ? "raw frames from the browser" : `by ${capture}`],
    ["Time of the page", mode === "run" ? "run through from frame 0" : "set for each frame"],
    ["Browsers", `${count(workers)}, ${some(chunks, "chunk")}`],
    ["Proven unchanged", `${count(unchanged)} of ${some(frames, "frame")}`],
  ];
  return make(
    "section",
    { class: "card", "aria-labelledby": "how-title" },
    make("h2", { id: "how-title" }, "How it was made"),
    make("dl", { class: "facts" }, ...rows.map(([name, value]) => make("div", null, make("dt", null, name), make("dd", null, value)))),
  );
};

/** @param {{ choose: (frame: number) => void }} page */
export const reportPart = ({ choose }) => {
  const element = make("div", { class: "job-columns three" });
  let shown = 0;
  return {
    element,
    /** @param {Job} job */
    show: async (job) => {
      element.hidden = job.state !== "done" || job.links.report === null;
      if (element.hidden || job.links.report === null || shown === job.attempt) return;
      shown = job.attempt;
      try {
        const report = /** @type {Report} */ (await get(job.links.report));
        fill(element, timeSpent(report), slowest(report, job.plan?.first_frame ?? 0, choose), how(report));
      } catch (error) {
        shown = 0;
        fill(element, trouble(error));
      }
    },
  };
};
