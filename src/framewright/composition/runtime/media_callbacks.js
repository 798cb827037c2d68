// fw.mediaCallbacks: requestVideoFrameCallback, by the clock: called before the drawing callbacks of a frame, when the
// video shows another picture than at the last call.
//   run()   calls those that are due
//   number(record, start)   which frame of its source that is, from 1
{
  const { natives, time } = fw;
  const USUAL_RATE = 30;
  const TICK = 1e-3; // seconds, the coarsest of the usual containers
  /** @typedef {{id: number, record: FwMediaRecord, callback: Function}} Wish */
  /** @type {Wish[]} */
  let wishes = [];
  let ids = 0;
  /** The source's time of what was told last. @type {WeakMap<FwMediaRecord, string>} */
  const told = new WeakMap();

  /** @param {FwMediaRecord} record */
  const rate = ({ facts }) => {
    const [above, below = 1] = (facts?.video?.rate ?? String(USUAL_RATE)).split("/").map(Number);
    return above / below;
  };

  /** @param {FwMediaRecord} record @param {number} start */
  const number = (record, start) => Math.floor((start + TICK) * rate(record)) + 1;

  /** What a frame is the answer for begins a little before it: containers round. At a constant rate its own time is known.
   * @param {FwMediaRecord} record @param {number} start */
  const moment = (record, start) => {
    const even = Math.round(start * rate(record)) / rate(record);
    return Math.abs(even - start) < TICK ? even : Math.max(0, start);
  };

  /** @param {any} self */
  const mine = (self) => {
    const record = fw.mediaRecords.of(self);
    return record?.kind === "video" ? record : null;
  };

  const { requestVideoFrameCallback: request, cancelVideoFrameCallback: cancel } = HTMLVideoElement.prototype;
  HTMLVideoElement.prototype.requestVideoFrameCallback = function (/** @type {any} */ callback) {
    const record = mine(this);
    if (!record) return request.call(this, callback);
    if (typeof callback !== "function") throw new TypeError("Failed to execute 'requestVideoFrameCallback' on 'HTMLVideoElement': parameter 1 is not of type 'Function'.");
    fw.pictures.follow(this);
    ids += 1;
    wishes.push({ id: ids, record, callback });
    return ids;
  };
  HTMLVideoElement.prototype.cancelVideoFrameCallback = function (/** @type {any} */ id) {
    if (!mine(this)) {
      cancel.call(this, id);
      return;
    }
    wishes = wishes.filter((wish) => wish.id !== Number(id) || wish.record.element !== this);
  };

  fw.mediaCallbacks = {
    number,
    run() {
      if (wishes.length === 0) return;
      /** @type {Map<FwMediaRecord, any>} */
      const shown = new Map();
      for (const { record } of wishes) {
        const picture = fw.pictures.of(record.element);
        if (picture && told.get(record) !== `${picture.address} ${picture.start}`) shown.set(record, picture);
      }
      const due = wishes.filter(({ record }) => shown.has(record));
      wishes = wishes.filter(({ record }) => !shown.has(record));
      for (const [record, { address, start }] of shown) told.set(record, `${address} ${start}`);
      for (const { record, callback } of due) {
        const { start } = shown.get(record);
        const { width, height } = /** @type {any} */ (record.facts?.video);
        const metadata = {
          presentationTime: time.now,
          expectedDisplayTime: time.now,
          width,
          height,
          mediaTime: moment(record, start),
          presentedFrames: number(record, start),
          processingDuration: 0,
        };
        try {
          callback.call(record.element, time.now, metadata);
        } catch (error) {
          natives.reportError(error);
        }
      }
    },
  };
}
