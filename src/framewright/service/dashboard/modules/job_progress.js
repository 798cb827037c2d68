// How far a job is: its stage, a bar, frames, speed and what is left.

import { make, write } from "./elements.js";
import { advance, pace } from "./progress_words.js";
import { percent } from "./words.js";

/** @typedef {import("../service.d.ts").Job} Job */

const STAGES = /** @type {const} */ (["opening", "rendering", "finishing"]);
const WORDS = { opening: "Open the page", rendering: "Render frames", finishing: "Finish the file" };

export const jobProgress = () => {
  const bar = make("progress", { max: 1, value: 0, "aria-label": "Progress of the whole job" });
  const percentage = make("span", { class: "percent" });
  const advanced = make("span", { class: "row-advance" });
  const paced = make("span", { class: "row-pace" });
  const sound = make("span", { class: "hint" });
  const steps = new Map(STAGES.map((stage) => [stage, make("li", null, WORDS[stage])]));
  const element = make(
    "div",
    { class: "job-progress" },
    make("ol", { class: "steps", "aria-label": "Stages" }, ...steps.values()),
    make("div", { class: "bar-line" }, bar, percentage),
    make("p", { class: "row-words" }, advanced, paced),
    sound,
  );
  return {
    element,
    /** @param {Job} job */
    show: (job) => {
      element.hidden = job.state === "done" || job.state === "failed";
      element.dataset["state"] = job.state;
      bar.value = job.progress.fraction;
      write(percentage, percent(job.progress.fraction));
      write(advanced, advance(job));
      write(paced, pace(job));
      write(sound, job.state === "running" && job.sound !== null && job.sound < 1 ? `Sound: ${percent(job.sound)} mixed` : "");
      const at = job.progress.stage === null ? -1 : STAGES.indexOf(job.progress.stage);
      for (const [stage, step] of steps) {
        const place = STAGES.indexOf(stage);
        step.dataset["step"] = place < at ? "past" : place === at ? "now" : "later";
        if (place === at) step.setAttribute("aria-current", "step");
        else step.removeAttribute("aria-current");
      }
    },
  };
};
