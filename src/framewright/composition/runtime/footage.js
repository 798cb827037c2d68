// fw.footage: what sources hold, and their frames, read by Python. The topmost document asks for all realms.
//   usable                   false where nobody answers: then no source is there
//   describe(address, element)       {facts} as MediaFacts of model/media.py, or {failed: {code, message}}; kept by address
//   known(address)           what describe() has found so far; null
//   frame(address, seconds, box, {have, light, element})    the frame whose time holds `seconds` of the source, once it was
//                            described: {picture, start, stop}, it is the answer for start ≤ seconds < stop; stop null:
//                            for ever. `box`: {width, height} of the pixels that are needed at most, or null. `picture` is
//                            a VideoFrame, which the caller closes, or null when its start is `have`. With a `light` one of
//                            HDR comes in two, see fw.brightPictures: the other one is `low`.
//                            {failed: {code, message}} when it cannot be had, which also ends the render
//   lost()                   the first such failure: {code, message, element}; null
//   keep(address, blob)      what an object URL stands for, also after it was revoked
// All that is asked for at once goes in one message, and comes back in one.
{
  const { natives } = fw;
  const MOST_KEPT = 200; // object URLs

  /** @param {string | null} line */
  const desk = (line) => {
    /** @type {Map<string, {answer: any, promise: Promise<any>}>} */
    const sources = new Map();
    /** @type {Map<string, Blob>} */
    const blobs = new Map();
    /** @type {Map<number, (answer: any) => void>} */
    const waiting = new Map();
    /** @type {any} */
    let worker = null;
    let closed = line === null;
    let ids = 0;
    /** @type {any[]} */
    let frames = [];
    /** @type {any[]} */
    let descriptions = [];
    /** @type {{code: string, message: string, element: string | null} | null} */
    let lost = null;

    const GONE = { failed: { code: "FOOTAGE_LOST", message: "The connection to the sources was lost." } };
    const NOBODY = { failed: { code: "FOOTAGE_MISSING", message: "Sources cannot be read here." } };

    const close = () => {
      closed = true;
      for (const answer of Array.from(waiting.values())) answer(GONE);
      waiting.clear();
    };

    const open = () => {
      const code = natives.createObjectURL(new natives.Blob([fw.footageWork], { type: "text/javascript" }));
      worker = new natives.Worker(code);
      natives.revokeObjectURL(code);
      natives.listen(worker, "message", (/** @type {MessageEvent} */ event) => {
        const answers = natives.messageData(event);
        if (answers === null) {
          close();
          return;
        }
        for (const answer of answers) {
          waiting.get(answer.id)?.(answer);
          waiting.delete(answer.id);
        }
      });
      natives.listen(worker, "error", close);
      natives.postToWorker(worker, { line });
    };

    const send = async () => {
      await null; // whatever else is asked for at once goes along
      const message = { describe: descriptions, frames: frames.length > 0 ? frames : null };
      [descriptions, frames] = [[], []];
      if (!worker) open();
      natives.postToWorker(worker, message);
    };

    /** @param {any[]} list @param {any} question */
    const ask = (list, question) =>
      new Promise((/** @type {(answer: any) => void} */ done) => {
        if (closed) {
          done(line === null ? NOBODY : GONE);
          return;
        }
        if (frames.length + descriptions.length === 0) send();
        question.id = ++ids;
        waiting.set(question.id, done);
        list.push(question);
      });

    /** @param {string} address */
    const source = (address) => {
      const known = sources.get(address);
      if (known) return known;
      const found = { answer: /** @type {any} */ (null), promise: /** @type {any} */ (null) };
      found.promise = ask(descriptions, { address, held: blobs.get(address) ?? null }).then((answer) => {
        found.answer = answer.failed ? { failed: answer.failed } : { facts: answer.facts, source: answer.source };
        return found.answer;
      });
      sources.set(address, found);
      return found;
    };

    /** @param {any} failed @param {Element | null | undefined} element */
    const lose = (failed, element) => {
      lost ??= { ...failed, element: element ? fw.notices.pointAt(element) : null };
      return { failed };
    };

    return {
      usable: line !== null,
      /** @param {string} address */
      describe: (address) => source(address).promise,
      /** @param {string} address */
      known: (address) => sources.get(address)?.answer ?? null,
      /** @param {string} address @param {number} seconds @param {{width: number, height: number} | null} box
       * @param {{have?: number | null, light?: string | null, element?: Element | null}} [told] */
      async frame(address, seconds, box, { have = null, light = null, element = null } = {}) {
        const found = source(address);
        const described = found.answer ?? (await found.promise);
        if (described.failed) return lose(described.failed, element);
        const size = box ? { width: Math.ceil(box.width), height: Math.ceil(box.height) } : { width: null, height: null };
        const answer = await ask(frames, { source: described.source, seconds, have, light, ...size });
        return answer.failed ? lose(answer.failed, element) : { picture: answer.picture, low: answer.low, start: answer.start, stop: answer.stop };
      },
      lost: () => lost,
      /** @param {string} address @param {Blob} blob */
      keep(address, blob) {
        blobs.set(address, blob);
        if (blobs.size > MOST_KEPT) blobs.delete(/** @type {string} */ (blobs.keys().next().value));
      },
    };
  };

  const { footage } = fw.config;
  // Nobody needs to know it any more, and the page might find what we hang on the window.
  delete fw.config.footage;
  fw.footage = fw.root === fw ? desk(footage) : fw.root.footage;

  if (fw.footage.usable) {
    const create = URL.createObjectURL;
    // A proxy keeps name and length as they are.
    URL.createObjectURL = new Proxy(create, {
      apply(target, self, args) {
        const address = Reflect.apply(target, self, args);
        if (args[0] instanceof natives.Blob) fw.footage.keep(address, args[0]);
        return address;
      },
    });
  }
}
