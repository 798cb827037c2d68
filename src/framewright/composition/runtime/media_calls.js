// fw.mediaCalls: what scripts tell a video or a sound to do. For one with data-start the attributes decide: calls are
// answered, events come, and it plays on as they say.
//   play(record), pause(record), seek(record, seconds), pace(record, rate)
{
  const { time } = fw;
  const RATES = { least: 0.0625, most: 16 };
  const { change, hasEnded, isPlaying, length } = fw.mediaTimes;

  const now = () => time.now / 1000;

  /** @param {FwMediaRecord} record @returns {Promise<void>} */
  const play = (record) => {
    if (record.failure) return Promise.reject(new DOMException("Failed to load because no supported source was found.", "NotSupportedError"));
    if (!record.isPlaced() && !isPlaying(record, now())) {
      const again = hasEnded(record, now());
      change(record, { playing: true, auto: false, ...(again ? { position: null } : {}) });
      fw.mediaRecords.keep(record);
      const told = fw.mediaEvents.tell(record, ["play", ...(record.facts ? ["playing"] : [])]);
      fw.mediaRecords.work(told);
      if (record.facts) return told;
    }
    if (record.facts) return Promise.resolve();
    return new Promise((resolve, reject) => record.plays.push({ resolve, reject }));
  };

  /** @param {FwMediaRecord} record */
  const pause = (record) => {
    const interrupted = record.plays.splice(0);
    for (const { reject } of interrupted) {
      reject(new DOMException("The play() request was interrupted by a call to pause().", "AbortError"));
    }
    if (record.isPlaced() || !isPlaying(record, now())) return;
    change(record, { playing: false, auto: false });
    fw.mediaEvents.queue(record, "timeupdate", "pause");
  };

  /** @param {FwMediaRecord} record */
  const sought = async (record) => {
    record.seeking += 1;
    await fw.mediaEvents.tell(record, ["seeking"]);
    // Who waits for `seeked` draws the picture of the new time.
    const picture = fw.pictures.refresh(record);
    if (picture) await picture;
    record.seeking -= 1;
    await fw.mediaEvents.tell(record, ["timeupdate", "seeked"]);
  };

  /** @param {FwMediaRecord} record @param {number} seconds */
  const seek = (record, seconds) => {
    if (!record.isPlaced()) change(record, { position: Math.min(Math.max(0, seconds), length(record)) });
    fw.mediaRecords.work(sought(record));
  };

  /** @param {FwMediaRecord} record @param {number} rate */
  const pace = (record, rate) => {
    if (rate !== 0 && (rate < RATES.least || rate > RATES.most)) {
      throw new DOMException(`The provided playback rate (${rate}) is not in the supported playback range.`, "NotSupportedError");
    }
    if (record.isPlaced()) return;
    change(record, { rate });
    fw.mediaEvents.queue(record, "ratechange");
  };

  fw.mediaCalls = { play, pause, seek, pace };
}
