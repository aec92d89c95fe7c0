"""Pattern tables for people: titles, degrees, the labels before a name, and the tokens that a name is made of."""

from __future__ import annotations

import re
from collections.abc import Callable

from pathmtl.deid.words import EPONYM_NOUNS, words


def _letters(wanted: Callable[[str], bool]) -> str:
    """The letters of the Latin, Greek and Cyrillic blocks for which ``wanted`` holds, as the inside of a character class."""
    found = [code for block in (range(0xC0, 0x250), range(0x370, 0x530), range(0x1E00, 0x1F00)) for code in block]
    return "".join(map(chr, filter(lambda code: wanted(chr(code)), found)))


_MARKS = "\u0300-\u036f"  # an accent that is a character of its own, as in decomposed text
UP, LOW = "A-Z" + _letters(str.isupper), "a-z" + _MARKS + _letters(str.islower)

#: Words that open a title, and the title with what follows it.
TITLE_WORDS = words("dr drs mr mrs ms miss prof professor doctor nurse sister")
TITLE = re.compile(r"(?:Drs?|DRS?|Mrs?|MRS?|Ms|MS|Miss|MISS|Prof|PROF|Professor|Doctor|Nurse|Sister)\b"
                   r"(?:\s?[.,]\s{0,2}|[ \t]{1,2}|\n)")

#: What joins the names after "Drs.".
ALSO = re.compile(r"[ \t]?(?:,[ \t]?and\b|[,;/&]|\band\b)[ \t]{0,2}(?:Dr\.?[ \t])?")
#: The family name before a lone given name: "Field, Jane MD".
FAMILY_COMMA = re.compile(rf"[{UP}][{UP}{LOW}'’-]+,[ \t]?$")

#: Words that open a degree, and the degree itself.
DEGREE_WORDS = words("m md d do ph phd mb mbbs mbbch mbchb frcpath fcap facs facp rn r pa p ht ct")
DEGREE = re.compile("(?:" + "|".join((
    r"M\.\s?D\b\.?|M\.?D\.|MD|D\.\s?O\.|DO|Ph\.\s?D\.?|PhD|PHD|M\.?B\.?,?\s?B\.?(?:S|Ch|CH)\.?|MBChB",
    r"FRCPath|FCAP|FACS|FACP|R\.N\.|RN|P\.A\.|PA-C|PA\s?\(ASCP\)|HT\s?\(ASCP\)|CT\s?\(ASCP\)",
)) + r")(?!\w)")
BEFORE_DEGREE = re.compile(r"\s?[,.]\s{0,2}$|\s{1,2}$")

#: Labels that need a colon: the last word before it.
COLON_WORDS = words("""
    patient pt name surname forename pathologist pathologists surgeon surgeons physician physicians provider clinician
    doctor doctors md resident fellow consultant oncologist attending dictator prosector cytotechnologist histotechnologist
    assistant transcriptionist practitioner attn cc mother father husband wife spouse daughter son kin guardian guarantor
    tech technician histologist scribe signature contact client requestor author by to from dr narne nane
    consultants residents oncologists clinicians attendings
    re regarding subject attn attention registrar trainee student reporter forenames surnames
""")
#: Verbs that serve as labels: "Verified: J. Field".
VERB_LABELS = words("""
    signed grossed dictated verified transcribed screened reviewed reported authorized approved typed pa np histotech
""")
#: These announce a topic as often as a person; the others below are too short to be labels without a colon.
TOPIC_WORDS = words("re regarding subject attn attention")
NEED_COLON = TOPIC_WORDS | words("by to from dr cc mother father husband wife spouse daughter son kin doctors")
#: What stands between a label and a name instead of a colon.
SEPARATOR = re.compile(r"(?:\(s\))?(?:[ \t]*(?:--?|[–—])[ \t]+|[–—]|[ \t]+=[ \t]+|,[ \t]"
                       r"|[ \t]*\|[ \t]*|[ \t]*\t[ \t]*|[ ]{3,20})(?=\S)")
#: A label that is explicit enough without a colon.
PATIENT_NAME = re.compile(r"\b(?:patient|pt\.?)(?:['’]?s)?[ \t]name$", re.IGNORECASE)
COLON = re.compile(r"(?:\(s\)|/\w+)?(?:\s|[ .]{1,12})?[:;](?:[ \t]{0,20}\n)?\s{0,4}")
#: A "name" of these is not a person's.
NOT_PERSON = re.compile(
    r"(?:procedure|specimen|test|antibody|file|study|drug|gene|clone|assay|site|component|facility|hospital|block|stain|product|"
    r"report|trade|brand)[ \t]$", re.IGNORECASE)
#: Verbs whose "by", "with" or "to" needs no colon: what precedes the preposition.
VERB = re.compile(r"\b(?:" + "|".join((
    r"sign\w*|verif\w+|review\w*|report\w*|submit\w*|request\w*|order\w*|perform\w*|gross\w*|dictat\w+|authori[sz]\w+|approv\w+",
    r"confirm\w*|prepar\w+|transcrib\w+|describ\w+|referr\w+|seen|interpret\w+|releas\w+|collect\w+|receiv\w+|examin\w+|typed",
    r"enter\w+|finali[sz]\w+|validat\w+|cut|screen\w+|discuss\w*|sp[oe]k\w*|conferr\w+|consult\w*|call\w*|convey\w+|communicat\w+",
    r"show\w*|obtain\w*|excised|taken|telephon\w+|relay\w+|phon\w+|given|paged|cop(?:y|ies)|attention|care|faxed|sent|read|concurr\w*",
)) + r")(?:\sout|\sin|\sback|\sand\s\w+|\s\w+ly)?\s$", re.IGNORECASE)
PREPOSITIONS = words("by with to from of w")
#: Words that a name follows without colon or preposition.
BARE_WORDS = words("notified dear sincerely es you thanks regards cc")
#: Roles and verbs that two capitalized words follow: "resident Jane Field", "Contact Jane Field".
ROLE_WORDS = words("""
    contact resident fellow registrar trainee student technician technologist cytotechnologist pathologist histopathologist
    surgeon physician oncologist radiologist gynecologist urologist dermatologist consultant coordinator colleague assistant
    secretary transcriptionist midwife ask told informed called telephoned phoned emailed paged named
""")
#: Relatives and the patient, whose given name may follow alone.
RELATIVE_WORDS = words("""
    daughter son husband wife mother father sister brother niece nephew aunt uncle cousin grandmother grandfather
    granddaughter grandson stepson stepdaughter partner spouse fiancée fiance fiancee friend neighbor neighbour guardian caregiver
    carer patient lady gentleman
""")
#: What shows that the phrase before it is a person.
IDENTITY_FOLLOWS = re.compile(r"[ \t]?[,;(]?[ \t]{0,4}(?:DOB|D\.O\.B|d\.o\.b|MRN|MR#|born|[Aa]ged?\b)")
#: A person whose age follows: "Jane Field is a 54-year-old".
SUBJECT = re.compile(rf"(?P<name>(?:[{UP}][{LOW}'’-]+[ ]){{1,2}}[{UP}][{LOW}'’-]+)(?:[ ]is|,)[ ]an?[ ]\d{{1,3}}[ -]?$")
#: A name in a script without capitals.
OTHER_SCRIPT = re.compile(r"[^\W\d_\u0000-\u052f\u1d00-\u1fff]+(?:[ \t·][^\W\d_\u0000-\u052f\u1d00-\u1fff]+){0,4}")
SPOKE = re.compile(r"\b[Ss]p(?:oke|eak|oken)\s$")
#: Initials and a surname: "R.K. Narayanan".
INITIALS = re.compile(rf"[{UP}]\.(?:[ ]?[{UP}]\.){{0,2}}[ ]?[{UP}][{LOW}]{{3,}}")
#: Verbs whose "by" a signature in lower case follows.
SIGNED = re.compile(r"\b(?:signed(?:\sout)?|dictated|grossed|transcribed|typed)\s$", re.IGNORECASE)
#: What makes the name before it an eponym: "Clark level IV", "Paget's disease".
EPONYM = re.compile(rf"(?:['’]s?)?[ \t](?:{'|'.join(sorted(EPONYM_NOUNS))})\b")

#: What a container's label says: a quotation after one of these words.
QUOTE_WORDS = words("labeled labelled designated marked identified label reads reading inscribed tagged container jar pot")

#: One token of a person's name: a particle, a word (0 for O in capitals is OCR's) or an initial.
NAME_TOKEN = re.compile("|".join((
    r"(?P<particle>(?:[Vv]an|VAN|[Dd]e|DE|[Dd]ela?|[Ll]a|LA|[Vv]on|VON|[Dd]er|DER|[Dd]en|[Dd]i|[Dd]a|[Dd]os|[Dd]u|[Ll]e|[Aa]l|[Ee]l|"
    r"[Bb]in|[Tt]er|St\.|ST\.|St|ST)(?=\s))",
    rf"(?P<word>(?:[{UP}]['’])?[{UP}](?:[{LOW}]+(?:[{UP}][{LOW}]+)?|[{UP}0{_MARKS}]+)"
    rf"(?:['’][{LOW}{UP}]+)?(?:-[{UP}][{LOW}{UP}0{_MARKS}]+)*(?!\w))",
    rf"(?P<initial>[{UP}](?:\.(?!\w{{2}})|(?![\w.'’-])))",
)))
#: Running heads: a line with a page or record number begins with the patient's name.
PAGE_HEAD = re.compile(r"\b(?:[Pp]age\s\d|PAGE\s\d|MRN\b|DOB\b)")
#: A bare number after a name is a record number.
NUMBER_AFTER_NAME = re.compile(r"(?:[ \t]{1,6}|[ \t]?[/|][ \t]?|[ \t]*\n[ \t]*(?=\d{6,10}[ \t]*(?:\n|$)))"
                               r"\(?(\d[\dOolI]{4,9})\)?(?![\w/.-]\d|\w|\s?(?:%|cm|mm|g\b))")
