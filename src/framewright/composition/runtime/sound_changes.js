// fw.soundChanges: what scripts do to the volume of videos and sounds, with the times at which they do it.
//   of(element)      [seconds, gain, steps] for each change, the gain of the beginning first: steps says that it stays until
//                    the next one and then changes at once; empty: scripts leave it alone
//   level(element)   its gain now; 0 while it is muted
//   isMuted(element)
//   passed(seconds)  a frame has been gone through
// The volume of an element with data-volume reads that, up to 1, until a script sets it: what fades, fades from there.
// What a frame sets is reached from the frame before along a straight line, as a tween draws it; what a timer sets is set
// at its time, at once. Kept while the page loads, and all along where it is gone through to be heard.
{
  const { time } = fw;
  const MOST = 100_000;
  const LOUDEST = 3.981;
  /** Of all documents: elements go from one to another. @type {WeakMap<Element, FwSoundChanges>} */
  const known = fw.root === fw ? new WeakMap() : fw.root.soundChanges.known;
  let frame = 0;

  /** @param {string} name */
  const property = (name) => /** @type {any} */ (Object.getOwnPropertyDescriptor(HTMLMediaElement.prototype, name));
  const [volume, muted] = [property("volume"), property("muted")];

  /** @param {Element} element */
  const changes = (element) => {
    const found = known.get(element) ?? { volume: false, muted: false, log: [] };
    known.set(element, found);
    return found;
  };

  /** The gain that is written; null: none, or no number. @param {HTMLMediaElement} element */
  const written = (element) => {
    const text = element.getAttribute("data-volume");
    const gain = text === null || text.trim() === "" ? Number.NaN : Number(text);
    return Number.isFinite(gain) ? Math.min(LOUDEST, Math.max(0, gain)) : null;
  };

  /** @param {HTMLMediaElement} element @returns {boolean} */
  const isMuted = (element) => muted.get.call(element) || (element.defaultMuted && !known.get(element)?.muted);

  /** @param {HTMLMediaElement} element @returns {number} */
  const level = (element) => {
    if (isMuted(element)) return 0;
    return known.get(element)?.volume ? volume.get.call(element) : (written(element) ?? 1);
  };

  /** @param {FwSoundChanges} of @param {number} before @param {number} gain */
  const note = ({ log }, before, gain) => {
    if (!(time.loading || fw.config.listening)) return;
    const now = time.now / 1000;
    if (log.length === 0) log.push([0, before, false]);
    const last = log[log.length - 1];
    const since = fw.root.soundChanges.frame();
    if (now <= last[0] || log.length >= MOST) last[1] = gain;
    else {
      if (fw.timers.calling()) last[2] = true;
      else if (last[0] < since) log.push([since, last[1], false]);
      log.push([now, gain, false]);
    }
  };

  /** @param {HTMLMediaElement} element @param {"volume" | "muted"} name @param {() => void} set */
  const change = (element, name, set) => {
    const before = level(element);
    set();
    const own = changes(element);
    own[name] = true;
    note(own, before, level(element));
  };

  Object.defineProperty(HTMLMediaElement.prototype, "volume", {
    ...volume,
    get() {
      const own = volume.get.call(this);
      return known.get(this)?.volume ? own : Math.min(1, written(this) ?? own);
    },
    set(value) {
      change(/** @type {HTMLMediaElement} */ (/** @type {unknown} */ (this)), "volume", () => volume.set.call(this, value));
    },
  });
  Object.defineProperty(HTMLMediaElement.prototype, "muted", {
    ...muted,
    set(value) {
      change(/** @type {HTMLMediaElement} */ (/** @type {unknown} */ (this)), "muted", () => muted.set.call(this, value));
    },
  });

  fw.soundChanges = {
    known,
    level,
    isMuted,
    of: (element) => known.get(element)?.log ?? [],
    frame: () => frame,
    passed: (seconds) => {
      frame = seconds;
    },
  };
}
