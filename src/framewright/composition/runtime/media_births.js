// Videos and sounds that scripts make: each is known before its author gives it a source or listens to it, also when it
// never comes into the document.
{
  const MEDIA = "video, audio";

  /** @param {any} node */
  const meet = (node) => {
    if (node instanceof HTMLMediaElement) fw.mediaRecords.of(node);
    else if (node?.firstElementChild) for (const element of node.querySelectorAll(MEDIA)) fw.mediaRecords.of(element);
    return node;
  };

  /** @param {any} owner @param {string[]} names @param {(given: any[]) => boolean} makes */
  const watch = (owner, names, makes) => {
    for (const name of names) {
      const own = owner[name];
      const value = new Proxy(own, {
        apply(target, self, given) {
          const made = Reflect.apply(target, self, given);
          return makes(given) ? meet(made) : made;
        },
      });
      Object.defineProperty(owner, name, { value, configurable: true, writable: true, enumerable: true });
    }
  };

  const named = (/** @type {unknown} */ name) => /video|audio/i.test(String(name));
  watch(Document.prototype, ["createElement"], ([name]) => named(name));
  watch(Document.prototype, ["createElementNS"], ([, name]) => named(name));
  watch(Document.prototype, ["importNode"], () => true);
  watch(Node.prototype, ["cloneNode"], () => true);

  window.Audio = new Proxy(window.Audio, {
    construct: (target, given, newTarget) => meet(Reflect.construct(target, given, newTarget)),
  });
}
