// The page: what is above every view, and the view that the address asks for.

import { say } from "./announcer.js";
import { busyness } from "./busyness.js";
import { fill, make } from "./elements.js";
import { jobView } from "./job_view.js";
import { jobsView } from "./jobs_view.js";
import { newView } from "./new_view.js";
import { routes } from "./routes.js";
import { themeButton } from "./theme.js";
import { tokenButton } from "./token_button.js";

/** @typedef {import("../service.d.ts").View} View */

const main = /** @type {HTMLElement} */ (document.getElementById("main"));
const end = /** @type {HTMLElement} */ (document.getElementById("top-end"));
const links = /** @type {HTMLElement} */ (document.getElementById("nav")).querySelectorAll("a");

end.append(busyness(), tokenButton(), themeButton());

/** @type {View | null} */
let shown = null;

/** @returns {View} */
const unknownView = () => ({
  title: "Not found",
  element: make(
    "section",
    { class: "empty" },
    make("h1", null, "There is no such page"),
    make("p", null, "The address may be mistyped, or from another time."),
    make("a", { class: "button main", href: "#/" }, "All jobs"),
  ),
});

routes(({ name, id, query, moved }) => {
  shown?.leave?.();
  for (const link of links) {
    if (link.dataset["route"] === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  if (name === "jobs") shown = jobsView(query);
  else if (name === "job") shown = jobView(id);
  else if (name === "new") shown = newView(query);
  else shown = unknownView();
  document.title = `${shown.title} · Framewright`;
  fill(main, shown.element);
  if (!moved) return;
  // Whoever cannot see the view change hears where they are, and goes on from its beginning.
  scrollTo(0, 0);
  main.focus({ preventScroll: true });
  say(shown.title);
});
