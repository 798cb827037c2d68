// fw.fonts: the families that the page writes with.
//   wait()  asks for every one that is used, with the letters that it is used for, and waits for them
//   used()  the first family of every style in use, sorted
{
  const MOST_ELEMENTS = 20_000;
  const GENERIC = new Set([
    "serif", "sans-serif", "monospace", "cursive", "fantasy", "system-ui", "math", "emoji", "-apple-system",
    "ui-serif", "ui-sans-serif", "ui-monospace", "ui-rounded",
  ]);

  /** Every style in use, with the letters written in it. @returns {Map<string, Set<string>>} */
  const styles = () => {
    const found = new Map();
    let visited = 0;
    for (const root of fw.shadows.roots()) {
      for (const element of root.querySelectorAll("*")) {
        if (++visited > MOST_ELEMENTS) return found;
        let text = "";
        for (const node of element.childNodes) if (node.nodeType === Node.TEXT_NODE) text += node.nodeValue;
        for (const pseudo of ["::before", "::after"]) {
          const content = getComputedStyle(element, pseudo).content;
          if (content.includes('"')) text += content;
        }
        if (text.trim() === "" && !(element instanceof HTMLInputElement)) continue;
        const { fontStyle, fontWeight, fontFamily } = getComputedStyle(element);
        const key = `${fontStyle} ${fontWeight} 16px ${fontFamily}`;
        const letters = found.get(key) ?? new Set();
        for (const letter of text.slice(0, 5000)) letters.add(letter);
        found.set(key, letters);
      }
    }
    return found;
  };

  /** @param {string} family */
  const plain = (family) => family.trim().replace(/^["']|["']$/g, "");

  const used = () => {
    const families = new Set();
    for (const style of styles().keys()) {
      const list = style.slice(style.indexOf("16px ") + 5);
      families.add(plain(list.split(",")[0]));
    }
    return [...families].filter((family) => !GENERIC.has(family)).sort();
  };

  const wait = async () => {
    const asked = [...styles()].map(([style, letters]) => document.fonts.load(style, [...letters].join("") || " ").catch(() => []));
    const limit = fw.config.font_timeout;
    const there = await fw.waits.within(Promise.all(asked).then(() => document.fonts.ready), limit);
    const late = new Set();
    for (const face of document.fonts) {
      if (face.status === "error") {
        fw.notices.add("FONT_FAILED", `The font '${plain(face.family)}' could not be loaded: another one takes its place.`);
      } else if (face.status === "loading") late.add(plain(face.family));
    }
    if (there) return;
    const names = [...late].join(", ") || "of the page";
    fw.notices.add("FONT_TIMEOUT", `The font ${names} did not load within ${limit} s: another one takes its place.`);
  };

  fw.fonts = { wait, used };
}
