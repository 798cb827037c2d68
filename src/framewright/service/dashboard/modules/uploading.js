// Brings a project to the service.
//   upload(project, told, signal)   what the service calls it; told(fraction) while it is on its way

import { get, send } from "./service.js";
import { zip } from "./zip.js";

/** @typedef {import("./project_files.js").Project} Project */
/** @typedef {{ id: string, name: string, files: number, bytes: number, pages: string[] }} Upload */

/** @param {Project} project @param {(fraction: number) => void} told @param {AbortSignal} signal @returns {Promise<Upload>} */
export const upload = async (project, told, signal) => {
  // Asks for a token where one is needed, before anything large is sent in vain.
  await get("/v1/renders?limit=1", signal);
  const archive = project.archive ?? (await zip(project.files));
  return send(`/v1/uploads?name=${encodeURIComponent(project.name.slice(0, 200))}`, archive, "application/zip", told, signal);
};
