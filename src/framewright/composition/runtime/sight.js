// What intersection observers tell: nothing of the covers that hide the page between two runs of frames, or an author
// would see everything leave and come back wherever such runs meet.
// An observer hears of a cover when it is drawn, and before it is taken away; of what is there again it hears afterwards.
{
  const native = window.IntersectionObserver;
  const { observe, unobserve, disconnect } = native.prototype;
  /** What was told last of each target. @type {WeakMap<IntersectionObserver, WeakMap<Element, IntersectionObserverEntry>>} */
  const told = new WeakMap();

  /** @param {IntersectionObserver} observer */
  const toldBy = (observer) => {
    const known = told.get(observer) ?? new WeakMap();
    told.set(observer, known);
    return known;
  };

  /** @param {IntersectionObserverEntry[]} entries @param {IntersectionObserver} observer */
  const news = (entries, observer) => {
    const known = toldBy(observer);
    const covered = fw.root.cover.on();
    return entries.filter((entry) => {
      const before = known.get(entry.target);
      const same = before?.isIntersecting === entry.isIntersecting && before.intersectionRatio === entry.intersectionRatio;
      if (before && (covered || same)) return false;
      known.set(entry.target, entry);
      return true;
    });
  };

  native.prototype.observe = function (/** @type {any} */ target) {
    toldBy(this).delete(target); // what is observed anew is told anew
    return observe.call(this, target);
  };
  native.prototype.unobserve = function (/** @type {any} */ target) {
    toldBy(this).delete(target);
    return unobserve.call(this, target);
  };
  native.prototype.disconnect = function () {
    told.delete(this);
    return disconnect.call(this);
  };

  /** @type {any} */ (window).IntersectionObserver = new Proxy(native, {
    construct(target, [callback, ...given], newTarget) {
      /** @param {IntersectionObserverEntry[]} entries @param {IntersectionObserver} observer */
      const tell = (entries, observer) => {
        const fresh = news(entries, observer);
        if (fresh.length > 0) callback.call(observer, fresh, observer);
      };
      // What is no function is refused by the browser, in its own words.
      return Reflect.construct(target, [typeof callback === "function" ? tell : callback, ...given], newTarget);
    },
  });
}
