// fw.failures: errors that page scripts threw and nobody caught.
//   first     the first one of before the page was ready, or null: whoever waits for the page can stop waiting
//   said(error)          its message, whatever was thrown
//   guard()              hears them again, where an opened document has forgotten all listeners
//   report(error, what)  an error that the runtime caught while it called the page; a warning
{
  // Told to the window like an error, but nothing was thrown: the observer goes on in the next frame.
  const HARMLESS = /^ResizeObserver loop/;
  /** @type {string | null} */
  let first = null;

  /** @param {any} error */
  const said = (error) => {
    try {
      return String((error && error.message) || error);
    } catch {
      return "an error that cannot be told";
    }
  };

  /** @param {Event} event */
  const hear = (event) => {
    // Pictures and scripts that fail to load pass here too, as plain events.
    if (!(event instanceof ErrorEvent) || HARMLESS.test(event.message)) return;
    first ??= said(event.error ?? event.message);
  };
  const guard = () => fw.natives.listen(window, "error", hear, true);
  guard();

  fw.failures = {
    get first() {
      return first;
    },
    said,
    guard,
    /** @param {unknown} error @param {string} what */
    report(error, what) {
      fw.notices.add("SCRIPT_ERROR", `${what} threw: ${said(error)}.`);
    },
  };
}
