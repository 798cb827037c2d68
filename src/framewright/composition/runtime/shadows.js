// fw.shadows: the shadow roots of this document, closed ones too: queries and getAnimations() of a document end at them.
// Found when a script attaches one, when a custom element shows its internals, and, for those declared in HTML, by find().
// Out of reach: a closed root declared in HTML on an element that is no custom element.
//   roots()   the document and its connected shadow roots
//   changed() whether anything has changed in them since it was asked last
//   find()    looks through the document for open roots; called once it is loaded
{
  const { natives } = fw;
  /** @type {Set<WeakRef<ShadowRoot>>} */
  const kept = new Set();
  /** @type {WeakSet<ShadowRoot>} */
  const known = new WeakSet();
  const watched = { childList: true, subtree: true, attributes: true, characterData: true };
  let touched = true;
  const observer = new MutationObserver(() => (touched = true));
  /** @type {Document | null} */
  let observed = null;

  /** @param {ShadowRoot} root */
  const keep = (root) => {
    if (known.has(root)) return;
    known.add(root);
    fw.phases.guard(root);
    fw.mediaEvents.guard(root);
    fw.mediaRecords.guard(root);
    observer.observe(root, watched);
    touched = true;
    kept.add(new WeakRef(root));
    search(root);
  };

  /** @param {Document | ShadowRoot} scope */
  const search = (scope) => {
    for (const element of scope.querySelectorAll("*")) if (element.shadowRoot) keep(element.shadowRoot);
  };

  Element.prototype.attachShadow = function (/** @type {any} */ options) {
    const root = natives.attachShadow(this, options);
    keep(root);
    return root;
  };

  HTMLElement.prototype.attachInternals = function () {
    const internals = natives.attachInternals(this);
    if (internals.shadowRoot) keep(internals.shadowRoot);
    return internals;
  };

  fw.shadows = {
    roots() {
      /** @type {(Document | ShadowRoot)[]} */
      const found = [document];
      for (const reference of kept) {
        const root = reference.deref();
        if (!root) kept.delete(reference);
        else if (root.isConnected && root.ownerDocument === document) found.push(root);
      }
      return found;
    },
    changed() {
      if (observed !== document) {
        observed = document; // a frame's first one is replaced
        observer.observe(document, watched);
        touched = true;
      }
      const changed = touched || observer.takeRecords().length > 0;
      touched = false;
      return changed;
    },
    find: () => search(document),
  };
}
