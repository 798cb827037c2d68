// What became of each frame, from the chunks of a job: runs of frames of one state, in order.
//   frameStates(job)    [{start, stop, state, chunk}]
//   tally(runs)         how many frames are in each state
//   summary(counts)     the same in words

import { count } from "./words.js";

/** @typedef {import("../service.d.ts").Job} Job */
/** @typedef {import("../service.d.ts").Chunk} Chunk */
/** @typedef {"waiting" | "rendering" | "done" | "reused" | "failed"} FrameState */
/** @typedef {{ start: number, stop: number, state: FrameState, chunk: Chunk | null }} Run */

/** @type {FrameState[]} */
export const FRAME_STATES = ["done", "reused", "rendering", "waiting", "failed"];

/** @param {Chunk} chunk @returns {Run[]} */
const runs = (chunk) => {
  const { start, stop } = chunk;
  // Of a chunk that is not over, the first frames are there.
  const reached = Math.min(stop, start + chunk.frames);
  switch (chunk.state) {
    case "done":
    case "reused":
      return [{ start, stop, state: chunk.state, chunk }];
    case "failed":
      return [{ start, stop: reached, state: "done", chunk }, { start: reached, stop, state: "failed", chunk }];
    case "running":
      return [{ start, stop: reached, state: "done", chunk }, { start: reached, stop, state: "rendering", chunk }];
    default:
      return [{ start, stop: reached, state: "done", chunk }, { start: reached, stop, state: "waiting", chunk }];
  }
};

/** @param {Job} job @returns {Run[]} */
export const frameStates = ({ chunks, plan, state }) => {
  const known = chunks.flatMap(runs).filter(({ start, stop }) => stop > start).sort((one, other) => one.start - other.start);
  if (!plan) return known;
  // What no chunk tells of waits for one; of a finished job, it is there.
  const untold = state === "done" ? "done" : "waiting";
  /** @type {Run[]} */
  const all = [];
  let reached = plan.first_frame;
  for (const run of known) {
    if (run.start > reached) all.push({ start: reached, stop: run.start, state: untold, chunk: null });
    all.push(run);
    reached = Math.max(reached, run.stop);
  }
  const end = plan.first_frame + plan.frames;
  if (reached < end) all.push({ start: reached, stop: end, state: untold, chunk: null });
  return all;
};

/** @param {Run[]} all @returns {Map<FrameState, number>} */
export const tally = (all) => {
  const counts = new Map(FRAME_STATES.map((state) => [state, 0]));
  for (const { start, stop, state } of all) counts.set(state, (counts.get(state) ?? 0) + stop - start);
  return counts;
};

/** @param {Map<FrameState, number>} counts */
export const summary = (counts) =>
  FRAME_STATES.filter((state) => (counts.get(state) ?? 0) > 0)
    .map((state) => `${count(counts.get(state) ?? 0)} ${state}`)
    .join(", ");
