// The page of one job: what it is, how far, and what became of it.

import { say } from "./announcer.js";
import { choices } from "./choices.js";
import { deliveries } from "./deliveries.js";
import { fill, make } from "./elements.js";
import { errorBox } from "./error_box.js";
import { facts } from "./facts.js";
import { jobHead } from "./job_head.js";
import { jobProgress } from "./job_progress.js";
import { logTail } from "./log_tail.js";
import { picture } from "./picture.js";
import { repeat } from "./repeat.js";
import { reportPart } from "./report_part.js";
import { requestBox } from "./request_box.js";
import { get } from "./service.js";
import { follow } from "./stream.js";
import { strip } from "./strip.js";
import { againButton, isLocked, trouble } from "./trouble.js";
import { warnings } from "./warnings.js";
import { waterfall } from "./waterfall.js";
import { percent } from "./words.js";

/** @typedef {import("../service.d.ts").Job} Job */
/** @typedef {import("../service.d.ts").Told} Told */
/** @typedef {import("../service.d.ts").View} View */

/** Of what events tell, only progress is shown as it comes; the rest is asked for anew, at most so often. */
const PAUSE = 1000;
/** Tickets in links go out of date; and somebody else may retry a job that has ended. */
const PAUSE_OVER = 60_000;
const PAUSE_IN_TROUBLE = 5000;

const TURNS = {
  queued: "waits for its turn",
  running: "is being rendered",
  done: "is done",
  failed: "has failed",
  cancelled: "was cancelled",
};

/** @param {Job} job */
const isOver = (job) => job.state === "done" || job.state === "failed" || job.state === "cancelled";

/** @param {string} id @returns {View} */
export const jobView = (id) => {
  const path = `/v1/renders/${encodeURIComponent(id)}`;
  const control = new AbortController();
  /** @type {Job | null} */
  let job = null;
  let stale = true;
  let following = false;

  const changed = () => {
    stale = true;
    asking.now();
  };
  const seen = picture();
  const head = jobHead({ changed });
  const bar = jobProgress();
  const frames = strip({ choose: seen.frame });
  const sections = { error: errorBox(), facts: facts(), chunks: waterfall(), report: reportPart({ choose: seen.frame }), choices: choices(), warnings: warnings(), log: logTail(), request: requestBox(), sent: deliveries() };
  const parts = [head, seen, bar, frames, ...Object.values(sections)];
  const note = make("div");
  const whole = [
    note,
    head.element,
    sections.error.element,
    make("div", { class: "job-stage" }, make("div", { class: "job-seen" }, seen.element, bar.element), sections.facts.element),
    frames.element,
    sections.chunks.element,
    sections.report.element,
    make(
      "div",
      { class: "job-columns" },
      make("div", { class: "job-column" }, sections.warnings.element, sections.log.element, sections.sent.element, sections.request.element),
      sections.choices.element,
    ),
  ];
  const element = make("article", { class: "job" }, make("p", { class: "loading" }, "Looking…"));

  const show = () => {
    if (!job) return;
    if (!element.contains(head.element)) fill(element, ...whole);
    document.title = `${job.state === "running" ? `${percent(job.progress.fraction)} ` : ""}${job.name} · Framewright`;
    for (const part of parts) part.show(job);
  };

  /** @param {Told} told */
  const hear = (told) => {
    stale = true;
    if (told.name === "progress" && job?.state === "running") {
      const { frames: done, total, rate, seconds_left, fraction } = /** @type {any} */ (told.data);
      // Those of an attempt before are told first.
      if (done >= job.progress.frames) job.progress = { ...job.progress, frames: done, total, rate, seconds_left, fraction };
      bar.show(job);
      head.show(job);
    } else if (told.name in TURNS || told.name === "planned" || told.name === "started") asking.now();
  };

  const listen = async () => {
    if (following) return;
    following = true;
    try {
      await follow(`${path}/events`, hear, control.signal);
    } catch {
      // The next look at the job says what is wrong.
    }
    following = false;
    changed();
  };

  const asking = repeat(async (signal) => {
    if (!stale && job && !isOver(job)) return PAUSE;
    stale = false;
    try {
      const before = job?.state;
      job = /** @type {Job} */ (await get(path, signal));
      fill(note);
      if (before !== undefined && before !== job.state) say(`${job.name} ${TURNS[job.state]}.`);
      show();
      if (isOver(job)) return PAUSE_OVER;
      void listen();
      return PAUSE;
    } catch (error) {
      if (signal.aborted) return Infinity;
      stale = true;
      if (job === null) fill(element, make("header", { class: "head" }, make("h1", null, "Job")), note);
      if (note.textContent === "" || isLocked(error)) fill(note, trouble(error, againButton(() => (fill(note), asking.now())), make("a", { class: "button", href: "#/" }, "All jobs")));
      return isLocked(error) ? Infinity : PAUSE_IN_TROUBLE;
    }
  });

  return {
    title: "Job",
    element,
    leave: () => {
      control.abort();
      asking.stop();
      seen.leave();
      frames.leave();
    },
  };
};
