// One job in the list.
//   jobRow(line)   .element, .show(line)

import { make, write } from "./elements.js";
import { icon } from "./icons.js";
import { advance, pace } from "./progress_words.js";
import { jobAddress } from "./routes.js";
import { stateMark } from "./state_mark.js";
import { thumbnail } from "./thumbnail.js";
import { ago, moment } from "./words.js";

/** @typedef {import("../service.d.ts").Line} Line */

/** @param {Line} line */
export const jobRow = (line) => {
  const name = make("a", { class: "row-name", href: jobAddress(line.id) });
  const who = make("span", { class: "row-by" });
  const when = make("time", { datetime: line.created, title: moment(line.created) });
  const attempt = make("span");
  const mark = stateMark();
  const picture = thumbnail();
  const bar = make("progress", { max: 1, value: 0 });
  const advanced = make("span", { class: "row-advance" });
  const paced = make("span", { class: "row-pace" });
  const element = make(
    "li",
    { class: "row" },
    picture.element,
    make("div", { class: "row-what" }, make("h2", null, name), make("p", { class: "row-sub" }, who, when, attempt)),
    mark.element,
    make("div", { class: "row-how" }, bar, make("p", { class: "row-words" }, advanced, paced)),
    icon("forth"),
  );

  /** @param {Line} now */
  const show = (now) => {
    element.dataset["state"] = now.state;
    write(name, now.name);
    name.title = now.name;
    write(who, now.by === "local" ? "" : now.by);
    write(when, ago(now.created));
    write(attempt, now.attempt > 1 ? `attempt ${now.attempt}` : "");
    mark.show(now.state);
    picture.show(now);
    bar.hidden = now.state !== "running" && !(now.state === "cancelled" && now.progress.total > 0);
    bar.value = now.progress.fraction;
    bar.setAttribute("aria-label", `Progress of ${now.name}`);
    write(advanced, advance(now));
    write(paced, pace(now));
  };
  show(line);
  return { element, show };
};
