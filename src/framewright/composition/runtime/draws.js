// fw.draws: whether this document hears when it is drawn. A page that does must be drawn in every frame that it goes
// through; for all others a frame that nobody looks at costs no draw.
//   heard()   true from the first observer of layout, listener for scrolling, or view transition on
{
  const OBSERVERS = ["IntersectionObserver", "ResizeObserver"];
  const TYPES = ["scroll", "scrollend", "scrollsnapchange"];
  let heard = false;

  for (const name of OBSERVERS) {
    const native = /** @type {any} */ (window)[name];
    if (!native) continue;
    /** @type {any} */ (window)[name] = new Proxy(native, {
      construct(target, args, newTarget) {
        heard = true;
        return Reflect.construct(target, args, newTarget);
      },
    });
  }

  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (/** @type {any} */ type, /** @type {any} */ listener, /** @type {any} */ options) {
    if (TYPES.includes(type)) heard = true;
    return addEventListener.call(this, type, listener, options);
  };

  const { startViewTransition } = /** @type {any} */ (Document.prototype);
  if (startViewTransition) {
    /** @type {any} */ (Document.prototype).startViewTransition = function (/** @type {any[]} */ ...given) {
      heard = true;
      return startViewTransition.apply(this, given);
    };
  }

  const handlers = () => {
    if (TYPES.some((type) => /** @type {any} */ (window)[`on${type}`] || /** @type {any} */ (document)[`on${type}`])) return true;
    return fw.shadows.roots().some((scope) => TYPES.some((type) => scope.querySelector(`[on${type}]`) !== null));
  };

  fw.draws = { heard: () => (heard ||= handlers()) };
}
