// The latest frame of a job, small.
//   thumbnail()   .element, .show(line)

import { fill, make } from "./elements.js";
import { latestAddress } from "./frame_addresses.js";
import { icon } from "./icons.js";
import { latestPicture } from "./latest_picture.js";

/** @typedef {import("../service.d.ts").Line} Line */

export const thumbnail = () => {
  const element = make("div", { class: "thumb", "aria-hidden": "true" }, icon("film"));
  const picture = latestPicture((image) => fill(element, image));
  return {
    element,
    /** @param {Line} line */
    show: (line) => {
      // The latest one lies ready: any other has to be decoded, and a list has many.
      const address = latestAddress(line.links);
      if (address !== null) picture.want(address, line.state === "running" ? `${line.attempt}:${line.progress.frames}` : `${line.attempt}:${line.state}`);
    },
  };
};
