"""The prose chapters: what they say of the code is true, their quizzes work in a browser, their figures' links lead somewhere."""

import re
import shutil
import sys
import xml.etree.ElementTree as ElementTree

import build_book
import pytest
import yaml
from browser import MISSING, browser
from conftest import ROOT

from pathmtl import oracle
from pathmtl.baselines.naive import naive_labels

sys.path.insert(0, str(ROOT / "book" / "_ext"))
from linked_svg import inline

PAGES = sorted([*(ROOT / "book").glob("*.md"), *(ROOT / "notebooks").glob("*.py")])


def text_of(page):
    """The text of a chapter, or that of a notebook's source without the comment signs."""
    text = page.read_text(encoding="utf-8")
    return re.sub(r"^# ?", "", text, flags=re.MULTILINE) if page.suffix == ".py" else text


WITH_QUIZ = [page for page in PAGES if "{container} quiz" in text_of(page)]
FIGURES = sorted((ROOT / "book" / "figures").glob("figure*.svg"))
#: Notebooks of the book's plan that a figure may name before they are written.
PLANNED = {"extraction", "deidentification", "oracle", "table2_peft", "table3_mtl_vs_stl", "table4_slicing"}


def test_the_example_report_reads_as_its_page_says():
    page = (ROOT / "book" / "reading_reports.md").read_text(encoding="utf-8")
    report = re.search(r":name: example-report\n(.*?)```", page, re.DOTALL)[1]
    truth = {"T": "T2", "N": "N1", "M": None, "grade": "G2", "ER": "Positive", "PR": "Negative", "HER2": "Positive"}
    assert oracle.label(report) == truth
    naive = naive_labels(report)
    assert naive == {"T": "T1", "N": "N0", "M": None, "grade": "G2", "ER": "Positive", "PR": "Positive", "HER2": "Negative"}
    assert sum(naive[task] != truth[task] for task in truth) == 4, "the page counts them"
    lines = report.splitlines()
    for number, words in {
        2: "pT1c pN0",
        5: "3.1 x",
        8: "2.8 cm",
        10: "nuclear grade 3",
        15: "pT2",
        19: "Allred 8",
        21: "FISH",
    }.items():
        assert words in lines[number - 1], f"line {number} is spoken of as if it held {words}"
    assert lines.index("Primary Tumor: pT2") - 1 == 13, "thirteen lines before the right one"


def test_the_second_report_reads_as_its_page_says():
    page = (ROOT / "book" / "reading_reports.md").read_text(encoding="utf-8")
    report = re.search(r":name: second-report\n(.*?)```", page, re.DOTALL)[1]
    truth = {"T": "T1", "N": "N2", "M": None, "grade": "G2", "ER": "Negative", "PR": "Positive", "HER2": "Negative"}
    assert oracle.label(report) == truth
    assert naive_labels(report) == {**dict.fromkeys(truth), "T": "T1", "N": "N2", "grade": "G3"}
    lines = report.splitlines()
    for number, words in {
        3: "grade 3",
        7: "19 mm",
        8: "7/9",
        10: "Five of eleven",
        11: "pT1c, pN2a",
        12: "3+",
        15: "0%",
        16: "70%",
        17: "score 1+",
    }.items():
        assert words in lines[number - 1], f"line {number} is spoken of as if it held {words}"


@pytest.mark.parametrize("page", WITH_QUIZ, ids=lambda page: page.stem)
def test_each_question_has_one_right_option_and_an_answer(page):
    quiz = re.search(r":::\{container\} quiz\n(.*?)\n:::", text_of(page), re.DOTALL)[1]
    questions = re.split(r"^\d+\. ", quiz, flags=re.MULTILINE)[1:]
    assert len(questions) >= 3
    for question in questions:
        options = re.findall(r"^   - (.*)$", question, re.MULTILINE)
        assert len(options) >= 3 and sum(option.endswith("]{.right}") for option in options) == 1, question
        assert question.count("```{dropdown} Answer") == 1, question


def test_commands_in_the_pages_exist_with_their_options():
    import typer.main
    from typer.testing import CliRunner

    from pathmtl.cli.commands import app

    group, seen = typer.main.get_command(app), 0
    for page in PAGES:
        for line in re.findall(r"^(?:\w+=\S+ )?pathmtl (.*)$", text_of(page), re.MULTILINE):
            words, command = line.split(), group
            while getattr(command, "commands", None):
                assert words[0] in command.commands, f"{page.name}: pathmtl {line}"
                command = command.commands[words.pop(0)]
            known = {option for parameter in command.params for option in parameter.opts}
            assert {word for word in words if word.startswith("-")} <= known, f"{page.name}: pathmtl {line}"
            seen += 1
    assert seen > 8 and CliRunner().invoke(app, ["--help"]).exit_code == 0


def test_the_citation_is_that_of_the_citation_file():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    page = (ROOT / "book" / "how_to_cite.md").read_text(encoding="utf-8")
    for wanted in (citation["title"], citation["version"], citation["license"]):
        assert str(wanted) in page
    assert citation["preferred-citation"]["title"] in page.replace("{", "").replace("}", "")


@pytest.mark.parametrize("figure", FIGURES, ids=lambda path: path.stem)
def test_figures_are_described_and_link_to_pages_of_the_plan(figure):
    tree = ElementTree.parse(figure).getroot()
    spaces = {"s": "http://www.w3.org/2000/svg"}
    assert tree.find("s:title", spaces).text and tree.find("s:desc", spaces).text
    for link in tree.iter("{http://www.w3.org/2000/svg}a"):
        folder, name = link.get("href").removeprefix("doc:").split("/")
        suffix = {"book": "md", "notebooks": "py"}[folder]
        assert (ROOT / folder / f"{name}.{suffix}").exists() or name in PLANNED, link.get("href")


def test_a_linked_figure_links_to_what_the_book_has():
    svg = '<svg role="img" aria-labelledby="x"><a href="doc:a/b"><text>B</text></a><a href="doc:a/c"><text>C</text></a></svg>'
    shown = inline(svg, 'say "x"', {"a/b": "../a/b.html"})
    assert '<a href="../a/b.html"><text>B</text></a><text>C</text>' in shown
    assert 'role="group"' in shown and 'aria-label="say &quot;x&quot;"' in shown and "labelledby" not in shown


@pytest.fixture(scope="module")
def quiz_page(tmp_path_factory):
    """The verdicts page as the book renders it, in a book of three pages."""
    root = tmp_path_factory.mktemp("quiz-book")
    shutil.copy(ROOT / "_config.yml", root)
    for folder in ("_ext", "_static", "figures"):
        shutil.copytree(ROOT / "book" / folder, root / "book" / folder)
    for name in ("references.md", "references.bib", "glossary.md"):
        shutil.copy(ROOT / "book" / name, root / "book")
    chapters = "".join(f"  - file: book/{name}\n" for name in ("verdicts", "glossary", "references"))
    (root / "_toc.yml").write_text(f"format: jb-book\nroot: book/index\nchapters:\n{chapters}", encoding="utf-8")
    # Pages that this small book leaves out become plain words.
    for name in ("verdicts", "glossary"):
        text = (ROOT / "book" / f"{name}.md").read_text(encoding="utf-8")
        (root / "book" / f"{name}.md").write_text(
            re.sub(r"\[\]\(\.\./notebooks/\w+\.ipynb\)", "a notebook", text), encoding="utf-8"
        )
    (root / "book" / "index.md").write_text(
        "# A book\n\n:::{figure} figures/figure1.svg\n:alt: The five phases\n:class: linked\nPhases\n:::\n", encoding="utf-8"
    )
    (root / "notebooks").mkdir()
    assert build_book.main(["--root", str(root), "--out", str(root / "html")]) == 0
    return root / "html" / "book" / "verdicts.html"


@pytest.mark.skipif(MISSING is not None, reason=str(MISSING))
def test_the_quiz_works_by_keyboard_and_without_a_network(quiz_page, tmp_path):
    with browser(tmp_path) as page:
        page.open(quiz_page)
        assert page.run("return document.querySelectorAll('.quiz fieldset').length") == 4
        assert page.run("return document.querySelectorAll('.quiz fieldset legend').length") == 4
        assert page.run("return [...document.querySelectorAll('.quiz input')].every((i) => i.closest('label').innerText.trim())")
        # Tab into the first question, space takes its first option (wrong), arrow down twice the third (right).
        page.run("document.querySelector('.quiz input').focus()")
        page.keys(" ")
        assert "Not this one" in page.text(".quiz-verdict")
        assert page.run("return document.querySelector('.quiz details').open") is False
        page.keys("\ue015\ue015")
        assert page.text(".quiz-verdict") == "Right."
        assert page.run("return document.querySelector('.quiz details').open") is True
        assert page.text(".quiz-score").startswith("0 of 4 right at the first try, 3 to go")
        page.run("document.querySelectorAll('.quiz fieldset')[1].querySelectorAll('input')[1].click()")
        assert page.text(".quiz-score").startswith("1 of 4 right at the first try, 2 to go")
        # The theme has complaints of its own.
        assert [entry for entry in page.log() if "quiz.js" in entry["message"]] == []


def test_without_a_script_questions_options_and_answers_are_in_the_page(quiz_page):
    html = quiz_page.read_text(encoding="utf-8")
    quiz = html[html.index('class="quiz') :]
    assert quiz.count("<details") == 4 and "these reports do not tell them apart" in quiz and "<input" not in quiz
    assert "_static/quiz.js" in html


def test_a_linked_figure_is_part_of_its_page(quiz_page):
    html = (quiz_page.parent / "index.html").read_text(encoding="utf-8")
    assert '<svg class="linked-svg" role="group" aria-label="The five phases"' in html
    assert 'href="doc:' not in html, "pages that this book lacks leave no link"
