// What a job says of how far it is, in one or two short lines.
//   advance(job)   how much is done: "120 of 360 frames"
//   pace(job)      how it goes on: "24 fps, 12 s left"; of an ended one, how long it took

import { count, size, some, span, speed } from "./words.js";

/** @typedef {import("../service.d.ts").Line} Line */

const STAGES = { opening: "Opening the page", rendering: "Rendering", finishing: "Finishing the file" };

/** @param {number} position */
const place = (position) => (position === 0 ? "Next in the queue" : `${some(position, "job")} before it`);

/** @param {Line} job */
export const advance = (job) => {
  const { frames, total, stage } = job.progress;
  if (job.state === "queued") return job.position === null ? "In the queue" : place(job.position);
  if (job.state === "failed") return job.error?.message ?? "It failed.";
  if (job.state === "cancelled") return total > 0 ? `Cancelled after ${count(frames)} of ${some(total, "frame")}` : "Cancelled before it began";
  if (job.state === "done") return job.output ? `${some(job.output.frames, "frame")}, ${span(job.output.seconds)}` : some(total, "frame");
  if (total === 0) return STAGES[stage ?? "opening"];
  if (stage === "finishing") return `${STAGES.finishing}, ${some(total, "frame")}`;
  return `${count(frames)} of ${some(total, "frame")}`;
};

/** @param {Line} job */
export const pace = (job) => {
  const { rate, seconds_left: left } = job.progress;
  if (job.state === "running") return [rate === null ? null : speed(rate), left === null ? null : `${span(left)} left`].filter(Boolean).join(" · ");
  if (job.seconds === null) return "";
  return [`took ${span(job.seconds)}`, job.output ? size(job.output.bytes) : null].filter(Boolean).join(" · ");
};
