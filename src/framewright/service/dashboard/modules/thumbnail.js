// The latest frame of a job, small. A new picture takes the old one's place once it is there.
//   thumbnail()   .element, .show(line)

import { fill, make } from "./elements.js";
import { fresh, latestAddress } from "./frame_addresses.js";
import { icon } from "./icons.js";

/** @typedef {import("../service.d.ts").Line} Line */

export const thumbnail = () => {
  const element = make("div", { class: "thumb", "aria-hidden": "true" }, icon("film"));
  let shown = "";
  return {
    element,
    /** @param {Line} line */
    show: (line) => {
      // The latest one lies ready: any other has to be decoded, and a list has many.
      const address = latestAddress(line.links);
      const version = line.state === "running" ? `${line.attempt}:${line.progress.frames}` : `${line.attempt}:${line.state}`;
      if (address === null || version === shown) return;
      shown = version;
      const picture = make("img", { alt: "", decoding: "async" });
      picture.addEventListener("load", () => {
        if (version === shown) fill(element, picture);
      });
      picture.src = fresh(address, version);
    },
  };
};
