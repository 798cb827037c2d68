// fw.scopedGlobals: what the scripts of an instance find under the names of the browser's globals.
//   of(instance)      {document, window, gsap, names}: values by the names that its scripts are given in place of the page's
//   loaded(instance)  its scripts have run: whoever listens for DOMContentLoaded and load is told
// document: lookups find what is in the instance; body and documentElement are its host. window: __timelines,
// __hyperframes, and what its scripts put on it are its own. Date, performance, timers and animation frames go by its
// clock. gsap: texts given as targets mean elements of the instance.
{
  const { natives, instances, time } = fw;
  const TIMES = ["__hfThreeTime", "__hfTypegpuTime"];
  const PLAYERS = ["__hfLottie", "__hfAnime", "__hfD3"];
  const STARTS = ["DOMContentLoaded", "load", "pageshow"];
  const TWEENS = ["to", "from", "fromTo", "set", "staggerTo", "staggerFrom", "staggerFromTo", "add", "call"];

  // The functions of the browser that must be called on the true window.
  const receivers = new Set();
  for (let at = window; at; at = Object.getPrototypeOf(at)) {
    for (const [name, { value }] of Object.entries(Object.getOwnPropertyDescriptors(at))) {
      if (typeof value === "function" && !("prototype" in value)) receivers.add(name);
    }
  }

  /** What instances have put on the window last, by its name. @type {Map<PropertyKey, {value: unknown, file: string}>} */
  const latest = new Map();
  /** Ours, and what they stand for. @type {WeakMap<object, unknown>} */
  const stands = new WeakMap();
  const plain = (/** @type {any} */ value) => stands.get(value) ?? value;

  /** @param {FwInstance} instance @param {any} own @param {unknown} self */
  const within = (instance, own, self) => {
    /** @param {any[]} given */
    const call = (...given) => instances.inside(instance, () => own.apply(self, given.map(plain)));
    return call;
  };

  /** Milliseconds on the clock of an instance. @param {FwInstance} instance */
  const now = (instance) => (time.loading ? 0 : instance.localTime(time.now / 1000) * 1000);

  /** @param {any} timeline @param {FwInstance} instance */
  const tame = (timeline, instance) => {
    for (const name of TWEENS) {
      if (typeof timeline?.[name] !== "function") continue;
      const value = within(instance, timeline[name], timeline);
      Object.defineProperty(timeline, name, { value, configurable: true, writable: true, enumerable: false });
    }
    return timeline;
  };

  /** A library whose functions look for elements of the instance. @param {any} library @param {FwInstance} instance */
  const scopedLibrary = (library, instance) => {
    /** @type {Map<PropertyKey, any>} */
    const known = new Map();
    const own = new Proxy(library, {
      get(target, name) {
        const value = target[name];
        if (known.has(name) && known.get(name).value === value) return known.get(name).ours;
        let ours = value;
        if (name === "timeline" && typeof value === "function") {
          const make = within(instance, value, target);
          ours = (/** @type {any[]} */ ...given) => tame(make(...given), instance);
        } else if (name === "utils" && value) ours = scopedLibrary(value, instance);
        else if (typeof value === "function" && !/^class\b/.test(Function.prototype.toString.call(value)) && !/^[A-Z]/.test(String(name))) {
          ours = within(instance, value, target);
        }
        known.set(name, { value, ours });
        return ours;
      },
    });
    stands.set(own, library);
    return own;
  };

  /** @param {FwInstance} instance */
  const make = (instance) => {
    const { host } = instance;
    /** @type {{type: string, listener: any}[]} */
    const starting = [];
    /** @type {WeakMap<object, any>} */
    const wrapped = new WeakMap();
    /** @type {Map<PropertyKey, unknown>} */
    const own = new Map();
    /** @type {any} */
    const view = window;
    /** @type {any} */
    const state = { script: null, loading: true };

    /** @param {any} listener */
    const heard = (listener) => {
      if (listener === null || (typeof listener !== "function" && typeof listener !== "object")) return listener;
      const known = wrapped.get(listener);
      if (known) return known;
      /** @this {any} @param {any} event */
      const ours = function (event) {
        let told = event;
        if (event.type === "hf-seek") {
          const { waitUntil } = event.detail ?? {};
          told = new CustomEvent("hf-seek", { detail: { ...event.detail, time: instance.localTime(event.detail?.time ?? 0), waitUntil } });
        }
        return instances.inside(instance, () => (typeof listener === "function" ? listener.call(this, told) : listener.handleEvent(told)));
      };
      wrapped.set(listener, ours);
      return ours;
    };

    /** @param {EventTarget} target */
    const listening = (target) => ({
      addEventListener(/** @type {string} */ type, /** @type {any} */ listener, /** @type {any} */ options) {
        if (STARTS.includes(type)) {
          if (state.loading && listener) starting.push({ type, listener });
          return;
        }
        target.addEventListener(type, heard(listener), options);
      },
      removeEventListener(/** @type {string} */ type, /** @type {any} */ listener, /** @type {any} */ options) {
        const at = starting.findIndex((one) => one.type === type && one.listener === listener);
        if (at >= 0) starting.splice(at, 1);
        target.removeEventListener(type, wrapped.get(listener) ?? listener, options);
      },
    });

    /** @param {any} target @param {Record<PropertyKey, () => any>} answers @param {(name: PropertyKey) => boolean} isMethod */
    const scoped = (target, answers, isMethod) => {
      /** @type {Map<PropertyKey, {value: any, ours: any}>} */
      const known = new Map();
      const proxy = new Proxy(target, {
        get(_, name) {
          if (Object.hasOwn(answers, name)) return answers[name]();
          const value = target[name];
          if (typeof value !== "function" || !isMethod(name)) return value;
          if (known.get(name)?.value !== value) known.set(name, { value, ours: within(instance, value, target) });
          return known.get(name)?.ours;
        },
        set: (_, name, value) => Reflect.set(target, name, value, target),
      });
      stands.set(proxy, target);
      return proxy;
    };

    /** @param {any} callback */
    const frame = (callback) =>
      view.requestAnimationFrame(typeof callback === "function" ? () => instances.inside(instance, () => callback(now(instance))) : callback);

    /** @param {boolean} repeats */
    const timer = (repeats) => (/** @type {any} */ handler, /** @type {any} */ delay, /** @type {any[]} */ ...args) => {
      const ours = typeof handler === "function" ? (/** @type {any[]} */ ...given) => instances.inside(instance, () => handler(...given)) : handler;
      return fw.timers.set(repeats, ours, delay, args, instance);
    };

    /** @type {any} */
    const clockedDate = new Proxy(view.Date, {
      get: (target, name) => (name === "now" ? () => today() : target[name]),
      apply: (target) => new target(today()).toString(),
      construct: (target, args, newTarget) => Reflect.construct(target, args.length ? args : [today()], newTarget === clockedDate ? target : newTarget),
    });
    const epoch = view.Date.now() - Math.floor(time.now);
    const today = () => epoch + Math.floor(now(instance));

    const measuring = { now: () => () => now(instance) };
    const performance = scoped(view.performance, measuring, () => true);

    const onDocument = listening(document);
    const write = (/** @type {string[]} */ ...texts) => (state.script ?? host).insertAdjacentHTML(state.script ? "beforebegin" : "beforeend", texts.join(""));
    const ownDocument = scoped(
      document,
      {
        body: () => host,
        documentElement: () => host,
        scrollingElement: () => host,
        currentScript: () => state.script,
        defaultView: () => ownWindow,
        addEventListener: () => onDocument.addEventListener,
        removeEventListener: () => onDocument.removeEventListener,
        write: () => write,
        writeln: () => write,
      },
      () => true,
    );

    const variables = () => structuredClone(instance.variables);
    const ownHyperframes = scoped(view.__hyperframes ?? {}, { getVariables: () => variables }, () => false);
    const ownFramewright = Object.freeze({ ...view.framewright, variables });
    /** @type {any} */
    let [library, ownLibrary] = [null, null];
    const gsap = () => {
      if (typeof view.gsap !== "object" || view.gsap === null) return view.gsap;
      if (library !== view.gsap) [library, ownLibrary] = [view.gsap, scopedLibrary(view.gsap, instance)];
      return ownLibrary;
    };

    /** What is put into one of the page's lists of players is the instance's. @param {string} name */
    const players = (name) => {
      if (!Array.isArray(view[name])) return view[name];
      const list = new Proxy(view[name], {
        set(target, key, value) {
          instances.claim(value, instance);
          return Reflect.set(target, key, value);
        },
      });
      stands.set(list, view[name]);
      return list;
    };

    const onWindow = listening(window);
    const timers = { once: timer(false), again: timer(true) };
    /** @type {Record<PropertyKey, () => any>} */
    const names = {
      window: () => ownWindow,
      self: () => ownWindow,
      globalThis: () => ownWindow,
      document: () => ownDocument,
      __timelines: () => instance.registries[0],
      __hyperframes: () => ownHyperframes,
      framewright: () => ownFramewright,
      requestAnimationFrame: () => frame,
      setTimeout: () => timers.once,
      setInterval: () => timers.again,
      performance: () => performance,
      Date: () => clockedDate,
      ...Object.fromEntries(PLAYERS.map((name) => [name, () => players(name)])),
    };
    const answers = {
      ...names,
      gsap,
      frames: () => ownWindow,
      addEventListener: () => onWindow.addEventListener,
      removeEventListener: () => onWindow.removeEventListener,
      ...Object.fromEntries(TIMES.map((name) => [name, () => now(instance) / 1000])),
    };
    const reading = scoped(window, answers, (name) => receivers.has(name));

    /** Nobody else has changed it by its bare name since. @param {PropertyKey} name */
    const isOfInstances = (name) => latest.has(name) && view[name] === latest.get(name)?.value;
    /** Another instance of this file has put it there. @param {PropertyKey} name */
    const isHidden = (name) => !own.has(name) && isOfInstances(name) && latest.get(name)?.file === instance.file;

    const ownWindow = new Proxy(window, {
      get(_, name) {
        if (own.has(name) && isOfInstances(name)) return own.get(name);
        return isHidden(name) ? undefined : /** @type {any} */ (reading)[name];
      },
      has: (target, name) => name in target && !isHidden(name),
      set(target, name, value) {
        if (name === "__timelines") {
          if (!instance.registries.includes(value)) instance.registries.unshift(value ?? {});
        } else if (name === "onload" || name === "onpageshow") {
          starting.push({ type: String(name).slice(2), listener: value });
        } else {
          if (!(name in target) || latest.has(name)) {
            own.set(name, value);
            latest.set(name, { value: plain(value), file: instance.file });
          }
          return Reflect.set(target, name, plain(value), target);
        }
        return true;
      },
      deleteProperty(target, name) {
        own.delete(name);
        return Reflect.deleteProperty(target, name);
      },
    });
    stands.set(ownWindow, window);

    const loaded = () => {
      for (const type of STARTS) {
        for (const { type: awaited, listener } of Array.from(starting)) {
          if (awaited !== type || !listener) continue;
          try {
            heard(listener).call(type === "DOMContentLoaded" ? ownDocument : ownWindow, new Event(type));
          } catch (error) {
            natives.reportError(error);
          }
        }
      }
      state.loading = false;
    };

    return { names, gsap, window: ownWindow, state, loaded };
  };

  /** @type {WeakMap<FwInstance, ReturnType<typeof make>>} */
  const made = new WeakMap();
  const of = (/** @type {FwInstance} */ instance) => {
    const known = made.get(instance) ?? make(instance);
    made.set(instance, known);
    return known;
  };

  fw.scopedGlobals = { of, loaded: (instance) => of(instance).loaded() };
}
