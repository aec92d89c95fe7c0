// Quizzes. The page holds, without this script, each question with its options and a dropdown with the answer:
//   :::{container} quiz
//   1. Question?
//      - option
//      - [the right one]{.right}
//      ```{dropdown} Answer
//      Why.
//      ```
//   :::
// The script turns the options into radio buttons, which a keyboard and a screen reader already know, and says right or wrong.
(() => {
  const make = (tag, props = {}, children = []) => {
    const element = Object.assign(document.createElement(tag), props);
    element.append(...children);
    return element;
  };

  const question = (item, name, answered) => {
    const list = item.querySelector(":scope > ul");
    const answer = item.querySelector(":scope details");
    if (!list || !list.querySelector(".right")) return false;
    const verdict = make("p", { className: "quiz-verdict" });
    verdict.setAttribute("role", "status");
    const legend = make("legend");
    for (let node = item.firstChild; node && node !== list; node = item.firstChild) legend.append(...unwrapped(node));
    const fieldset = make("fieldset", {}, [legend]);
    let first = true;
    for (const option of [...list.children]) {
      const right = option.querySelector(".right") !== null;
      const input = make("input", { type: "radio", name });
      const label = make("label", {}, [input, make("span", {}, unwrapped(option))]);
      input.addEventListener("change", () => {
        fieldset.querySelectorAll("label").forEach((other) => other.classList.remove("is-right", "is-wrong"));
        label.classList.add(right ? "is-right" : "is-wrong");
        verdict.textContent = right ? "Right." : "Not this one. Try again, or open the answer.";
        if (right && answer) answer.open = true;
        answered(name, right && first);
        if (!right) first = false;
      });
      fieldset.append(label);
    }
    list.replaceWith(fieldset, verdict);
    return true;
  };

  // A node's contents without the paragraph around them: a legend and a label hold phrases only.
  const unwrapped = (node) => {
    const paragraph = node.nodeName === "P" ? node : node.querySelector?.(":scope > p");
    const contents = paragraph ? [...paragraph.childNodes] : node.nodeName === "LI" ? [...node.childNodes] : [node];
    node.remove();
    return contents;
  };

  const start = () =>
    document.querySelectorAll(".quiz").forEach((quiz, q) => {
      const firstTries = new Map();
      const score = make("p", { className: "quiz-score" });
      score.setAttribute("role", "status");
      const items = [...quiz.querySelectorAll(":scope > ol > li")];
      const total = items.filter((item, i) =>
        question(item, `quiz-${q}-${i}`, (name, right) => {
          if (!firstTries.has(name)) firstTries.set(name, right);
          const good = [...firstTries.values()].filter(Boolean).length;
          score.textContent = `${good} of ${total} right at the first try${firstTries.size < total ? `, ${total - firstTries.size} to go` : ""}.`;
        })
      ).length;
      if (total) quiz.append(score);
    });

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
