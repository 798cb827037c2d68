// fw.pending: what the page has begun while loading and what is not there yet: what it fetches, reads, decodes, compiles
// or has a worker do. The first frame waits for it, so that a model, a texture or a bundle that came late is in every
// worker's first frame and not in some.
//   count()        how many of these are under way in this document
//   begun()        how many have begun so far
//   tell(fetching) whether the browser sees a request under way: it also knows of imports, which no script can observe
//   quiet(seconds) true once nothing is under way, in this document and in the browser, and nothing has begun for a
//                  moment; false when the time is up
{
  const { natives, time } = fw;
  const MOMENT = 2; // looks in a row: what comes next is begun by the promise of what has just ended
  const LOOK = 0.02;
  const WORKER = 3000; // milliseconds that a worker may take to answer; many never do
  const IN_WORKER = "A worker draws a canvas: its clock is not driven, and no frame waits for it; draw in the page itself.";
  let underWay = 0;
  let begun = 0;
  /** @typedef {{at: number}} Question */
  /** @type {Set<Question>} */
  const asked = new Set();

  const done = () => {
    underWay -= 1;
  };

  /** @template T @param {T} answer @returns {T} */
  const watch = (answer) => {
    if (!time.loading || typeof (/** @type {any} */ (answer)?.then) !== "function") return answer;
    underWay += 1;
    begun += 1;
    Promise.resolve(answer).then(done, done);
    return answer;
  };

  /** @param {any} owner @param {string[]} names */
  const wrap = (owner, names) => {
    for (const name of names) {
      const own = owner?.[name];
      if (typeof own !== "function") continue;
      // A proxy keeps name and length as they are.
      const watched = new Proxy(own, { apply: (target, self, args) => watch(Reflect.apply(target, self, args)) });
      Object.defineProperty(owner, name, { value: watched, configurable: true, writable: true, enumerable: true });
    }
  };

  wrap(window, ["fetch", "createImageBitmap"]);
  wrap(Response.prototype, ["arrayBuffer", "blob", "bytes", "formData", "json", "text"]);
  wrap(Blob.prototype, ["arrayBuffer", "bytes", "text"]);
  wrap(HTMLImageElement.prototype, ["decode"]);
  wrap(FontFace.prototype, ["load"]);
  wrap(WebAssembly, ["compile", "compileStreaming", "instantiate", "instantiateStreaming"]);

  const { send } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.send = function (/** @type {any[]} */ ...body) {
    /** @type {(value?: unknown) => void} */
    let over = () => {};
    watch(
      new Promise((end) => {
        over = end;
        natives.listen(this, "loadend", end, { once: true });
      }),
    );
    try {
      return send.apply(this, /** @type {any} */ (body));
    } catch (error) {
      // One that is not sent, or is waited for and fails, tells of no end.
      over();
      throw error;
    }
  };

  // Of pictures outside of the document textures are made; those inside have a wait of their own.
  /** @type {Set<HTMLImageElement>} */
  const pictures = new Set();
  const source = /** @type {PropertyDescriptor} */ (Object.getOwnPropertyDescriptor(HTMLImageElement.prototype, "src"));
  Object.defineProperty(HTMLImageElement.prototype, "src", {
    ...source,
    set(value) {
      if (time.loading && this.loading !== "lazy") {
        pictures.add(this);
        begun += 1;
        for (const end of ["load", "error"]) natives.listen(this, end, () => pictures.delete(this), { once: true });
      }
      /** @type {any} */ (source.set).call(this, value);
    },
  });

  if (window.Worker) {
    const post = Worker.prototype.postMessage;
    /** @type {WeakMap<Worker, Question[]>} */
    const questions = new WeakMap();
    /** @param {Worker} worker */
    const ask = (worker) => {
      const question = { at: natives.now() };
      const own = questions.get(worker) ?? [];
      if (!questions.has(worker)) natives.listen(worker, "message", () => asked.delete(/** @type {any} */ (own.shift())));
      questions.set(worker, own);
      own.push(question);
      asked.add(question);
      begun += 1;
    };
    Worker.prototype.postMessage = function (/** @type {any[]} */ ...given) {
      const moved = Array.isArray(given[1]) ? given[1] : (given[1]?.transfer ?? []);
      const draws = moved.some((/** @type {unknown} */ one) => one instanceof OffscreenCanvas);
      if (draws) fw.notices.add("CANVAS_IN_WORKER", IN_WORKER);
      else if (time.loading) ask(this);
      return post.apply(this, /** @type {any} */ (given));
    };
  }

  const count = () => {
    const unanswered = Array.from(asked).filter(({ at }) => natives.now() - at < WORKER);
    const unseen = Array.from(pictures).filter((picture) => !picture.isConnected);
    return underWay + unanswered.length + unseen.length + fw.mediaRecords.busy();
  };

  // The browser's own knowledge is the topmost document's. It is asked between two answers of the page, so that of two
  // in a row the second knows of all that had begun before the first.
  let fetching = true;
  let tells = 0;

  const quiet = async (/** @type {number} */ seconds) => {
    const end = natives.now() + seconds * 1000;
    let seen = -1;
    let told = -1;
    for (let looks = 0; looks < MOMENT; await fw.waits.pause(LOOK)) {
      if (natives.now() > end) return false;
      if (told === fw.root.pending.tells()) continue;
      told = fw.root.pending.tells();
      looks = count() === 0 && begun === seen && !fw.root.pending.isFetching() ? looks + 1 : 0;
      seen = begun;
    }
    return true;
  };

  fw.pending = {
    count,
    quiet,
    begun: () => begun,
    isFetching: () => fetching,
    tells: () => tells,
    /** @param {boolean} told */
    tell(told) {
      fetching = told;
      tells += 1;
    },
  };
}
