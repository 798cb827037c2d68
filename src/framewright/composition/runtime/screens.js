// fw.screens: where the pictures of videos are seen: inside the elements themselves.
// The browser loads nothing for a video, and so paints nothing. Within it, behind what scripts and selectors can reach,
// stands the shadow tree of the browser's own controls, laid over exactly the box of the picture. There the canvas of
// fw.pictures takes their place: whatever is done to the video by styles, animations, scripts and ancestors is done to
// it by the browser, and while only the picture changes nothing is read and nothing written.
// That tree is not for scripts: Python fetches its root by the debugging protocol, once a video.
//   look()      says to fw.pictures or fw.brightPictures which videos of this document are seen, and in how many pixels
//   place()     puts the pictures in; whether a video waits for its seat
//   waiting()   the videos of all documents that wait for a seat
//   seat(root)  the root of that tree: from now on its video has a screen; false: there is no place in it
{
  const { natives } = fw;
  const CONTROLS = '[pseudo="-webkit-media-controls"]';
  // What a page writes for ::-webkit-media-controls gives way to these; the video itself clips.
  const STYLE = `
    :host {
      all: unset !important; display: flex !important; position: relative !important;
      object-fit: inherit !important; object-position: inherit !important; object-view-box: inherit !important;
    }
    canvas {
      display: block; position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible;
      object-fit: inherit; object-position: inherit; object-view-box: inherit;
    }`;

  /** @typedef {{box: Element, inside: ShadowRoot, canvas: Element | null}} Screen */
  /** Of all documents: videos go from one to another. @type {WeakMap<Element, Screen>} */
  const screens = fw.root === fw ? new WeakMap() : fw.root.screens.table;
  /** Those that were seen when it was looked last. @type {Set<Element>} */
  let seen = new Set();

  const look = () => {
    const before = seen;
    seen = new Set();
    for (const record of fw.mediaRecords.known()) {
      const { element, kind, facts } = record;
      if (kind !== "video" || !facts?.video || !element.isConnected || fw.mediaPoster.shows(record)) continue;
      const box = fw.screenBoxes.of(element, facts.video);
      if (!box) continue;
      seen.add(element);
      const isBright = fw.brightPictures.takes(facts.video);
      (isBright ? fw.brightPictures : fw.pictures).want(element, box);
      (isBright ? fw.pictures : fw.brightPictures).leave(element);
    }
    for (const element of before) if (!seen.has(element)) leave(element);
  };

  /** Nobody sees it, or its poster is there instead. @param {Element} video */
  const leave = (video) => {
    fw.pictures.leave(video);
    fw.brightPictures.leave(video);
    const screen = screens.get(video);
    if (!screen?.canvas) return;
    natives.replaceChildren(screen.inside);
    screen.canvas = null;
  };

  /** The browser may have made its controls anew. @param {Element} video */
  const of = (video) => {
    const screen = screens.get(video);
    return screen?.box.isConnected ? screen : null;
  };

  /** @param {Element} video */
  const picture = (video) => fw.brightPictures.of(video) ?? fw.pictures.of(video);

  const place = () => {
    let complete = true;
    for (const video of seen) {
      const canvas = picture(video)?.canvas;
      if (!canvas) continue;
      const screen = of(video);
      if (!screen) complete = false;
      else if (screen.canvas !== canvas) fill(screen, canvas);
    }
    return complete;
  };

  /** @param {Screen} screen @param {Element} canvas */
  const fill = (screen, canvas) => {
    const style = natives.createElement(document, "style");
    style.textContent = STYLE;
    natives.replaceChildren(screen.inside, style, canvas);
    screen.canvas = canvas;
  };

  /** @param {ShadowRoot} root */
  const seat = (root) => {
    const box = Array.from(natives.children(root)).find((child) => child.matches(CONTROLS));
    if (!box) return false;
    screens.set(root.host, { box, inside: natives.attachShadow(box, { mode: "closed" }), canvas: null });
    return true;
  };

  fw.screens = {
    table: screens,
    look,
    place,
    seat,
    waiting: () => fw.realms().flatMap((realm) => realm.screens.unseated()),
    unseated: () => Array.from(seen).filter((video) => picture(video) && !of(video)),
  };
}
