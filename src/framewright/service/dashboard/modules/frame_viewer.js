// Any single frame of a finished video. One picture is on its way at a time; of those asked for meanwhile the last one counts.
//   frameViewer(job)   .element, .go(number), .use(job) for links that are newer

import { make, write } from "./elements.js";
import { frameAddress } from "./frame_addresses.js";
import { icon } from "./icons.js";
import { count, timeCode } from "./words.js";

/** @typedef {import("../service.d.ts").Job} Job */

/** @param {Job} job */
export const frameViewer = (job) => {
  let { links } = job;
  const first = job.plan?.first_frame ?? 0;
  const last = Math.max(0, (job.output?.frames ?? 1) - 1);
  const fps = job.plan?.fps ?? "30";
  const image = make("img", { class: "shot", alt: "" });
  const slider = make("input", { type: "range", min: 0, max: last, value: 0, step: 1, "aria-label": "Frame" });
  const words = make("output", { class: "frame-words" });
  const number = () => Number(slider.value);
  let loading = -1;
  let shown = -1;

  const load = () => {
    const wanted = number();
    if (loading >= 0 || wanted === shown) return;
    const address = frameAddress(links, wanted);
    if (address === null) return;
    loading = wanted;
    const next = new Image();
    const settled = (/** @type {boolean} */ good) => {
      shown = loading;
      loading = -1;
      if (good) {
        image.src = next.src;
        image.alt = `Frame ${first + shown} of ${job.name}`;
      }
      load();
    };
    next.addEventListener("load", () => settled(true));
    next.addEventListener("error", () => settled(false));
    next.src = address;
  };

  const moved = () => {
    const text = `Frame ${count(first + number())} of ${count(first)}–${count(first + last)}, ${timeCode(first + number(), fps)}`;
    write(words, text);
    slider.setAttribute("aria-valuetext", text);
    back.disabled = number() === 0;
    forth.disabled = number() === last;
    load();
  };

  /** @param {number} to */
  const go = (to) => {
    slider.value = String(Math.min(last, Math.max(0, to)));
    moved();
  };

  const back = make("button", { type: "button", class: "button plain", "aria-label": "Frame before", on: { click: () => go(number() - 1) } }, icon("back"));
  const forth = make("button", { type: "button", class: "button plain", "aria-label": "Next frame", on: { click: () => go(number() + 1) } }, icon("forth"));
  slider.addEventListener("input", moved);

  return {
    element: make("div", { class: "viewer" }, image, make("div", { class: "scrub" }, back, slider, forth), words),
    go,
    /** @param {Job} now */
    use: (now) => {
      links = now.links;
    },
  };
};
