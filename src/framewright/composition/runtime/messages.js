// fw.messages: tasks that a page posts to itself, as frameworks do to batch their work. They run in real time, at once.
//   posted()   how many were posted in this document; who waits for the page asks whether there were more meanwhile
// scheduler.postTask with a delay is a timer, and obeys the clock like one.
{
  let posted = 0;

  /** @param {any} owner @param {string} name */
  const count = (owner, name) => {
    const own = owner?.[name];
    if (typeof own !== "function") return;
    const counted = new Proxy(own, {
      apply(target, self, args) {
        posted += 1;
        return Reflect.apply(target, self, args);
      },
    });
    Object.defineProperty(owner, name, { value: counted, configurable: true, writable: true, enumerable: true });
  };

  count(MessagePort.prototype, "postMessage");
  count(window, "postMessage");
  const { Scheduler } = /** @type {any} */ (window);
  if (Scheduler) {
    count(Scheduler.prototype, "postTask");
    count(Scheduler.prototype, "yield");
    const { postTask } = Scheduler.prototype;
    Scheduler.prototype.postTask = function (/** @type {any} */ task, /** @type {any} */ options = {}) {
      const { delay, ...others } = options ?? {};
      if (!(delay > 0)) return postTask.call(this, task, others);
      return new Promise((done) => window.setTimeout(done, delay)).then(() => postTask.call(this, task, others));
    };
  }

  fw.messages = { posted: () => posted };
}
