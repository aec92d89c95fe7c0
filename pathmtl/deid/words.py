"""Word lists of the de-identifier: given names, words that are not part of a name, words that name no institution.

The lists hold common names and common words of pathology reports; no report was copied.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a table written as text."""
    return frozenset(text.split())


#: Common given names in the United States and the United Kingdom: they make "Mary Field" a person without a label.
GIVEN = words("""
aaron abigail adam adriana agnes ahmed aisha alan albert alejandro alex alexander alexandra alfred alice alicia alison allison
amanda amelia amina amir amy ana andrea andrew angela anita ann anna anne annie anthony antonio arjun arthur ashley audrey
barbara beatrice benjamin bernard beth betty beverly bonnie brandon brenda brian bruce bryan camila carl carla carlos carmen
carol caroline carolyn catherine cecilia charles charlotte chen cheryl chloe chris christina christine christopher cindy
claire clara claudia constance craig cynthia daniel danielle david dawn deborah debra denise dennis diana diane dolores donald
donna doris dorothy douglas edith edna edward eileen elaine eleanor elena elizabeth ellen elsie emily emma eric erica erik
ernest esther ethan ethel eugene eva evelyn fatima fiona florence frances francis frank fred gabriel gail gary george gerald
geraldine gertrude gladys gloria gordon grace greg gregory gwen gwendolyn hannah harold harry hassan hazel heather helen henry
hiroshi holly hugo ian ibrahim ida ines ingrid irene isabel isabella ivan jack jacob jacqueline james jamie jane janet janice
jason jean jeffrey jennifer jeremy jerry jesse jessica jill joan joanne joe john johnny jonathan jorge jose joseph joshua
joyce juan juanita judith judy julia julie june karen karl katherine kathleen kathryn kathy katie keith kelly kenneth kevin
kim kimberly larry laura lauren lawrence leah lee leon leonard leslie lillian linda lisa lois loretta lori lorraine louis
louise lucia lucille lucy luis luke lynn marcia marcus margaret maria marian marie marilyn marion marjorie mark martha martin
mary matthew maureen maurice megan mehmet mei melissa michael michelle miguel mildred miriam mohammed monica muhammad nancy
naomi natalie nathan neil nicholas nicole noah nora norma olga oliver olivia omar oscar pamela patricia patrick paul paula
pauline pedro peggy peter philip phillip phyllis pierre priya rachel rajesh ralph ramon raymond rebecca rhonda ricardo richard
rita robert roberta robin roger ronald rosa rosemary roy russell ruth ryan sally samantha samuel sandra sara sarah scott sean
sergei sharon sheila shirley simon sofia sophia stanley stephanie stephen steven susan suzanne sylvia tamara tammy teresa
thelma theodore theresa thomas tiffany timothy tina todd tony tracy valerie vanessa vera vernon veronica vicki victor victoria
vincent viola virginia vivian walter wanda warren wayne wei wendy wesley william willie yolanda yuki yusuf yvonne zachary zoe
""")

#: Words that end a personal name although it could continue there: labels, anatomy, procedures, findings, function words.
NOT_NAMES = words("""
a abdomen abdominal above absent acc accession account add addenda addendum additional address adenocarcinoma adipose adjacent
admission admit adrenal after age agreed agrees ajcc all also although am amended amendment an anatomic anatomical and ann
anterior any aorta apparent appendix approximately apr april as ascending aspirate assistant associated associates astrocytoma
at attending attest attestation aug august author available axilla axillary back basal been before being below benign
bilateral billing biopsies biopsy birth bisected bladder block blocks blue board bone both bowel brain breast brief bronchial
bronchus but by called can cancer cannot cap carcinoma carcinomas case cases cassette cavity cc cell cells center centre
certify cervical cervix chart checklist chest chief chronic cish city client clinic clinical clinician clock closest cm code
codes collected collection colon comment comments complete complex component concur concurs confirmed confirms consisting
consists consult consultant consultation contact container contents copies copy core corrected correction correlation could
cpt criteria critical cuts cytokeratin cytology cytotechnologist data date dated dcis dec december deep deepest department
description designated details diag diagnosed diagnoses diagnosis diagnostic dictated dictation did differentiated dimension
director discharge disclaimer discussed disease distal distant division do dob doctor documented does done dr drs duct ductal
dx electronic electronically encounter end endometrial endoscopic ends entered entire entry episode er estrogen ethnicity
event examination examined excised excision excisional extension extent facility fallopian family fat fax faxed feb february
fee fellow female fibroadipose fibrosis field figo final finding findings first fish fixation fixed flexure floor fluid focal
focally following for formalin foundation fragment fragments free fresh friday from frozen fundus gallbladder gastric gender
general glioma gm gp grade grams greatest gross grossly group gyn has have he head health hepatic hepatocellular her her2 hers
hilar him his histologic histological histology history hospital however hysterectomy id idc identified if ihc ii iii ilc
image images immunohistochemical immunohistochemistry immunostain impression in inc incidental indication inferior
infiltrating information initial initials ink inked inpatient institute internal interpretation intraop intraoperative
invasion invasive involved is ischemic issued it it's its iv jan january jul july jun june kidney known lab labeled labelled
laboratories laboratory large laryngectomy larynx last lateral lcis left lesion level levels light liver lobe lobectomy
lobular location lower lumpectomy lung lymph lymphoma lymphovascular m male malignant mar march margin margins mass mastectomy
material may mb md measured measures measuring medial mediastinal medical medicine melanoma metastases metastasis metastatic
method microscopic microscopy mid middle minute mitotic mm moderate moderately molecular monday mr mrn mrs ms mucinous mucosa
multifocal multiple muscle my na name narrative neck necrosis needle negative neoadjuvant neoplasm nerve never nil no node
nodes nodule none nor normal not note notes notified nottingham nov november nuclear number numbers nurse oct october of
office omentum on one only operating operation operative or order ordered ordering orientation other otherwise our ours out
outpatient outside ovarian ovary p pager pancreas pancreatic papillary parotid part partial parts path pathologic pathological
pathologis pathologist pathologists pathology patient patients pelvic pending per performed performing pericolic peritoneal
personally phone photo physician physicians please pleura pm pn poorly portion positive possible post post-op posterior postop
postoperative pr pre pre-op preliminary preop preoperative present previous primary print printed prior procedure procedures
professional progesterone prognostic prostate prostatectomy prostatic protocol provider proximal pt pulmonary quadrant race
radical read reason received receptor receptors recommended rectum referring regional relation religion remainder remnant
renal report reported reporting reports representative request requested requesting requestor resected resection resident
result results retroperitoneal review reviewed revised right room rule s sample sarcoma saturday scan section sectioned
sections see seen segment segmental selected seminal sent sentinel sep separately sept september serial serially serosa
service sex she should sigmoid sign signature signed signing signout since sir sish site size skin slide slides so soft source
special specialist specimen specimens spleen squamous staff stage staging stain stains standard start state stated status
stenogram stenographer stomach street sub subject submit submitted submitting subtotal such suite sunday superior supervising
supplemental surgeon surgeons surgery surgical suspicious suture synoptic system t taken technical technologist tel telephone
terminal test tests than that the them then there these they third this thoracic those three thursday thyroid time tissue
tissues tnm to tongue tonsil total trachea transcribed transitional transmural transplant transverse trisected tubular tuesday
tumor tumors tumour two type ulcer undefined under unifocal uninvolved unit unknown unremarkable update updated upon upper
ureter urinary urothelial using uterine uterus vaginal value van vascular vein verbal verified version vesicles vessel visit
vs vulva was we wedge wednesday weeks weight well were when where which who whom will with within would year years yes yet yrs
zip zone
""")

#: Names that are also grades, scores or diseases: redacted after a title or label, and nowhere else.
EPONYMS = words("bloom breslow clark fuhrman gleason hodgkin nottingham paget richardson scarff elston ellis allred")

#: Words in the name of an institution that do not identify it.
GENERIC = words("""
a affairs an anatomic anatomical and any at breast by cancer center central centre children's childrens city clinic clinical
college community county cytogenetics department diagnostic district division dr each for from general gyn health hospital
hospitals immunohistochemistry in institute laboratories laboratory local main medical memorial molecular mr mrs national of
oncology or other our outside pathology per reference referring regional research school section service services surgery
surgical teaching the this to university veterans with women's womens your
""")
