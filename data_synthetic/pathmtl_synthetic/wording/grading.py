"""Wording of the histologic grade and of the grades beside it."""

LABEL = ("[Histologic|Histological] [Grade|grade]", "[Histologic|HISTOLOGIC] GRADE", "Nottingham [Grade|grade|histologic grade]",
         "Overall [Grade|grade]", "Grade", "Nottingham Histologic Score", "Tumor grade", "Combined histologic grade",
         "Grade (Nottingham/SBR)", "Bloom-Richardson grade", "Differentiation/Grade", "Histologic Grade (Nottingham)")
LABEL_OTHER = ("[Histologic|Histological] [Grade|grade]", "Grade", "Differentiation", "Tumor grade", "Histologic Grade")
ROMAN = {1: "I", 2: "II", 3: "III"}
WORDS = {1: "well differentiated", 2: "moderately differentiated", 3: "poorly differentiated"}
LEVEL = {1: "low", 2: "intermediate", 3: "high"}
PLAIN = ("Grade {g}", "Grade {g}", "{g}", "G{g}", "grade {g} of 3", "Grade {g} ({words})", "G{g}: {Words}", "Overall grade {g}",
         "Grade {g} (scores of {lo})", "Nottingham grade {g}", "Nottingham combined grade {g}", "{g} (total score {total})")
PLAIN_OTHER = ("Grade {g}", "G{g}", "G{g}: {Words}", "grade {g} of 3", "G{g}, {words}")
ROMAN_FORM = ("Grade {r}", "Grade {r}", "Grade {r}/III", "{r} of III", "grade {r} ({words})", "Nottingham grade {r}", "G {r}")
FRACTION_FORM = ("{g}/3", "Grade {g}/3", "Grade {g} of 3 (score {total}/9)", "Nottingham score {total}/9",
                 "{total}/9 (grade {g})",
                 "Nottingham {total}/9, grade {g}/3", "Grade {g}/3 ({total}/9)", "Nottingham combined histologic score {total}/9")
WORDS_FORM = ("{Words}", "{words}", "{Words} ({level} grade)", "{level} grade", "{words} carcinoma")
WORDS_FORM_OTHER = ("{Words}", "{words}", "Low-grade ({words})")
SCORE_RANGE = {1: "3, 4 or 5", 2: "6 or 7", 3: "8 or 9"}
COMPONENTS = (
    (("Glandular (Acinar)/Tubular Differentiation", "Score {t}"), ("Nuclear Pleomorphism", "Score {n}"), ("Mitotic Rate",
                                                            "Score {m}")),
    (("Tubule formation", "{t}"), ("Nuclear grade", "{n}"), ("Mitotic score", "{m}")),
    (("Tubular score", "{t}"), ("Nuclear score", "{n}"), ("Mitotic score", "{m}")),
    (("Architectural score", "{t}"), ("Nuclear grade", "{n}"), ("Mitoses", "{m}")),
)
COMPONENT_SENTENCE = (
    "(tubule formation {t}, nuclear [grade|pleomorphism] {n}, mitotic [rate|activity|count] {m})",
    "[({t}+{n}+{m}={total})|(tubules {t} + nuclei {n} + mitoses {m} = {total})]",
    "(components: tubules {t}, nuclear grade {n}, mitoses {m})",
)
NUCLEAR_FIELD = ("Nuclear [Grade|grade]", "NUCLEAR GRADE", "Nuclear grade (invasive)")
NUCLEAR_VALUE = ("{n}", "{n}", "{n}/3", "{N}", "{n} of 3", "Grade {n}", "{N} of III")
#: The same in a sentence, where "nuclear grade" stands before it.
NUCLEAR_WORDS = ("{n}", "{n}/3", "{N}", "{n} of 3", "{N} of III")
IN_SITU_FIELD = ("DCIS [Grade|grade]", "Grade of DCIS", "Nuclear grade of DCIS", "DCIS nuclear grade", "In situ component, grade",
                 "Nuclear Grade (DCIS)")
IN_SITU_VALUE = ("{level}", "Grade {n}", "{n}", "{N}", "Grade {N} ({level})", "{level} nuclear grade", "Nuclear grade {n}")
IN_SITU_SENTENCE = (
    "[Ductal carcinoma in situ|DCIS|An in situ component] [is |][also |][present|identified|seen], {level} [nuclear |]grade[, "
    "{pattern}|], "
    "[comprising|representing|occupying] {share}% of the [tumor|lesion]",
    "DCIS, {pattern} [type|pattern], [nuclear |]grade {n}[ with| without] [comedo |]necrosis",
    "[Associated|Adjacent|Accompanying] [DCIS|ductal carcinoma in situ], {pattern}, {level} nuclear grade",
)
PATTERN = ("solid", "cribriform", "comedo", "micropapillary", "solid and cribriform", "papillary", "cribriform and comedo")
SENTENCE_OTHER = ("[The tumor is|It is|The carcinoma is] {value}", "[Histologic|Tumor] grade[:| is] {value}",
                  "[Differentiation|Grade]: {value}")
SENTENCE = (
    "[The tumor is|The carcinoma is|It is|The invasive component is] {value}",
    "[Histologic|Nottingham|Overall] grade[:| is| is assessed as] {value}",
)
