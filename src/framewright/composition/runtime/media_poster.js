// fw.mediaPoster: a video is as large as its source, although the browser has loaded nothing: it gets an empty picture of
// that size for its poster. Scripts go on reading, and setting, the author's own; it is shown until the video plays.
//   place(record)   puts in place which of both is due at the clock's time; null, or a promise when it must be loaded
//   shows(record)   whether the author's poster stands for the picture
{
  const { natives, time } = fw;
  const NAME = "poster";
  const { poster: reflected } = natives.media.descriptors;
  const { getAttribute, setAttribute, hasAttribute, removeAttribute } = natives.attributes;
  /** The author's, of videos that have ours in its place. @type {WeakMap<Element, {own: string | null, ours: string, facts: unknown}>} */
  const dressed = fw.root === fw ? new WeakMap() : fw.root.mediaPoster.dressed;

  /** @param {FwMediaRecord} record */
  const size = ({ facts }) => {
    const { width = 0, height = 0 } = facts?.video ?? {};
    return width ? `data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' width='${width}' height='${height}'/%3E` : null;
  };

  /** @param {Element} element @returns {string | null} */
  const own = (element) => (dressed.has(element) ? dressed.get(element)?.own : getAttribute(element, NAME)) ?? null;

  /** @param {FwMediaRecord} record */
  const shows = (record) => Boolean(own(record.element)) && fw.mediaTimes.isUntouched(record, time.now / 1000);

  /** @param {string} address */
  const loaded = (address) => {
    const image = new Image();
    image.src = address;
    return image.decode().catch(() => null);
  };

  /** @param {FwMediaRecord} record @returns {Promise<unknown> | null} */
  const place = (record) => {
    const { element } = record;
    const dress = dressed.get(element);
    if (dress?.facts === record.facts && (dress.own ?? "") === "") return null;
    const ours = size(record);
    if (ours === null || shows(record)) {
      if (dress) undress(element, dress.own);
      return null;
    }
    const before = dress?.ours;
    dressed.set(element, { own: own(element), ours, facts: record.facts });
    if (before === ours) return null;
    setAttribute(element, NAME, ours);
    return loaded(ours);
  };

  /** @param {Element} element @param {string | null} written */
  const undress = (element, written) => {
    dressed.delete(element);
    if (written === null) removeAttribute(element, NAME);
    else setAttribute(element, NAME, written);
  };

  /** @param {any} self @param {string | null} value */
  const write = (self, value) => {
    const dress = dressed.get(self);
    if (dress) dress.own = value;
    else if (value === null) removeAttribute(self, NAME);
    else setAttribute(self, NAME, value);
  };

  const isPoster = (/** @type {any} */ self, /** @type {unknown} */ name) => dressed.has(self) && String(name).toLowerCase() === NAME;

  const whole = (/** @type {Element} */ element) => {
    const written = own(element);
    try {
      return written ? new URL(written, element.baseURI).href : "";
    } catch {
      return String(written);
    }
  };

  // On videos alone: elements of other kinds keep the browser's own.
  const Video = HTMLVideoElement.prototype;
  Object.defineProperty(Video, NAME, {
    ...reflected,
    get() {
      return dressed.has(this) ? whole(this) : reflected.get.call(this);
    },
    set(value) {
      write(this, String(value));
    },
  });
  Object.assign(Video, {
    /** @this {Element} @param {string} name */
    getAttribute(name) {
      return isPoster(this, name) ? own(this) : getAttribute(this, name);
    },
    /** @this {Element} @param {string} name */
    hasAttribute(name) {
      return isPoster(this, name) ? own(this) !== null : hasAttribute(this, name);
    },
    /** @this {Element} @param {string} name @param {any} value */
    setAttribute(name, value) {
      if (isPoster(this, name)) write(this, String(value));
      else setAttribute(this, name, value);
    },
    /** @this {Element} @param {string} name */
    removeAttribute(name) {
      if (isPoster(this, name)) write(this, null);
      else removeAttribute(this, name);
    },
    /** @this {any} @param {any} deep */
    cloneNode(deep) {
      const clone = Element.prototype.cloneNode.call(this, deep);
      if (dressed.has(this)) undress(/** @type {Element} */ (clone), own(this));
      return clone;
    },
  });

  fw.mediaPoster = { dressed, place, shows };
}
