// What there is to see of a job: its latest frame while it runs; then a player where this browser plays the file, and any
// single frame.
//   picture()   .element, .show(job), .frame(number) shows that frame, .leave()

import { fill, make } from "./elements.js";
import { frameAddress, latestAddress } from "./frame_addresses.js";
import { frameViewer } from "./frame_viewer.js";
import { icon } from "./icons.js";
import { latestPicture } from "./latest_picture.js";
import { playable } from "./playable.js";

/** @typedef {import("../service.d.ts").Job} Job */

const EMPTY = {
  queued: "Its first frame shows here as soon as it is done",
  running: "The first frame is on its way",
  done: "There is no picture of it any more",
  failed: "There is no picture of it",
  cancelled: "There is no picture of it",
};

export const picture = () => {
  const stage = make("div", { class: "stage" });
  const play = make("button", { type: "button", class: "tab", "aria-pressed": "true" }, icon("running"), "Play");
  const look = make("button", { type: "button", class: "tab", "aria-pressed": "false" }, icon("film"), "Frame by frame");
  const tabs = make("div", { class: "tabs", role: "group", "aria-label": "How to look at it", hidden: true }, play, look);
  const element = make("section", { class: "picture", "aria-label": "Picture" }, stage, tabs);
  /** @type {Job | null} */
  let job = null;
  let shown = "";
  /** @type {ReturnType<typeof frameViewer> | null} */
  let viewer = null;

  /** @param {"play" | "look"} which */
  const press = (which) => {
    play.setAttribute("aria-pressed", String(which === "play"));
    look.setAttribute("aria-pressed", String(which === "look"));
  };

  const showFrames = (number = 0) => {
    if (!job || job.links.frame === null) return;
    if (!viewer) {
      viewer = frameViewer(job);
      fill(stage, viewer.element);
    }
    press("look");
    viewer.go(number);
  };

  const showPlayer = () => {
    if (!job || job.links.output === null) return;
    viewer = null;
    press("play");
    const output = job.links.output;
    const middle = frameAddress(job.links, Math.floor((job.output?.frames ?? 1) / 2));
    if (job.output?.type.startsWith("image/")) {
      fill(stage, make("img", { class: "shot", src: output, alt: `${job.name}, moving` }));
      return;
    }
    const video = make("video", { class: "shot", controls: true, playsinline: true, preload: "metadata", poster: middle, "aria-label": job.name, src: output });
    video.addEventListener("error", () => {
      if (!video.isConnected) return;
      tabs.hidden = true;
      showFrames();
      stage.append(make("p", { class: "hint stage-note" }, "This browser does not play the file: here are its frames."));
    });
    fill(stage, video);
  };

  play.addEventListener("click", showPlayer);
  look.addEventListener("click", () => showFrames());

  const empty = () => job && fill(stage, make("p", { class: "stage-empty" }, icon("film"), EMPTY[job.state]));

  const latest = latestPicture((image) => {
    image.className = "shot";
    image.alt = `Latest frame of ${job?.name ?? "it"}`;
    fill(stage, image);
  });

  const showLatest = () => {
    if (!job) return;
    const address = latestAddress(job.links);
    const place = `${job.attempt}:${address === null ? job.state : "latest"}`;
    // A picture stays until the next one is there; but that of an attempt before is another one's.
    if (place !== shown) {
      latest.forget();
      empty();
    }
    shown = place;
    if (address !== null) latest.want(address, `${job.attempt}:${job.progress.frames}:${job.state}`);
  };

  return {
    element,
    frame: (/** @type {number} */ number) => {
      if (job?.state !== "done") return;
      showFrames(number);
      element.scrollIntoView({ block: "nearest" });
    },
    leave: () => void fill(stage),
    /** @param {Job} now */
    show: (now) => {
      job = now;
      if (now.plan) element.style.setProperty("--shape", `${now.plan.width} / ${now.plan.height}`);
      if (now.state !== "done") {
        tabs.hidden = true;
        viewer = null;
        showLatest();
        return;
      }
      viewer?.use(now);
      const version = `done:${now.attempt}`;
      if (version === shown) return;
      shown = version;
      latest.forget();
      const plays = playable(now);
      tabs.hidden = !plays || now.links.frame === null;
      if (plays) showPlayer();
      else if (now.links.frame !== null) showFrames();
      else empty();
    },
  };
};
