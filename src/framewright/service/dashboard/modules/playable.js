// Whether this browser plays what a job has made.
//   playable(job)

/** @typedef {import("../service.d.ts").Job} Job */

// One profile stands for all that our encoders write; players that know the codec know these.
const CODECS = /** @type {Record<string, string>} */ ({ h264: "avc1.640028", h265: "hvc1.1.6.L120.90", vp9: "vp09.00.40.08", av1: "av01.0.08M.08" });
const USUAL = /** @type {Record<string, string>} */ ({ "video/mp4": "h264", "video/webm": "vp9" });

/** @param {Job} job */
export const playable = ({ output, request, links }) => {
  if (!output || links.output === null) return false;
  if (output.type === "image/gif") return true;
  const codec = CODECS[typeof request["codec"] === "string" ? request["codec"] : (USUAL[output.type] ?? "")];
  if (codec === undefined) return false;
  return document.createElement("video").canPlayType(`${output.type.split(";")[0]}; codecs="${codec}"`) !== "";
};
