// fw.gsapCopies: the copies of GSAP in this document; scripts that each bring their own are common.
//   all()   every copy, in the order in which they were loaded
// As a copy is loaded it asks for window.GreenSockGlobals, the object to install itself in, and falls back on the window.
// A copy that finds window.gsap taken would install itself in an object that nobody sees: it is given one of ours, which
// the page sees as little.
{
  const { time } = fw;
  /** @type {any} */
  const view = window;
  /** @type {Map<any, FwGsap>} */
  const copies = new Map();
  /** @type {any} */
  let scope;
  let zero = 0;

  /** Its own functions may be limited to a scope by a proxy around it: what it stands on is shared by both. @param {any} gsap */
  const key = (gsap) => gsap.globalTimeline;

  /** @param {any} gsap */
  const note = (gsap) => {
    if (!gsap?.globalTimeline?.getChildren || !gsap.ticker?.tick || typeof gsap.updateRoot !== "function" || copies.has(key(gsap))) return;
    const { ticker } = gsap;
    /** @type {FwGsap} */
    const copy = { gsap, zero, at: 0, ticked: 0, rate: 0, adopted: false, driven: true, passed: 0, last: null, known: new WeakSet(), born: new WeakSet() };
    copies.set(key(gsap), copy);
    // The page asks for fewer ticks than there are frames: its animations move in steps of that rate.
    const { fps } = ticker;
    ticker.fps = (/** @type {any} */ rate) => {
      copy.rate = rate > 0 ? Number(rate) : 0;
      return fps(rate);
    };
  };

  const look = () => {
    try {
      note(view.gsap);
      if (scope) note(scope.gsap);
    } catch {
      // something else of that name
    }
  };

  Object.defineProperty(window, "GreenSockGlobals", {
    configurable: true,
    enumerable: false,
    get() {
      look(); // the copy that is about to be replaced
      zero = time.now;
      queueMicrotask(look);
      if (scope || !view.gsap) return scope;
      return {
        /** @param {any} gsap */
        set gsap(gsap) {
          note(gsap);
        },
      };
    },
    set(value) {
      scope = value;
    },
  });

  fw.gsapCopies = {
    all() {
      look();
      return copies.size === 0 ? [] : Array.from(copies.values());
    },
  };
}
