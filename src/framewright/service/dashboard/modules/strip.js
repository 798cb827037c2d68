// All frames of a job in one strip, by state. States differ in height and pattern too, not in colour alone; readers hear how
// many frames are in each.
//   strip({choose})   .element, .show(job), .leave(); choose(number) is told of the frame that was clicked in a finished job

import { make, write } from "./elements.js";
import { FRAME_STATES, frameStates, summary, tally } from "./frame_states.js";
import { onTheme } from "./theme.js";
import { count, some } from "./words.js";

/** @typedef {import("../service.d.ts").Job} Job */
/** @typedef {import("./frame_states.js").Run} Run */
/** @typedef {import("./frame_states.js").FrameState} FrameState */

const WORDS = { done: "Done", reused: "Reused", rendering: "Rendering", waiting: "Waiting", failed: "Failed" };
const HEIGHTS = { done: 1, reused: 1, rendering: 0.72, waiting: 0.36, failed: 1 };
const STRIPED = new Set(["reused", "failed", "rendering"]);
const STRIPE = 5;

/** @param {CanvasRenderingContext2D} context @param {number} left @param {number} top @param {number} width @param {number} height */
const stripe = (context, left, top, width, height) => {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.beginPath();
  for (let x = Math.floor((left - height) / STRIPE) * STRIPE; x < left + width; x += STRIPE) {
    context.moveTo(x, top + height);
    context.lineTo(x + height, top);
  }
  context.stroke();
  context.restore();
};

/** @param {{ choose: (frame: number) => void }} page */
export const strip = ({ choose }) => {
  const canvas = make("canvas", { class: "strip-canvas", role: "img" });
  const frame = make("div", { class: "strip-frame" }, canvas);
  const begin = make("span");
  const end = make("span");
  const readout = make("p", { class: "readout", "aria-hidden": "true" });
  const numbers = new Map(FRAME_STATES.map((state) => [state, make("span", { class: "number" })]));
  const keys = new Map(FRAME_STATES.map((state) => [state, make("li", { class: `key key-${state}` }, make("span", { class: "swatch", "aria-hidden": "true" }), WORDS[state], numbers.get(state))]));
  const element = make(
    "section",
    { class: "card", "aria-labelledby": "strip-title" },
    make("div", { class: "card-head" }, make("h2", { id: "strip-title" }, "Frames"), make("ul", { class: "legend", "aria-label": "Frames by state" }, ...keys.values())),
    frame,
    make("div", { class: "strip-ends", "aria-hidden": "true" }, begin, readout, end),
  );
  /** @type {Run[]} */
  let runs = [];
  /** @type {Job | null} */
  let job = null;
  let first = 0;
  let total = 1;

  const draw = () => {
    const width = frame.clientWidth;
    const height = frame.clientHeight;
    const context = canvas.getContext("2d");
    if (!context || width === 0) return;
    const sharp = devicePixelRatio;
    canvas.width = Math.round(width * sharp);
    canvas.height = Math.round(height * sharp);
    context.scale(sharp, sharp);
    const style = getComputedStyle(canvas);
    context.strokeStyle = style.getPropertyValue("--frame-stripe");
    context.lineWidth = 1.25;
    const each = width / total;
    // Hundreds of chunks are drawn without seams: they would hide the frames.
    const seam = runs.length < width / 6 ? 1 : 0;
    for (const { start, stop, state } of runs) {
      const left = (start - first) * each;
      const wide = Math.max(0.5, (stop - start) * each - seam);
      const tall = height * HEIGHTS[state];
      context.fillStyle = style.getPropertyValue(`--frame-${state}`);
      context.fillRect(left, height - tall, wide, tall);
      if (STRIPED.has(state)) stripe(context, left, height - tall, wide, tall);
    }
  };

  /** @param {PointerEvent | MouseEvent} event */
  const under = (event) => {
    const { left, width } = canvas.getBoundingClientRect();
    return Math.min(first + total - 1, Math.max(first, first + Math.floor(((event.clientX - left) / width) * total)));
  };

  canvas.addEventListener("pointermove", (event) => {
    const at = under(event);
    const run = runs.find(({ start, stop }) => at >= start && at < stop);
    if (!run) return;
    const chunk = run.chunk ? ` · chunk ${run.chunk.chunk}${run.chunk.worker ? ` · ${run.chunk.worker}` : ""}` : "";
    write(readout, `Frame ${count(at)} · ${WORDS[run.state].toLowerCase()}${chunk}`);
  });
  canvas.addEventListener("pointerleave", () => write(readout, ""));
  canvas.addEventListener("click", (event) => choose(under(event) - first));

  const sized = new ResizeObserver(draw);
  sized.observe(frame);
  const leaveTheme = onTheme(draw);

  return {
    element,
    leave: () => {
      sized.disconnect();
      leaveTheme();
    },
    /** @param {Job} now */
    show: (now) => {
      job = now;
      runs = frameStates(now);
      element.hidden = runs.length === 0;
      if (runs.length === 0) return;
      first = runs[0]?.start ?? 0;
      total = Math.max(1, (runs.at(-1)?.stop ?? 1) - first);
      const counts = tally(runs);
      canvas.setAttribute("aria-label", `${some(total, "frame")}: ${summary(counts)}`);
      canvas.classList.toggle("can-choose", job.state === "done");
      write(begin, count(first));
      write(end, count(first + total - 1));
      for (const [state, number] of numbers) {
        const of = counts.get(state) ?? 0;
        write(number, count(of));
        /** @type {HTMLElement} */ (keys.get(state)).hidden = of === 0;
      }
      draw();
    },
  };
};
