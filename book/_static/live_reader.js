// The live reader: a report is read in the reader's own browser, and its text never leaves the page.
//   :::{container} live-reader            with the six bundled examples; or, with one's own text and one view:
//   :::{container} live-reader live-naive (or live-oracle, live-deid)
//   ```text
//   pT3 in 2011. Now pT1c.
//   ```
//   :::
// Without this script the page shows the text. book/_ext/live_policy.py adds the script and a policy that forbids outside requests.
(() => {
  const base = new URL(".", document.currentScript.src);
  const make = (tag, props = {}, children = []) => {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  };

  // One worker for all readers of a page, started when the first report is read.
  let worker = null;
  let started = false;
  let last = 0;
  const waiting = new Map();
  const ask = (text) =>
    new Promise((resolve, reject) => {
      if (!worker) {
        // A worker of a blob inherits the page's Content-Security-Policy; one loaded from an address has its own.
        const code = `import ${JSON.stringify(new URL("live_worker.js", base).href)};`;
        worker = new Worker(URL.createObjectURL(new Blob([code], { type: "text/javascript" })), { type: "module" });
        worker.onmessage = ({ data: { id, result, error } }) => {
          const [done, failed] = waiting.get(id);
          waiting.delete(id);
          started = true;
          if (error) failed(new Error(error));
          else done(result);
        };
        worker.onerror = () => {
          waiting.forEach(([, failed]) => failed(new Error("the worker did not start")));
          waiting.clear();
          worker = null;
        };
      }
      waiting.set(++last, [resolve, reject]);
      worker.postMessage({ id: last, text });
    });

  let about = null; // live.json: which Pyodide this book has, and the examples
  const aboutThisBook = () => (about ??= fetch(new URL("live/live.json", base), { cache: "no-cache" }).then((reply) => reply.json()));

  const LONG = 50000; // characters that take longer than a second
  const NAMES = { oracle: "The oracle's reading", naive: "The naive rules' reading", deid: "Without identifiers" };

  const equip = (block, number) => {
    const view = ["oracle", "naive", "deid"].find((name) => block.classList.contains(`live-${name}`));
    const own = block.querySelector("pre")?.textContent.replace(/\n$/, "");
    const area = make("textarea", { id: `live-${number}`, rows: own ? Math.min(12, own.split("\n").length + 2) : 12, spellcheck: false });
    area.value = own ?? "";
    const button = make("button", { type: "button", className: "live-read", textContent: "Read the report" });
    const naive = make("input", { type: "checkbox", checked: view === "naive" });
    naive.setAttribute("role", "switch");
    const controls = make("div", { className: "live-controls" }, [button]);
    if (view !== "deid") controls.append(make("label", {}, [naive, " Read it as the naive rules would"]));
    const status = make("p", { className: "live-status" });
    status.setAttribute("role", "status");
    const results = make("div", { className: "live-results" });
    const label = make("label", { htmlFor: area.id, textContent: "A pathology report (it stays in this page)" });
    const form = make("div", { className: "live-form" }, [label, area, controls, status, results]);
    block.replaceChildren(form);

    const unavailable = (...why) => {
      button.disabled = true;
      status.replaceChildren(...why);
    };
    if (location.protocol === "file:") {
      unavailable(
        "A browser runs no Python in a page opened from a file. Serve the book with ",
        make("code", { textContent: "make serve" }),
        " (or ",
        make("code", { textContent: "python -m http.server" }),
        " in its folder) and open the address that it prints."
      );
      return;
    }

    let latest = null;
    const show = () => {
      if (!latest) return;
      const reading = naive.checked ? "naive" : "oracle";
      const parts = view === "deid" ? ["deid"] : view ? [reading] : [reading, "deid"];
      results.replaceChildren(
        ...parts.map((name) => {
          const section = make("section", { className: `live-${name}-result` }, [make("p", { className: "live-title", textContent: NAMES[name] })]);
          section.setAttribute("aria-label", NAMES[name]);
          if (name === "deid" && !view) section.append(make("p", { textContent: latest.summary.deid }));
          section.insertAdjacentHTML("beforeend", latest.html[name]); // escaped by pathmtl.viz.live_reader
          return section;
        })
      );
      status.textContent = latest.summary[parts[0]];
    };

    let newest = 0;
    const read = async () => {
      const mine = ++newest;
      if (!area.value.trim()) {
        latest = null;
        results.replaceChildren();
        status.textContent = "Paste a report, or write one sentence of one.";
        return;
      }
      if (!started) status.textContent = "Starting Python in this page: 14 MB from this site, the first time only…";
      else if (area.value.length > LONG) status.textContent = "Reading a long text…";
      try {
        const result = await ask(area.value);
        if (mine !== newest) return; // it was read again meanwhile
        latest = result;
        show();
      } catch (error) {
        latest = null;
        results.replaceChildren();
        status.textContent = `The reader could not run here (${error.message}). Reload the page, or use a recent browser.`;
      }
    };
    button.addEventListener("click", read);
    naive.addEventListener("change", show);
    // Once Python runs, the answers follow the writing.
    let pause = 0;
    area.addEventListener("input", () => {
      clearTimeout(pause);
      if (latest) pause = setTimeout(read, 400);
    });

    aboutThisBook().then(
      ({ pyodide, examples }) => {
        if (!pyodide) unavailable("This copy of the book was built without a network, so it has no Python for the browser. Build it again with one: ", make("code", { textContent: "make book" }));
        if (own) return;
        const select = make("select", { id: `${area.id}-examples` }, [
          make("option", { value: "", textContent: "Choose one of six examples" }),
          ...examples.map(({ title }, i) => make("option", { value: i, textContent: title })),
        ]);
        select.addEventListener("change", () => {
          area.value = examples[select.value]?.text ?? "";
          if (!button.disabled) read();
        });
        form.prepend(make("label", { htmlFor: select.id, textContent: "An example, invented like all bundled reports" }), select);
      },
      () => unavailable("The reader's files are missing from this copy of the book.")
    );
  };

  const start = () => document.querySelectorAll(".live-reader").forEach(equip);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
