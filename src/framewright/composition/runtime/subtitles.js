// fw.subtitles: cues drawn over everything that the page shows, by the clock alone.
//   take(told)     what is to be drawn, as composition/subtitles.py writes it; called before the page is ready, or never
//   lay()          puts the layer into the page; called once it is loaded
//   place(seconds) shows the cues of this time
//   next(seconds)  seconds until which the same cues show; Infinity: never again
//   roots()        the layer's tree, for those who look at all text
// The layer is one element behind the body, in the top layer: above dialogs, outside of every transform, filter and
// clip of the page. Its tree is closed: no selector and no script of the page reaches into it. An author's style sheet
// styles the cues by ::part(cue) and by properties that are inherited.
{
  const { natives } = fw;
  const { createElement, createTextNode } = Document.prototype;
  const { append, getBoundingClientRect, matches, replaceChildren, setAttribute } = Element.prototype;
  const { setProperty } = CSSStyleDeclaration.prototype;
  const { append: plant } = DocumentFragment.prototype;
  const { get: zoomOf } = /** @type {any} */ (Object.getOwnPropertyDescriptor(Element.prototype, "currentCSSZoom"));
  const { hidePopover, showPopover } = HTMLElement.prototype;
  const NAME = "subtitle-layer";
  const OUTLINE = 16; // directions in which the outline's shadows lie

  const shadows = () => {
    const found = [];
    for (let step = 0; step < OUTLINE; step++) {
      const [x, y] = [Math.cos, Math.sin].map((f) => f((2 * Math.PI * step) / OUTLINE).toFixed(3));
      found.push(`calc(var(--outline-width) * ${x}) calc(var(--outline-width) * ${y}) 0 var(--outline)`);
    }
    return found.join(", ");
  };

  // Lengths follow the frame: its height, and in a tall frame its width, which then sets how much a line holds.
  const RULES = `
    :host {
      display: block !important; position: fixed !important; inset: 0 !important; box-sizing: border-box !important;
      width: auto !important; height: auto !important; min-width: 0 !important; min-height: 0 !important;
      max-width: none !important; max-height: none !important; margin: 0 !important; border: 0 !important;
      padding: 0 !important; overflow: clip !important; background: none !important; box-shadow: none !important;
      outline: 0 !important; opacity: 1 !important; visibility: visible !important; pointer-events: none !important;
      transform: none !important; translate: none !important; rotate: none !important; scale: none !important;
      filter: none !important; backdrop-filter: none !important; mix-blend-mode: normal !important; mask: none !important;
      animation: none !important; transition: none !important; columns: auto !important; content: normal !important;
      contain: layout style !important; content-visibility: visible !important; user-select: none !important;
      container: none !important; view-transition-name: none !important; writing-mode: horizontal-tb !important;
      direction: ltr !important; perspective: none !important; z-index: 2147483647 !important;
    }
    :host::backdrop { display: none !important; }
    .frame {
      all: initial; display: block; position: absolute; inset: 0; pointer-events: none; user-select: none;
      --outline: var(--subtitle-outline, rgb(0 0 0 / 0.9));
      --side: 5vw;
      --edge: var(--subtitle-bottom, 6.5vh);
      font-family: var(--subtitle-font, system-ui, sans-serif);
      font-size: var(--subtitle-size, min(5.2vh, 5.6vw));
      font-weight: var(--subtitle-weight, 600);
      line-height: 1.3;
      color: var(--subtitle-color, white);
    }
    .stack {
      position: absolute; left: 0; right: 0; bottom: var(--edge);
      display: flex; flex-direction: column-reverse;
    }
    .item { display: flex; justify-content: center; margin: 0 var(--side); }
    .item[data-past] { visibility: hidden; }
    .item[data-align="left"] { justify-content: flex-start; }
    .item[data-align="right"] { justify-content: flex-end; }
    .item.apart { position: absolute; margin: 0; }
    .cue {
      --outline-width: var(--subtitle-outline-width, 0.055em);
      box-sizing: border-box; max-width: min(100%, var(--subtitle-width, 26em)); padding: 0.1em 0.4em; border-radius: 0.15em;
      background-color: var(--subtitle-background, transparent);
      text-shadow: ${shadows()}, 0 0.06em 0.2em rgb(0 0 0 / 0.45);
      text-align: center; text-wrap: balance; white-space: pre-line; overflow-wrap: anywhere; unicode-bidi: plaintext;
    }
    .item[data-align="left"] > .cue { text-align: left; }
    .item[data-align="right"] > .cue { text-align: right; }
    [data-tags~="b"] { font-weight: bolder; }
    [data-tags~="i"] { font-style: italic; }
    [data-tags~="u"] { text-decoration: underline; }
    rt { font-size: 50%; }
    subtitle-cue { display: none; }
  `;

  /** @typedef {[string, string[], string[], string | null, string | null, string | null]} Run */
  /** @typedef {[number, number, string, number | null, boolean, string, string | null]} Place */
  /** @typedef {[number, number, number[], string | Run[], Place | null, string]} Cue */

  /** @type {Cue[]} */
  let cues = [];
  /** The latest end of each cue and all before it, so that a look back knows where to stop. @type {Float64Array} */
  let latest = new Float64Array(0);
  /** Every time at which something appears or goes, in order. @type {Float64Array} */
  let edges = new Float64Array(0);
  let styles = "";
  let letters = "";
  /** @type {HTMLElement | null} */
  let host = null;
  /** @type {ShadowRoot | null} */
  let tree = null;
  /** @type {HTMLElement | null} */
  let frame = null;
  let shown = "";

  /** @param {string} name @param {Record<string, string>} [told] @returns {HTMLElement} */
  const make = (name, told = {}) => {
    const element = createElement.call(document, name);
    for (const [key, value] of Object.entries(told)) setAttribute.call(element, key, value);
    return element;
  };

  /** @param {HTMLElement} element @param {string} name @param {string} value */
  const style = (element, name, value) => setProperty.call(element.style, name, value);

  /** How many of some sorted times are not after this one. @param {(index: number) => number} at @param {number} count @param {number} seconds */
  const upTo = (at, count, seconds) => {
    let [low, high] = [0, count];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (at(middle) / 1000 <= seconds) low = middle + 1;
      else high = middle;
    }
    return low;
  };

  /** Numbers of the cues of a time, by their start. @param {number} seconds */
  const active = (seconds) => {
    const found = [];
    for (let at = upTo((index) => cues[index][0], cues.length, seconds) - 1; at >= 0 && latest[at] / 1000 > seconds; at--) {
      if (cues[at][1] / 1000 > seconds) found.push(at);
    }
    return found.reverse();
  };

  /** @param {Run} run */
  const piece = ([text, tags, classes, voice, color, ruby]) => {
    const named = classes.filter((name) => name !== "cue" && name !== "run");
    const parts = [...tags, ...(voice === null ? [] : ["voice"]), ...named];
    const element = make(ruby === null ? "span" : "ruby", { class: ["run", ...named].join(" "), "data-tags": tags.join(" "), part: parts.join(" ") });
    if (voice !== null) setAttribute.call(element, "data-voice", voice);
    if (color !== null) style(element, "color", color);
    append.call(element, createTextNode.call(document, text));
    if (ruby !== null) {
      const above = make("rt");
      append.call(above, createTextNode.call(document, ruby));
      append.call(element, above);
    }
    return element;
  };

  /** @param {number} number @param {boolean} past */
  const item = (number, past) => {
    const [, , , runs, place, name] = cues[number];
    const element = make("div", { class: "item" });
    const cue = make("div", { class: "cue", part: "cue", "data-name": name });
    if (typeof runs === "string") append.call(cue, createTextNode.call(document, runs));
    else append.call(cue, ...runs.map(piece));
    append.call(element, cue);
    if (past) setAttribute.call(element, "data-past", "");
    if (place) {
      const [left, width, align] = place;
      setAttribute.call(element, "data-align", align);
      style(element, "margin-left", `max(var(--side), ${left}%)`);
      style(element, "margin-right", `max(var(--side), ${100 - left - width}%)`);
    }
    return element;
  };

  /** One with a line of its own: counted from one end of the frame or, below 0, from the other. @param {number} number */
  const apart = (number) => {
    const element = item(number, false);
    const [left, width, , line, percent, edge, vertical] = /** @type {Place} */ (cues[number][4]);
    setAttribute.call(element, "class", "item apart");
    const ends = vertical === null ? ["top", "bottom"] : vertical === "rl" ? ["right", "left"] : ["left", "right"];
    const sides = vertical === null ? ["left", "right"] : ["top", "bottom"];
    style(element, "margin", "0");
    style(element, sides[0], `max(var(--side), ${left}%)`);
    style(element, sides[1], `max(var(--side), ${100 - left - width}%)`);
    if (vertical !== null) style(element, "writing-mode", `vertical-${vertical}`);
    if (percent) {
      const back = edge === "center" ? "-50%" : edge === "end" ? "-100%" : "0";
      style(element, vertical === null ? "top" : "left", `${line}%`);
      style(element, "translate", vertical === null ? `0 ${back}` : back);
      return element;
    }
    const at = line ?? -1;
    style(element, ends[at < 0 ? 1 : 0], `calc(${vertical === null ? "var(--edge)" : "var(--side)"} + ${at < 0 ? -at - 1 : at} * 1.3em)`);
    return element;
  };

  /** What its author put too near to an edge is moved into the frame. @param {HTMLElement} element */
  const fit = (element) => {
    const { top, bottom, left, right } = getBoundingClientRect.call(element);
    const [width, height] = [innerWidth, innerHeight];
    const edge = 0.02 * Math.min(width, height);
    const down = top < edge ? edge - top : Math.min(0, height - edge - bottom);
    const across = left < 0 ? -left : Math.min(0, width - right);
    if (down !== 0 || across !== 0) style(element, "transform", `translate(${across}px, ${down}px)`);
  };

  /** @param {number[]} numbers */
  const draw = (numbers) => {
    const stacked = numbers.filter((number) => (cues[number][4]?.[3] ?? null) === null && !cues[number][4]?.[6]);
    const placed = numbers.filter((number) => !stacked.includes(number)).map(apart);
    /** What stands at each height; what has ended below one that stays keeps its room. @type {Map<number, HTMLElement>} */
    const levels = new Map();
    for (const number of stacked) {
      cues[number][2].forEach((below, level) => levels.set(level, levels.get(level) ?? item(below, true)));
    }
    for (const number of stacked) levels.set(cues[number][2].length, item(number, false));
    const stack = make("div", { class: "stack" });
    append.call(stack, ...Array.from(levels.keys()).sort((a, b) => a - b).map((level) => /** @type {HTMLElement} */ (levels.get(level))));
    // Never seen: those who look after fonts find every letter here from the first frame on.
    const sample = make("subtitle-cue", { part: "cue" });
    append.call(sample, createTextNode.call(document, letters));
    // The one thing of the root that the top layer does not leave behind.
    style(/** @type {HTMLElement} */ (frame), "zoom", `${1 / zoomOf.call(document.documentElement)}`);
    replaceChildren.call(/** @type {HTMLElement} */ (frame), stack, ...placed, sample);
    placed.forEach(fit);
  };

  /** What else was in the top layer when we were raised last. @type {Element[]} */
  let others = [];

  /** Into the page, whatever became of it, and above what has entered the top layer since. */
  const raise = () => {
    if (!host || !document.documentElement) return;
    if (host.parentNode !== document.documentElement) append.call(document.documentElement, host);
    const found = fw.shadows.roots().flatMap((scope) => Array.from(scope.querySelectorAll(":modal, :popover-open, :fullscreen")));
    const now = found.filter((element) => element !== host);
    const open = matches.call(host, ":popover-open");
    if (open && now.every((element) => others.includes(element))) return;
    others = now;
    if (open) hidePopover.call(host);
    showPopover.call(host);
  };

  const lay = () => {
    if (cues.length === 0 || host) return;
    host = make(NAME, { popover: "manual", "aria-hidden": "true" });
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(`${RULES}\n${styles}`);
    tree = /** @type {ShadowRoot} */ (natives.attachShadow(host, { mode: "closed" }));
    tree.adoptedStyleSheets = [sheet];
    frame = make("div", { class: "frame" });
    plant.call(tree, frame);
    raise();
    draw([]);
  };

  /** @param {number} seconds */
  const place = (seconds) => {
    if (!host) return;
    raise();
    const numbers = active(seconds);
    const key = numbers.join();
    if (key === shown) return;
    shown = key;
    draw(numbers);
  };

  fw.subtitles = {
    lay,
    place,
    /** @param {string} told */
    take(told) {
      ({ cues, styles, letters } = JSON.parse(told));
      latest = new Float64Array(cues.length);
      let most = 0;
      cues.forEach(([, stop], index) => (latest[index] = most = Math.max(most, stop)));
      edges = Float64Array.from(new Set(cues.flatMap(([start, stop]) => [start, stop]))).sort();
    },
    /** @param {number} seconds */
    next(seconds) {
      const at = upTo((index) => edges[index], edges.length, seconds);
      return at < edges.length ? edges[at] / 1000 : Infinity;
    },
    roots: () => (tree ? [tree] : []),
  };
}
