// What HTMLMediaElement and HTMLVideoElement answer, as if the source were there at the clock's time. Elements that a
// script feeds by itself (srcObject, MediaSource) keep the browser's answers.
{
  const { natives, time } = fw;
  const { descriptors } = natives.media;
  const { of } = fw.mediaRecords;
  const { HAVE_NOTHING, HAVE_ENOUGH_DATA } = HTMLMediaElement;
  const Media = HTMLMediaElement.prototype;
  const Video = HTMLVideoElement.prototype;
  const now = () => time.now / 1000;

  /** @param {any} owner @param {string} name @param {(record: FwMediaRecord) => any} get @param {(record: FwMediaRecord, value: any) => void} [set] */
  const property = (owner, name, get, set) => {
    const old = descriptors[name];
    if (!old?.get) return;
    // As the browser's own: named accessors of their own name and length.
    const accessors = {
      /** @returns {any} */
      get [name]() {
        const record = of(this);
        return record ? get(record) : old.get.call(this);
      },
      set [name](/** @type {any} */ value) {
        const record = set ? of(this) : null;
        if (record && set) set(record, value);
        else old.set?.call(this, value);
      },
    };
    const made = Object.getOwnPropertyDescriptor(accessors, name);
    Object.defineProperty(owner, name, { ...old, get: made?.get, set: old.set && made?.set });
  };

  /** @param {any} owner @param {string} name @param {(record: FwMediaRecord, ...given: any[]) => any} ours */
  const method = (owner, name, ours) => {
    const own = descriptors[name]?.value;
    if (typeof own !== "function") return;
    const value = new Proxy(own, {
      apply(target, self, given) {
        const record = of(self);
        return record ? ours(record, ...given) : Reflect.apply(target, self, given);
      },
    });
    Object.defineProperty(owner, name, { ...descriptors[name], value });
  };

  /** @param {[number, number][]} ranges */
  const ranges = (ranges) => {
    /** @param {0 | 1} side @param {any} index */
    const at = (side, index) => {
      const range = ranges[Number(index)];
      if (!range) throw new DOMException(`The index provided (${index}) is greater than or equal to the maximum bound (${ranges.length}).`, "IndexSizeError");
      return range[side];
    };
    return Object.create(TimeRanges.prototype, {
      length: { value: ranges.length },
      start: { value: (/** @type {any} */ index) => at(0, index) },
      end: { value: (/** @type {any} */ index) => at(1, index) },
    });
  };

  /** @param {FwMediaRecord} record */
  const all = (record) => ranges(record.facts ? [[0, fw.mediaTimes.length(record)]] : []);

  /** Stretches of its source up to now, joined. @param {FwMediaRecord} record */
  const played = (record) => {
    /** @type {[number, number][]} */
    const found = [];
    const last = fw.mediaTimes.length(record);
    for (const { start, stop, position, rate, loop } of record.facts ? fw.mediaTimes.intervals(record) : []) {
      const end = position + Math.max(0, Math.min(now(), stop) - start) * rate;
      if (end > position) found.push(loop && end > last ? [0, last] : [position, Math.min(end, last)]);
    }
    found.sort(([a], [b]) => a - b);
    /** @type {[number, number][]} */
    const joined = [];
    for (const [from, to] of found) {
      const before = joined.at(-1);
      if (before && from <= before[1]) before[1] = Math.max(before[1], to);
      else joined.push([from, to]);
    }
    return ranges(joined);
  };

  /** @param {unknown} value @param {string} name */
  const finite = (value, name) => {
    const number = Number(value);
    if (Number.isFinite(number)) return number;
    throw new TypeError(`Failed to set the '${name}' property on 'HTMLMediaElement': The provided double value is non-finite.`);
  };

  /** @param {FwMediaRecord} record */
  const error = ({ failure }) =>
    failure && Object.create(MediaError.prototype, { code: { value: 4 }, message: { value: failure.message } });

  property(Media, "currentTime", (record) => record.positionAt(now()), (record, value) => fw.mediaCalls.seek(record, finite(value, "currentTime")));
  property(Media, "duration", (record) => (record.facts ? fw.mediaTimes.length(record) : Number.NaN));
  property(Media, "readyState", ({ facts }) => (facts ? HAVE_ENOUGH_DATA : HAVE_NOTHING));
  property(Media, "networkState", ({ network }) => network);
  property(Media, "paused", (record) => !fw.mediaTimes.isPlaying(record, now()));
  property(Media, "ended", (record) => fw.mediaTimes.hasEnded(record, now()));
  property(Media, "seeking", ({ seeking }) => seeking > 0);
  property(Media, "played", played);
  property(Media, "buffered", all);
  property(Media, "seekable", all);
  property(Media, "error", error);
  property(Media, "currentSrc", ({ address }) => address ?? "");
  Object.defineProperty(Media, "srcObject", {
    ...descriptors.srcObject,
    get() {
      return of(this) ? null : descriptors.srcObject.get.call(this);
    },
    set(value) {
      descriptors.srcObject.set.call(this, value);
      fw.mediaRecords.feed(this);
    },
  });
  property(
    Media,
    "playbackRate",
    (record) => (record.isPlaced() ? record.span().rate : fw.mediaTimes.rate(record, now())),
    (record, value) => fw.mediaCalls.pace(record, finite(value, "playbackRate")),
  );
  for (const name of ["volume", "muted"]) {
    property(Media, name, ({ element }) => descriptors[name].get.call(element), (record, value) => {
      const before = descriptors[name].get.call(record.element);
      descriptors[name].set.call(record.element, value);
      if (descriptors[name].get.call(record.element) !== before) fw.mediaEvents.queue(record, "volumechange");
    });
  }
  property(Media, "src", ({ element }) => descriptors.src.get.call(element), (record, value) => {
    descriptors.src.set.call(record.element, value);
    fw.mediaRecords.load(record);
  });

  method(Media, "play", fw.mediaCalls.play);
  method(Media, "pause", fw.mediaCalls.pause);
  method(Media, "load", fw.mediaRecords.load);
  method(Media, "fastSeek", (record, value) => fw.mediaCalls.seek(record, finite(value, "currentTime")));
  method(Media, "canPlayType", (_, type) => fw.mediaSources.canPlay(String(type)));
  method(Media, "setSinkId", () => Promise.resolve());
  method(Media, "captureStream", ({ element }) => {
    fw.notices.add("MEDIA_STREAM", "captureStream() gives an empty stream: draw the video itself into a canvas.", element);
    return new natives.media.MediaStream();
  });

  /** @param {FwMediaRecord} record */
  const picture = ({ facts }) => facts?.video ?? { width: 0, height: 0 };
  property(Video, "videoWidth", (record) => picture(record).width);
  property(Video, "videoHeight", (record) => picture(record).height);
  method(Video, "requestPictureInPicture", () => Promise.reject(new DOMException("Picture-in-Picture is not available.", "NotSupportedError")));
  method(Video, "getVideoPlaybackQuality", (record) => ({
    creationTime: time.now,
    corruptedVideoFrames: 0,
    droppedVideoFrames: 0,
    totalVideoFrames: fw.mediaCallbacks.number(record, record.positionAt(now())),
  }));

  /** @param {any} config @param {any} answer */
  const capable = (config, answer) => {
    const types = [config?.video?.contentType, config?.audio?.contentType].filter((type) => typeof type === "string");
    if (answer.supported || config?.type !== "file" || !types.every((type) => fw.mediaSources.reads(type) !== "")) return answer;
    return { ...answer, supported: true, smooth: true, powerEfficient: true };
  };
  const { decodingInfo } = MediaCapabilities.prototype;
  MediaCapabilities.prototype.decodingInfo = function (/** @type {any} */ config) {
    return decodingInfo.call(this, config).then((answer) => capable(config, answer));
  };
}
