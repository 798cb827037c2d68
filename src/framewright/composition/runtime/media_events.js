// fw.mediaEvents: the events of videos and sounds, by the clock. Those that the browser sends of its own, failed load
// never reach the page.
//   guard(scope)          a window, shadow root or element: the browser's own events end there
//   hears(element)        handlers that are written as attributes, HANDLERS, may be there
//   tell(record, types)   sends these in the next task; resolves when they were sent. Scripts that answer each event with a
//                         call that brings another are not told for ever: the clock would stand still meanwhile
//   queue(record, ...types)   the same, and counts as work under way
//   next()                the next start, turn or end that somebody listens to, as something due; null without any
//   tick(seconds)         timeupdate of those that play, once a frame
//   next and tick tell each thing once: going back takes nothing back, see phases.js
//   still(seconds)        false: a listener may do something in any frame
{
  const { natives, time } = fw;
  const CLOCKED = ["play", "playing", "pause", "ended", "seeking", "seeked", "timeupdate"];
  const TYPES = [
    ...CLOCKED, "abort", "canplay", "canplaythrough", "durationchange", "emptied", "encrypted", "error", "loadeddata", "loadedmetadata",
    "loadstart", "progress", "ratechange", "resize", "stalled", "suspend", "volumechange", "waiting",
  ];
  const MOST_TOLD = 5000; // a script that draws each frame of a source into a sheet seeks that often
  const MOST_TOLD_AGAIN = 50;
  const RESTLESS = "Its events bring calls that bring further events, without end: they are not told until the next frame.";
  /** What each was told at one time of the clock. @type {WeakMap<Element, {at: number, told: number, most: number}>} */
  const moments = new WeakMap();
  const HANDLERS = CLOCKED.map((type) => `on${type}`);
  /** Types that somebody listens to. @type {Set<string>} */
  const heard = new Set();
  /** Milliseconds of the clock up to which nobody did: what was before is not told any more. */
  let deaf = -Infinity;

  /** @param {string} type */
  const hear = (type) => void heard.add(type);

  const { addEventListener } = EventTarget.prototype;
  EventTarget.prototype.addEventListener = function (/** @type {any} */ type, /** @type {any} */ listener, /** @type {any} */ options) {
    if (TYPES.includes(type)) {
      if (CLOCKED.includes(type)) hear(type);
      // It is known before its author hears of it, also when it came by markup and is nowhere in the document.
      if (this instanceof HTMLMediaElement) fw.mediaRecords.of(this);
    }
    return addEventListener.call(this, type, listener, options);
  };

  for (const type of CLOCKED) {
    const old = Object.getOwnPropertyDescriptor(HTMLElement.prototype, `on${type}`);
    if (!old?.set) continue;
    const { set } = old;
    Object.defineProperty(HTMLElement.prototype, `on${type}`, {
      ...old,
      set(value) {
        hear(type);
        set.call(this, value);
      },
    });
  }

  /** @param {Event} event */
  const swallow = (event) => {
    if (!event.isTrusted) return;
    const target = /** @type {any} */ (event.target);
    const element = target instanceof HTMLSourceElement ? target.parentElement : target;
    if (element instanceof HTMLMediaElement && fw.mediaRecords.of(element)) event.stopImmediatePropagation();
  };

  /** @param {EventTarget} scope */
  const guard = (scope) => {
    for (const type of TYPES) natives.listen(scope, type, swallow, true);
  };
  guard(window);

  /** @param {FwMediaRecord} record @param {string[]} types */
  const send = ({ element }, types) => {
    for (const type of types) natives.dispatch(element, new Event(type));
  };

  /** Whether a script has been told more, at one time of the clock, than work that ends would ask for.
   * @param {FwMediaRecord} record */
  const isRestless = ({ element }) => {
    const moment = moments.get(element) ?? { at: -Infinity, told: 0, most: MOST_TOLD };
    moments.set(element, moment);
    if (moment.at !== time.now) [moment.at, moment.told] = [time.now, 0];
    moment.told += 1;
    if (moment.told <= moment.most) return false;
    moment.most = MOST_TOLD_AGAIN;
    fw.notices.add("MEDIA_RESTLESS", RESTLESS, element);
    return true;
  };

  /** @param {FwMediaRecord} record @param {string[]} types */
  const tell = async (record, types) => {
    const restless = isRestless(record);
    await natives.turn();
    if (!restless) send(record, types);
  };

  /** @param {FwMediaRecord} record @returns {FwDue | null} */
  const due = (record) => {
    if (!record.facts) return null;
    record.told = Math.max(record.told, deaf);
    const mark = fw.mediaTimes.marks(record, record.told / 1000);
    if (!mark) return null;
    const at = Math.max(0, fw.clock.milliseconds(mark.at));
    const run = () => {
      record.told = Math.max(record.told, at);
      send(record, mark.types);
    };
    return { at, delay: at, run };
  };

  fw.mediaEvents = {
    HANDLERS,
    guard,
    hears(element) {
      for (const type of CLOCKED) if (element.hasAttribute(`on${type}`)) hear(type);
    },
    tell,
    queue: (record, ...types) => fw.mediaRecords.work(tell(record, types)),
    next() {
      /** @type {FwDue | null} */
      let first = null;
      if (heard.size === 0) {
        if (!time.loading) deaf = Math.max(deaf, time.now);
        return null;
      }
      for (const record of fw.mediaRecords.known()) {
        const found = due(record);
        if (found && (!first || found.at < first.at)) first = found;
      }
      return first;
    },
    tick(seconds) {
      if (!heard.has("timeupdate")) return;
      for (const record of fw.mediaRecords.known()) {
        if (record.facts && fw.mediaTimes.isPlaying(record, seconds)) send(record, ["timeupdate"]);
      }
    },
    still(seconds) {
      return !heard.has("timeupdate") || !fw.mediaRecords.known().some((record) => record.facts && fw.mediaTimes.isPlaying(record, seconds));
    },
  };
}
