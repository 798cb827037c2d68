// Addresses behind the '#', so that the service needs to know one page only:
//   #/            jobs, ?state=…&before=…
//   #/jobs/{id}   a job
//   #/new         a new render, ?from={id} with the request of a job
//   routes(show)  shows the present one, and every later one

/** @typedef {{ name: string, id: string, query: URLSearchParams, moved: boolean }} Route */

/** @param {string} hash @returns {Omit<Route, "moved">} */
const read = (hash) => {
  const [path = "", asked = ""] = hash.replace(/^#/, "").split("?");
  const parts = path.split("/").filter(Boolean);
  const query = new URLSearchParams(asked);
  const [first, second] = parts;
  if (first === undefined) return { name: "jobs", id: "", query };
  if (first === "new" && parts.length === 1) return { name: "new", id: "", query };
  if (first === "jobs" && second !== undefined && parts.length === 2) return { name: "job", id: second, query };
  return { name: "unknown", id: "", query };
};

/** @param {(route: Route) => void} show */
export const routes = (show) => {
  addEventListener("hashchange", () => {
    // A link to a place in the page, such as the one that skips to the content, is no other view.
    if (location.hash === "" || location.hash.startsWith("#/")) show({ ...read(location.hash), moved: true });
  });
  show({ ...read(location.hash.startsWith("#/") ? location.hash : ""), moved: false });
};

/** @param {string} id */
export const jobAddress = (id) => `#/jobs/${encodeURIComponent(id)}`;
