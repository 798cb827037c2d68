// The files of a project, from whatever a visitor chose or dropped: a folder, an archive, or single files.
//   chosenFiles(list)       of an <input type="file">
//   droppedFiles(transfer)  of a drop; to be called while it happens
// Both answer {name, files: [{path, blob}], archive}: archive is the one that was chosen as it is, else null.

/** @typedef {{ name: string, files: { path: string, blob: Blob }[], archive: File | null }} Project */

const LEFT_OUT = new Set([".git", ".DS_Store", "__MACOSX", "Thumbs.db"]);
const MOST_FILES = 20_000;

/** @param {File} file */
const isArchive = (file) => /\.zip$/i.test(file.name);

/** The folder that holds everything is the project, not a part of it. @param {{ path: string, blob: File }[]} found @returns {Project} */
const project = (found) => {
  const files = found.filter(({ path }) => !path.split("/").some((part) => LEFT_OUT.has(part)));
  const only = files[0];
  if (!only) throw new Error("There are no files in it: choose a folder with an HTML page.");
  if (files.length === 1 && isArchive(only.blob)) return { name: only.blob.name.replace(/\.zip$/i, ""), files: [], archive: only.blob };
  const top = only.path.split("/")[0] ?? "";
  const shared = files.every(({ path }) => path.startsWith(`${top}/`));
  const inside = shared ? files.map(({ path, blob }) => ({ path: path.slice(top.length + 1), blob })) : files;
  if (!inside.some(({ path }) => /\.html?$/i.test(path))) throw new Error("There is no HTML page in it: a composition is an .html file, with what it needs beside it.");
  return { name: shared ? top : only.path.replace(/\.html?$/i, ""), files: inside, archive: null };
};

/** @param {FileList} list */
export const chosenFiles = (list) => project(Array.from(list, (file) => ({ path: file.webkitRelativePath || file.name, blob: file })));

/** @param {FileSystemEntry} entry @param {{ path: string, blob: File }[]} found */
const walk = async (entry, found) => {
  const path = entry.fullPath.replace(/^\//, "");
  if (found.length >= MOST_FILES) throw new Error(`There are more than ${MOST_FILES} files in it: leave out what the page does not need.`);
  if (LEFT_OUT.has(entry.name)) return;
  if (entry.isFile) {
    found.push({ path, blob: await new Promise((done, failed) => /** @type {FileSystemFileEntry} */ (entry).file(done, failed)) });
    return;
  }
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  for (;;) {
    // A folder is read in pieces, until there are none.
    const some = /** @type {FileSystemEntry[]} */ (await new Promise((done, failed) => reader.readEntries(done, failed)));
    if (some.length === 0) return;
    for (const one of some) await walk(one, found);
  }
};

/** @param {DataTransfer} transfer */
export const droppedFiles = async (transfer) => {
  // Both lists are empty once the event is over; what does not come from a folder may have no entry.
  const files = Array.from(transfer.files, (file) => ({ path: file.name, blob: file }));
  const entries = Array.from(transfer.items, (item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  /** @type {{ path: string, blob: File }[]} */
  const found = [];
  for (const entry of entries) await walk(entry, found);
  return project(found.length > 0 ? found : files);
};
