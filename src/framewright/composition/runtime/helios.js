// fw.helios: pages written for Helios, driven by the contract of its renderer.
//   wait()         until a page that speaks of Helios has handed its instance over, with a limit
//   begin()        the clock obeys from now on: props that no script has read are given to the instance
//   seek(seconds)  sets the virtual time, then moves the instance and its GSAP timeline
//   stable()       the promise of waitUntilStable(), in a list; called once the frame is drawn, for what a subscriber
//                  adds in a later task is to be waited for as well
//   next(seconds)  Infinity where nothing of Helios is, else null: subscribers may draw at any time
//   size(), rate(), duration()   what the instance declares, or null: {width, height}, text, seconds
//   drives()       whether an instance is there
//   media()        clips of the videos and sounds with data-helios attributes: they are shown all the time
// __HELIOS_VIRTUAL_TIME__ is a plain property: the library puts an accessor of its own in its place to notify every
// bound instance, and takes it away again when it unbinds.
{
  const QUIET = 1;
  const PATIENCE = 5;
  const NUDGE = 0.001;
  const USUAL = { width: 1920, height: 1080 };
  const SPEAKS = /@helios-project\/core|\bnew Helios\b|\bwindow\.helios\b|__helios_gsap_timeline__/;
  const NAMED = /helios[^/]*$/i;
  const IMPORTS = /@helios-project\/core/;
  const BROADCAST = 1001;
  /** @type {any} */
  const view = window;
  /** It did not become stable in time once. */
  let tired = false;
  let read = false;
  /** @type {any} */
  let props = null;

  view.__HELIOS_VIRTUAL_TIME__ = 0;

  const given = () => {
    if (props !== null) return props;
    const values = fw.variables.page();
    // What the root declares is known once it has been parsed.
    if (document.readyState !== "loading") props = values;
    return values;
  };
  Object.defineProperty(window, "__HELIOS_PROPS__", {
    configurable: true,
    enumerable: true,
    get() {
      read = true;
      return given();
    },
    set(value) {
      read = true;
      props = value;
    },
  });

  const instance = () => (typeof view.helios?.seek === "function" ? view.helios : null);
  const timeline = () => (typeof view.__helios_gsap_timeline__?.seek === "function" ? view.__helios_gsap_timeline__ : null);
  const isBound = () => typeof Object.getOwnPropertyDescriptor(window, "__HELIOS_VIRTUAL_TIME__")?.get === "function";
  const isThere = () => instance() !== null || timeline() !== null || isBound();

  /** A signal's value, or a plain number as old versions had it; null unless it is above 0. @param {string} name */
  const declared = (name) => {
    const told = instance()?.[name];
    const value = Number(typeof told === "object" ? told?.value : told);
    return value > 0 && value !== Infinity ? value : null;
  };

  const wait = async () => {
    const scripts = Array.from(document.scripts).filter(({ type }) => type !== "importmap");
    if (isThere() || !scripts.some(({ text, src }) => SPEAKS.test(text) || NAMED.test(src))) return;
    const over = () => isThere() || fw.failures.first !== null;
    if (!(await fw.waits.until(over, QUIET))) {
      fw.timers.release(); // the page may be waiting for one of them
      await fw.waits.until(over, PATIENCE);
    }
    if (over() || !scripts.some((script) => IMPORTS.test(script.text))) return;
    const message = "The page uses Helios but hands no instance over: set window.helios, or call bindToDocumentTimeline().";
    fw.notices.add("HELIOS_UNREACHABLE", message);
  };

  /** @param {string} what @param {() => void} work */
  const guarded = (what, work) => {
    try {
      work();
    } catch (error) {
      fw.failures.report(error, what);
    }
  };

  const begin = () => {
    const helios = instance();
    if (!helios || read || typeof helios.setInputProps !== "function" || Object.keys(given()).length === 0) return;
    guarded("window.helios.setInputProps", () => helios.setInputProps({ ...helios.inputProps?.value, ...given() }));
  };

  /** @param {any} helios @param {number} seconds */
  const move = (helios, seconds) => {
    // A playing instance would add the time between two frames on top.
    if (helios.isPlaying?.value) helios.pause();
    const frame = seconds * (declared("fps") ?? 30);
    const last = (declared("duration") ?? Infinity) * (declared("fps") ?? 30);
    // A signal that keeps its value tells nobody, although the page may look otherwise by now.
    if (helios.currentFrame?.value === Math.min(frame, last)) helios.seek(frame + NUDGE < last ? frame + NUDGE : Math.max(0, last - NUDGE));
    helios.seek(frame);
  };

  /** @param {number} seconds */
  const seek = (seconds) => {
    guarded("A composition bound to __HELIOS_VIRTUAL_TIME__", () => {
      view.__HELIOS_VIRTUAL_TIME__ = fw.clock.milliseconds(seconds);
    });
    const helios = instance();
    if (helios) guarded("window.helios.seek", () => move(helios, seconds));
    const moved = timeline();
    if (moved) guarded("window.__helios_gsap_timeline__", () => fw.timelines.put(moved, seconds));
  };

  const stable = () => {
    const helios = instance();
    if (tired || typeof helios?.waitUntilStable !== "function") return [];
    const limit = fw.config.promise_timeout;
    const asked = async () => {
      const settled = Promise.resolve(helios.waitUntilStable()).catch((error) => fw.failures.report(error, "window.helios.waitUntilStable"));
      if (await fw.frames.outlast(settled, limit)) return;
      tired = true;
      const message = `window.helios.waitUntilStable() did not settle within ${limit} s: later frames do not wait for it.`;
      fw.notices.add("HELIOS_UNSTABLE", message);
    };
    return [asked().catch((error) => fw.failures.report(error, "window.helios.waitUntilStable"))];
  };

  const size = () => {
    const width = declared("width");
    const height = declared("height");
    // The library says 1920×1080 for those that do not say.
    return width && height && (width !== USUAL.width || height !== USUAL.height) ? { width, height } : null;
  };

  /** 30000/1001 is no number that a page can write. */
  const rate = () => {
    const fps = declared("fps");
    if (fps === null) return null;
    const whole = Math.round((fps * BROADCAST) / 1000) * 1000;
    return Math.abs(fps - whole / BROADCAST) < 1e-9 * fps ? `${whole}/${BROADCAST}` : String(fps);
  };

  const media = () => {
    const written = (/** @type {Element} */ element) => element.getAttributeNames().some((name) => name.startsWith("data-helios-"));
    const found = Array.from(document.querySelectorAll("video, audio")).filter((element) => !element.hasAttribute("data-start") && written(element));
    return found.map((element) => ({
      element,
      start: fw.references.start(element),
      duration: fw.references.duration(element),
      hidden: false,
    }));
  };

  fw.helios = { wait, begin, drives: isThere, media, seek, stable, next: () => (isThere() ? null : Infinity), size, rate, duration: () => declared("duration") };
}
