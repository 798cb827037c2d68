// fw.smil: SVG's own animation elements, by the clock. Each outermost <svg> has a clock; it is paused and put at the time
// since the window opened that it is in.
//   roots()    the outermost <svg> elements that move
//   seek()     puts them all at the clock's time
//   inspect()  warns of pictures that move by themselves and cannot be driven: an animated SVG in an <img>
{
  const { natives, time } = fw;
  const MOVERS = ["animate", "animateMotion", "animateTransform", "set"];
  const MOVES = /<(animate|animateMotion|animateTransform|set)\b|@keyframes\b/;
  const SVG = "http://www.w3.org/2000/svg";
  // Collections of a document are live and cost nothing while it stays as it is.
  const moving = () => MOVERS.map((name) => document.getElementsByTagNameNS(SVG, name));
  /** @type {WeakMap<SVGSVGElement, number>} */
  const placed = new WeakMap();

  /** @param {Element} element */
  const outermost = (element) => {
    let root = /** @type {SVGElement} */ (element).ownerSVGElement;
    while (root?.ownerSVGElement) root = root.ownerSVGElement;
    return root;
  };

  const roots = () => {
    /** @type {Set<SVGSVGElement>} */
    const found = new Set();
    for (const scope of fw.shadows.roots()) {
      const lists = scope === document ? moving() : [scope.querySelectorAll(MOVERS.join())];
      for (const list of lists) {
        for (const element of list) {
          const root = outermost(element);
          if (root) found.add(root);
        }
      }
    }
    return found;
  };

  /** @param {HTMLImageElement} image */
  const moves = async (image) => {
    const address = image.currentSrc || image.src;
    if (!/^data:image\/svg|\.svg([?#]|$)/i.test(address)) return false;
    try {
      return MOVES.test(await (await natives.fetch(address, { mode: "same-origin" })).text());
    } catch {
      return false; // of another origin: not to be read, and not to be asked for once more
    }
  };

  fw.smil = {
    roots,
    seek() {
      for (const root of roots()) {
        const seconds = Math.max(0, ((time.now - fw.animations.zero(root)) / 1000) * fw.animations.pace(root));
        if (!root.animationsPaused()) root.pauseAnimations();
        if (placed.get(root) === seconds && root.getCurrentTime() === seconds) continue;
        placed.set(root, seconds);
        root.setCurrentTime(seconds);
      }
    },
    async inspect() {
      for (const scope of fw.shadows.roots()) {
        for (const image of scope.querySelectorAll("img")) {
          if (!(await moves(image))) continue;
          fw.notices.add("SVG_IMAGE_MOVES", "This SVG picture moves by itself, which cannot be driven from outside: put it into the page as <svg>.", image);
        }
      }
    },
  };
}
