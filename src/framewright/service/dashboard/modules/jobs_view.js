// All jobs, the latest first, kept up to date while somebody looks.

import { onStanding } from "./busyness.js";
import { fill, make, write } from "./elements.js";
import { icon } from "./icons.js";
import { jobRow } from "./job_row.js";
import { repeat } from "./repeat.js";
import { get } from "./service.js";
import { bearer } from "./token.js";
import { againButton, isLocked, trouble } from "./trouble.js";
import { STATES } from "./words.js";

/** @typedef {import("../service.d.ts").Page} Page */
/** @typedef {import("../service.d.ts").State} State */

const LIMIT = 25;
const PAUSE_BUSY = 1500;
const PAUSE_IDLE = 5000;
const FILTERS = /** @type {const} */ (["", "running", "queued", "done", "failed", "cancelled"]);

/** @param {string} state @param {string | null} [before] */
const address = (state, before = null) => {
  const query = new URLSearchParams();
  if (state !== "") query.set("state", state);
  if (before !== null) query.set("before", before);
  return query.size > 0 ? `#/?${query}` : "#/";
};

/** @param {string} state */
const filters = (state) => {
  const counts = /** @type {Map<string, HTMLElement>} */ (new Map());
  const links = FILTERS.map((one) => {
    const number = make("span", { class: "number" });
    counts.set(one, number);
    const word = one === "" ? "All" : STATES[one];
    return make("li", null, make("a", { href: address(one), "aria-current": one === state ? "true" : null }, one === "" ? null : icon(one), word, number));
  });
  const leave = onStanding((standing) => {
    // It counts everybody's jobs: beside those of one token it would be wrong.
    if (bearer() !== null) return counts.forEach((element) => write(element, ""));
    for (const [one, element] of counts) {
      const states = standing.states ?? {};
      const known = one === "" ? Object.values(states).reduce((sum, number) => sum + number, 0) : (states[one] ?? 0);
      write(element, Object.keys(states).length > 0 ? String(known) : "");
    }
  });
  return { element: make("nav", { class: "filters", "aria-label": "Jobs by state" }, make("ul", null, ...links)), leave };
};

/** @param {string} state */
const nothing = (state) =>
  state !== ""
    ? make("section", { class: "empty" }, make("h2", null, "None of these"), make("p", null, `No job is in the state “${STATES[/** @type {State} */ (state)] ?? state}” now.`), make("a", { class: "button", href: "#/" }, "Show all jobs"))
    : make(
        "section",
        { class: "empty" },
        make("img", { src: "/dashboard/images/empty.svg", alt: "", width: 220, height: 132 }),
        make("h2", null, "Nothing has been rendered yet"),
        make("p", null, "Begin with a folder of HTML, a ZIP archive, or a few lines of a page."),
        make("a", { class: "button main", href: "#/new" }, icon("plus"), "New render"),
        make("p", { class: "hint" }, "Or from a shell:"),
        make("pre", { class: "code" }, `framewright render hello.html -o hello.mp4 --server ${location.origin}`),
      );

/** @param {URLSearchParams} query @returns {import("../service.d.ts").View} */
export const jobsView = (query) => {
  const state = query.get("state") ?? "";
  const before = query.get("before");
  const list = make("ol", { class: "rows" });
  const place = make("div", { class: "jobs-place" }, make("p", { class: "loading" }, "Looking…"));
  const note = make("div");
  const pages = make("nav", { class: "pages", "aria-label": "Pages" });
  const chosen = filters(state);
  /** @type {Map<string, ReturnType<typeof jobRow>>} */
  let rows = new Map();

  /** @param {Page} page */
  const show = (page) => {
    if (page.jobs.length === 0) {
      rows.clear();
      if (!place.querySelector(".empty")) fill(place, nothing(state));
    } else {
      /** @type {typeof rows} */
      const kept = new Map();
      page.jobs.forEach((line, index) => {
        const row = rows.get(line.id) ?? jobRow(line);
        row.show(line);
        kept.set(line.id, row);
        // Rows stay where they are as long as they may, so that the keyboard's place is not lost.
        if (list.children[index] !== row.element) list.insertBefore(row.element, list.children[index] ?? null);
      });
      while (list.children.length > page.jobs.length) list.lastElementChild?.remove();
      rows = kept;
      if (list.parentElement !== place) fill(place, list);
    }
    if (pages.dataset["next"] !== String(page.next)) {
      pages.dataset["next"] = String(page.next);
      fill(
        pages,
        before === null ? null : make("a", { class: "button", href: address(state) }, icon("back"), "Latest"),
        page.next === null ? null : make("a", { class: "button", href: address(state, page.next) }, "Older", icon("forth")),
      );
    }
  };

  const asking = new URLSearchParams({ limit: String(LIMIT) });
  if (state !== "") asking.set("state", state);
  if (before !== null) asking.set("before", before);
  const polling = repeat(async (signal) => {
    try {
      const page = /** @type {Page} */ (await get(`/v1/renders?${asking}`, signal));
      show(page);
      fill(note);
      return page.jobs.some((job) => job.state === "running" || job.state === "queued") ? PAUSE_BUSY : PAUSE_IDLE;
    } catch (error) {
      if (signal.aborted) return Infinity;
      if (note.textContent === "" || isLocked(error)) fill(note, trouble(error, againButton(() => (fill(note), polling.now()))));
      if (place.querySelector(".loading")) fill(place);
      return isLocked(error) ? Infinity : PAUSE_IDLE;
    }
  });

  return {
    title: "Jobs",
    element: make(
      "section",
      { class: "jobs" },
      make("header", { class: "head" }, make("h1", null, "Jobs"), make("a", { class: "button main", href: "#/new" }, icon("plus"), "New render")),
      chosen.element,
      note,
      place,
      pages,
    ),
    leave: () => {
      polling.stop();
      chosen.leave();
    },
  };
};
