// fw.movingImages: pictures in <img> that move by themselves follow the clock: the frame of the time is shown by `content`,
// so that whatever styles do to the picture they do to the frame. Those in backgrounds, masks and posters stand at their
// first frame; elsewhere (borders, list marks, <image>) the browser lets them run by a time that is nobody's.
//   ready()         finds those that are there, and warns of those that are not in an <img>
//   place(seconds)  shows their frames; null, or a promise while something is decoded
//   next(seconds)   when the next one is due; Infinity: never; null: one runs that cannot be driven
// Their time begins when their clip does, or their composition; data-playback-start and data-playback-rate hold.
{
  const { natives } = fw;
  const MARK = "data-framewright-moving";
  const SEEN = { opacityProperty: true, visibilityProperty: true };
  // A frame may be asked for a rounding error before it is due.
  const NEARLY = 1e-6;

  /** @typedef {{image: HTMLImageElement, address: string, reel: any, rule: CSSStyleRule, shown: number, seen: boolean}} Moving */
  /** @type {Map<HTMLImageElement, Moving>} */
  const moving = new Map();
  /** What each picture was looked at for. @type {WeakMap<HTMLImageElement, string>} */
  const looked = new WeakMap();
  const sheet = new CSSStyleSheet();
  // Inherited, also into shadow trees.
  const STOP = new CSSStyleSheet();
  STOP.replaceSync(":root { image-animation: stopped !important; }");
  const MOVING = /\.(gif|webp|a?png|avif)([?#]|$)|^data:image\/(gif|webp|a?png|avif)/i;
  const STEADY = /^(?!image\/(?!jpe?g|svg))(?=[^/]+\/)(?!application\/octet-stream)/i;
  const STOPPABLE = CSS.supports("image-animation", "stopped") ? ["backgroundImage", "maskImage", "poster"] : [];
  let stray = false;
  const STILL = "This picture moves by itself, which cannot be driven here: it shows its first frame. Put it into an <img>.";
  const MOVES = "This picture moves by itself, which cannot be driven here: it runs by the machine's time. Put it into an <img>.";
  let numbers = 0;
  let stale = true;

  const watched = { childList: true, subtree: true, attributes: true, attributeFilter: ["src", "srcset", "sizes", "media", "type"] };
  const observer = new MutationObserver(() => (stale = true));
  /** @type {WeakSet<Node>} */
  const guarded = new WeakSet();

  /** @param {HTMLImageElement} image */
  const forget = (image) => {
    const known = moving.get(image);
    if (!known) return;
    moving.delete(image);
    image.removeAttribute(MARK);
    const index = Array.from(sheet.cssRules).indexOf(known.rule);
    if (index >= 0) sheet.deleteRule(index);
  };

  /** @param {HTMLImageElement} image @param {string} address */
  const take = async (image, address) => {
    const reel = await fw.movingFrames.of(address);
    if (!reel || looked.get(image) !== address || !image.isConnected) return;
    needed = true;
    const number = (numbers += 1);
    const index = sheet.insertRule(`[${MARK}="${number}"] {}`, sheet.cssRules.length);
    image.setAttribute(MARK, String(number));
    moving.set(image, { image, address, reel, rule: /** @type {CSSStyleRule} */ (sheet.cssRules[index]), shown: -1, seen: false });
  };

  /** Those that came, went or changed since. */
  const scan = () => {
    if (!stale && observer.takeRecords().length === 0) return null;
    stale = false;
    for (const { image } of moving.values()) if (!image.isConnected) forget(image);
    const taken = [];
    for (const scope of fw.shadows.roots()) {
      if (!guarded.has(scope)) observer.observe(scope, watched);
      guarded.add(scope);
      for (const image of scope.querySelectorAll("img")) {
        const address = image.currentSrc || image.src;
        if (!image.complete) stale = true;
        if (!address || !image.complete || looked.get(image) === address) continue;
        looked.set(image, address);
        forget(image);
        taken.push(take(image, address));
      }
    }
    return taken.length > 0 ? Promise.all(taken) : null;
  };

  /** @param {Moving} of @param {number} seconds on the page's clock */
  const own = ({ image }, seconds) => {
    const { offset, rate } = fw.references.media(image);
    const pace = fw.animations.pace(image) * rate;
    const zero = fw.animations.zero(image) / 1000;
    return { zero, offset, pace, at: offset + Math.max(0, seconds - zero) * pace };
  };

  /** @param {Moving} of @param {string} address */
  const put = (of, address) => {
    const root = /** @type {any} */ (of.image.getRootNode());
    if (root.adoptedStyleSheets && !root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
    // A picture of a set may have been chosen for more pixels than it takes.
    const density = of.image.naturalWidth > 0 ? of.reel.width / of.image.naturalWidth : 1;
    of.rule.style.setProperty("content", `image-set(url("${address}") ${density}x)`, "important");
  };

  /** @param {Moving} of @param {number} seconds */
  const show = (of, seconds) => {
    of.seen = natives.checkVisibility(of.image, SEEN);
    if (!of.seen) return null;
    const { index } = of.reel.at(own(of, seconds).at + NEARLY);
    if (index === of.shown) return null;
    of.shown = index;
    const address = of.reel.show(index);
    if (typeof address === "string") {
      put(of, address);
      return null;
    }
    return address.then((/** @type {string} */ made) => {
      if (of.shown === index) put(of, made);
    });
  };

  /** @param {number} seconds */
  const showAll = (seconds) => {
    const waiting = Array.from(moving.values(), (of) => show(of, seconds)).filter((promise) => promise !== null);
    return waiting.length > 0 ? Promise.all(waiting) : null;
  };

  const ready = async () => {
    const found = scan();
    if (found) await found;
    const painted = Array.from(fw.images.painted(), async ([address, { element, property }]) => {
      if (!(await fw.movingFrames.of(address))) return;
      needed = true;
      stop();
      const still = STOPPABLE.includes(property);
      stray ||= !still;
      fw.notices.add(still ? "IMAGE_STILL" : "IMAGE_MOVES", still ? STILL : MOVES, element, address);
    });
    await Promise.all(painted);
  };

  let needed = false;
  /** The page may have put sheets of its own in place of all others. */
  const stop = () => {
    if (needed && !document.adoptedStyleSheets.includes(STOP)) document.adoptedStyleSheets = [STOP, ...document.adoptedStyleSheets];
  };

  /** By its name or its type; a picture of which neither speaks may, too. @param {any} entry */
  const mayMove = ({ name, initiatorType, contentType }) =>
    MOVING.test(name) || ((initiatorType === "img" || initiatorType === "css") && !STEADY.test(contentType ?? ""));

  /** @param {any[]} entries of things that were loaded */
  const suspect = (entries) => {
    needed ||= entries.some(mayMove);
    stop();
  };

  // Before the first draw: a picture that runs by the compositor's time has been seen to keep a draw from ever ending.
  const begun = () => {
    suspect([...performance.getEntriesByType("resource"), ...Array.from(document.images, ({ src }) => ({ name: src }))]);
    new PerformanceObserver((list) => suspect(list.getEntries())).observe({ type: "resource" });
  };
  window.addEventListener("load", begun, { capture: true, once: true });

  fw.movingImages = {
    ready,
    /** @param {number} seconds */
    place(seconds) {
      stop();
      const found = scan();
      if (found) return found.then(() => showAll(seconds));
      return moving.size > 0 ? showAll(seconds) : null;
    },
    /** @param {number} seconds */
    next(seconds) {
      if (stray) return null;
      let soonest = Infinity;
      for (const of of moving.values()) {
        if (!of.seen) continue;
        const { zero, offset, pace, at } = own(of, seconds);
        const { until } = of.reel.at(at + NEARLY);
        if (until !== Infinity && pace > 0) soonest = Math.min(soonest, zero + (until - offset) / pace);
      }
      return soonest;
    },
  };
}
