// fw.windows: every element with data-start, and every host, shows while start ≤ t < start + duration, data-hidden never.
//   place()        direct children of the root without a place of their own leave the flow, each where it would lie alone:
//                  at the top left of a plain root, in the middle of one that centres
//   fill()         those that came out without a size get all of it; called once pictures and fonts are there
//   due(seconds)   whether a window opens or closes at that time; finds elements that were added or changed since
//   turn()         opens and closes those
//   list()         the clips, described
//   next(seconds)  when the next window opens or closes; Infinity: never again
//   zero(element)  the zero of its animations in seconds of the page: when the innermost window around it opens, or the
//                  clock of its composition reads 0, whichever is later; -Infinity without any
// Hiding is one attribute and one style sheet of ours, so that whatever the author wrote inline stays as it was written.
// Nothing shows inside a hidden element. Leaf clips in normal flow also give up their room.
{
  const MARK = "data-framewright-hidden";
  const WATCHED = [
    "data-start", "data-duration", "data-end", "data-hidden", "data-playback-start", "data-media-start", "data-playback-rate",
    "data-composition-id", "id",
  ];
  // A frame may begin a rounding error before the window that was meant to open on it.
  const NEARLY = 1e-6;
  const UNPLACED = "audio, script, style, link, template, meta, title";

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    [${MARK}], [${MARK}] * { visibility: hidden !important; transition: none !important; }
    [${MARK}="flow"] { display: none !important; }`);

  /** @typedef {{element: Element, start: number, duration: number | null, hidden: boolean, shown: boolean}} Clip */
  /** @type {Clip[]} */
  let clips = [];
  let stale = true;

  /** @param {MutationRecord[]} records */
  const note = (records) => {
    for (const { type, addedNodes, removedNodes } of records) {
      if (type === "attributes") stale = true;
      for (const nodes of [addedNodes, removedNodes]) {
        for (const node of nodes) if (node.nodeType === Node.ELEMENT_NODE) stale = true;
      }
      if (stale) return;
    }
  };
  const observer = new MutationObserver(note);
  observer.observe(document, { childList: true, subtree: true, attributes: true, attributeFilter: WATCHED });

  /** @param {Element} element */
  const isHidden = (element) => (element.getAttribute("data-hidden") ?? "false") !== "false";

  const all = () => {
    const root = fw.roots.find();
    const found = Array.from(fw.lookups.querySelectorAll("[data-start], [data-hidden]"));
    for (const { host } of fw.instances.all()) if (host.isConnected && !host.matches("[data-start], [data-hidden]")) found.push(host);
    // An outermost composition shows as long as the page does, or its host.
    return found.filter((element) => (element !== root && !fw.instances.isRoot(element)) || isHidden(element));
  };

  const scan = () => {
    if (!stale) note(observer.takeRecords());
    if (!stale) return;
    observer.takeRecords();
    stale = false;
    fw.references.forget();
    clips = all().map((element) => ({
      element,
      start: fw.references.start(element),
      duration: fw.references.duration(element),
      hidden: isHidden(element),
      shown: !element.hasAttribute(MARK),
    }));
    place();
  };

  /** How a clip hides: also without its room when nothing else hangs on it. @param {Element} element */
  const manner = (element) => {
    if (element.querySelector("[data-start], [data-composition-id]")) return "";
    const { position } = getComputedStyle(element);
    return position === "static" || position === "relative" ? "flow" : "";
  };

  /** @param {Clip} clip */
  const flip = (clip) => {
    clip.shown = !clip.shown;
    if (!clip.shown) {
      clip.element.setAttribute(MARK, manner(clip.element));
      return;
    }
    clip.element.removeAttribute(MARK);
    // A transition of everything would take our change of visibility for the author's, and hide the first frame.
    for (const moved of clip.element.getAnimations({ subtree: true })) {
      if (moved instanceof CSSTransition && moved.transitionProperty === "visibility") moved.cancel();
    }
  };

  /** @param {Clip} clip */
  const end = (clip) => (clip.duration === null ? Infinity : clip.start + clip.duration);

  /** @type {Clip[]} */
  let turning = [];

  /** @param {number} seconds */
  const due = (seconds) => {
    scan();
    // The page may have put sheets of its own in place of all others.
    if (clips.length > 0 && !document.adoptedStyleSheets.includes(sheet)) {
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
    }
    const now = seconds + NEARLY;
    turning = clips.filter((clip) => clip.shown !== (!clip.hidden && clip.start <= now && now < end(clip)));
    return turning.length > 0;
  };

  const turn = () => turning.forEach(flip);

  /** @param {number} seconds */
  const next = (seconds) => {
    let soonest = Infinity;
    for (const clip of clips) {
      for (const edge of clip.hidden ? [] : [clip.start, end(clip)]) {
        if (edge > seconds + NEARLY) soonest = Math.min(soonest, edge);
      }
    }
    return soonest;
  };

  /** @param {Element} element */
  const zero = (element) => {
    let [latest, opened] = [-Infinity, -Infinity];
    let composition = fw.references.composition(element);
    for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
      if (at === composition) {
        // Its own time counts from where its clock reads 0, which may be before its host shows.
        const line = fw.references.line(at);
        latest = Math.max(latest, line.zero);
        opened = Math.max(opened, line.opens);
        composition = fw.references.composition(at);
      } else if (at.hasAttribute("data-start") && !fw.instances.isRoot(at)) {
        const start = fw.references.start(at);
        if (start <= opened) continue;
        latest = Math.max(latest, start);
        opened = start;
      }
    }
    return latest;
  };

  /** Of the outermost compositions. */
  const children = () => {
    const found = [];
    for (const root of [fw.roots.find(), ...fw.instances.all().map(({ root }) => root)]) {
      for (const child of root?.children ?? []) {
        if (child instanceof HTMLElement && child.hasAttribute("data-start") && !child.matches(UNPLACED)) found.push(child);
      }
    }
    return found;
  };

  /** @type {WeakSet<Element>} */
  const placed = new WeakSet();
  const place = () => {
    // All are looked at before the first is moved: each move would have the whole page laid out anew.
    const placeless = children().filter((child) => {
      if (placed.has(child)) return false;
      placed.add(child);
      const { position, top, left, right, bottom } = getComputedStyle(child);
      return position === "static" && [top, left, right, bottom].every((side) => side === "auto");
    });
    for (const child of placeless) {
      child.style.setProperty("position", "absolute");
      unsized.add(child);
    }
    if (filled) fill();
  };

  /** @type {Set<HTMLElement>} */
  const unsized = new Set();
  let filled = false;
  const fill = () => {
    filled = true;
    const shown = Array.from(unsized).filter((child) => getComputedStyle(child).display !== "none");
    const narrow = shown.filter((child) => child.offsetWidth === 0);
    const low = shown.filter((child) => child.offsetHeight === 0);
    for (const child of narrow) child.style.setProperty("width", "100%");
    for (const child of low) child.style.setProperty("height", "100%");
    unsized.clear();
  };

  /** @param {Element} element */
  const kind = (element) => {
    if (element instanceof HTMLVideoElement) return "video";
    if (element instanceof HTMLAudioElement) return "audio";
    return element instanceof HTMLImageElement ? "image" : "element";
  };

  /** Its composition shows some of it. @param {Clip} clip */
  const isSeen = (clip) => {
    const { opens, closes } = fw.references.line(fw.references.composition(clip.element));
    return opens === 0 || (end(clip) > opens && clip.start < closes);
  };

  const list = () => {
    scan();
    const known = new Map();
    const windows = clips.filter(({ element }) => element.hasAttribute("data-start") || fw.instances.at(element));
    return [...windows, ...fw.helios.media()].filter(isSeen).map((clip) => {
      const { element } = clip;
      const track = Number.parseInt(element.getAttribute("data-track-index") ?? "", 10);
      const { opens, closes } = fw.references.line(fw.references.composition(element));
      const start = Math.max(clip.start, opens);
      const stop = Math.min(end(clip), closes);
      return {
        element: fw.notices.pointAt(element, known),
        kind: kind(element),
        start,
        duration: stop === Infinity ? null : Math.max(0, stop - start),
        track: Number.isNaN(track) ? null : track,
        source: element.getAttribute("src") ?? element.querySelector(":scope > source")?.getAttribute("src") ?? null,
        hidden: clip.hidden,
      };
    });
  };

  document.addEventListener("DOMContentLoaded", place, { capture: true, once: true });

  fw.windows = { place, fill, due, turn, next, zero, list, refresh: () => { stale = true; } };
}
