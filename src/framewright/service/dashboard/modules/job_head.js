// The head of a job's page: its name and state, and what can be done with it.

import { ask } from "./confirm.js";
import { copy } from "./copying.js";
import { curl } from "./curl.js";
import { fill, make, write } from "./elements.js";
import { icon } from "./icons.js";
import { post, remove } from "./service.js";
import { stateMark } from "./state_mark.js";
import { trouble } from "./trouble.js";
import { ago, moment, size, span } from "./words.js";

/** @typedef {import("../service.d.ts").Job} Job */

/** @param {{ changed: () => void }} page */
export const jobHead = ({ changed }) => {
  /** @type {Job | null} */
  let job = null;
  const name = make("h1");
  const mark = stateMark();
  const who = make("span");
  const when = make("time");
  const lasted = make("span");
  const attempt = make("span");
  const note = make("div", { class: "head-note" });

  /** @param {HTMLButtonElement} button @param {() => Promise<unknown>} work */
  const act = async (button, work) => {
    fill(note);
    button.disabled = true;
    try {
      await work();
    } catch (error) {
      fill(note, trouble(error));
    }
    button.disabled = false;
    changed();
  };

  const cancel = make("button", { type: "button", class: "button" }, icon("stop"), "Cancel");
  cancel.addEventListener("click", async () => {
    const id = job?.id;
    if (!id || !(await ask(`Cancel “${job?.name}”?`, "Finished frames are kept for a retry.", "Cancel the job", "Let it go on"))) return;
    await act(cancel, () => remove(`/v1/renders/${id}`));
  });
  const retry = make("button", { type: "button", class: "button" }, icon("retry"), "Retry");
  retry.addEventListener("click", () => act(retry, () => post(`/v1/renders/${job?.id}/retry`)));
  const download = make("a", { class: "button main", download: "" });
  const again = make("a", { class: "button" }, icon("plus"), "Again, with changes");
  const command = make("button", { type: "button", class: "button" }, icon("copy"), "Copy as curl");
  command.addEventListener("click", () => job && copy(curl(job.request), "The command"));

  return {
    element: make(
      "header",
      { class: "job-head" },
      make("nav", { class: "crumbs", "aria-label": "Way back" }, make("a", { href: "#/" }, icon("back"), "Jobs")),
      make("div", { class: "job-title" }, name, mark.element),
      make("p", { class: "job-sub" }, who, when, lasted, attempt),
      make("div", { class: "buttons" }, download, cancel, retry, again, command),
      note,
    ),
    /** @param {Job} now */
    show: (now) => {
      job = now;
      write(name, now.name);
      mark.show(now.state);
      write(who, now.by === "local" ? "" : `by ${now.by}`);
      write(when, `asked for ${ago(now.created)}`);
      when.dateTime = now.created;
      when.title = moment(now.created);
      write(lasted, now.seconds === null ? "" : `${now.state === "running" ? "for" : "took"} ${span(now.seconds)}`);
      write(attempt, now.attempt > 1 ? `attempt ${now.attempt}` : "");
      const over = now.state !== "queued" && now.state !== "running";
      // The keyboard's place must not vanish with a button.
      if ((over && document.activeElement === cancel) || (!over && document.activeElement === retry)) document.getElementById("main")?.focus();
      cancel.hidden = over;
      retry.hidden = now.state !== "failed" && now.state !== "cancelled";
      download.hidden = now.links.output === null || now.state !== "done";
      if (!download.hidden && download.getAttribute("href") !== now.links.output) {
        download.href = now.links.output ?? "";
        download.download = now.output?.name ?? "";
        fill(download, icon("download"), "Download", now.output ? make("span", { class: "number" }, size(now.output.bytes)) : null);
      }
      again.href = `#/new?from=${now.id}`;
    },
  };
};
