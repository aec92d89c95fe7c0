// Pyodide in a web worker: it reads reports with the library's own Python while the page stays alive.
// A message {id, text} is answered by {id, result} or {id, error}.
const here = new URL("live/", import.meta.url);

const started = (async () => {
  const { loadPyodide } = await import(new URL("pyodide/pyodide.mjs", here).href);
  const python = await loadPyodide({ indexURL: new URL("pyodide/", here).href });
  // A rebuilt book has a new zip under the old name: ask whether the one in the cache is still current.
  const reply = await fetch(new URL("pathmtl.zip", here), { cache: "no-cache" });
  if (!reply.ok) throw new Error(`pathmtl.zip: ${reply.status}`);
  python.unpackArchive(await reply.arrayBuffer(), "zip");
  return python.pyimport("pathmtl.viz.live_reader").read_json;
})();
started.catch(() => {}); // each message reports it

self.onmessage = async ({ data: { id, text } }) => {
  try {
    const read = await started;
    self.postMessage({ id, result: JSON.parse(read(text)) });
  } catch (error) {
    self.postMessage({ id, error: error.name || "Error" }); // no message of an error: it might quote the report
  }
};
