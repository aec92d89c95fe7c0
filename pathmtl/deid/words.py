"""Word lists of the de-identifier: given names, words that are not part of a name, words that name no institution.

The lists hold common names and common words of pathology reports; no report was copied.
"""

from __future__ import annotations


def words(text: str) -> frozenset[str]:
    """The words of a table written as text."""
    return frozenset(text.split())


#: Common given names in English and other languages: they make "Mary Field" a person without a label.
GIVEN = words("""
aaliyah aaron abdul abena abigail adaeze adam adebayo adriaan adriana afua agnes agnieszka ahmad ahmed aiko aisha akiko alan
alasdair albert alejandra alejandro aleksander alessandro alex alexander alexandra alfred alice alicia alina alison allison
amanda amara amelia amina amir amy ana ananya anastasia anders andrea andrew andrzej angela anika anita ann anna anne
anneliese annie annika anselm anthony antje antoine antonio aoife araceli arjun arthur arturo ashley astrid audrey ayesha
ayodele babak barbara beatrice beatriz benjamin bernard beth bettina betty beverly birgit bjorn bogdan bonnie boris brandon
brenda brian bronwyn bruce bryan camila camille caoimhe carl carla carlos carlotta carmen carol caroline carolyn catalina
catherine cecilia charles charlotte chen cheryl chiamaka chiara chidi chinedu chloe chris christina christine christopher
ciara cindy claire clara claudia constance consuelo cornelius craig cynthia daisuke daniel danielle david dawn deborah debra
deepak deepika denise dennis diana diane dmitri dolores dominik donald donna doris dorothy douglas eamon ebere ebony edith
edna eduardo edward eileen ekaterina elaine eleanor elena elif elizabeth elke ellen elsie emeka emilia emilka emily emma
enrique eric erica erik ernest esther ethan ethel eugene eva evelyn ezekiel faisal farah fatima federico femi feng fernando
fiona fiorella florence folake frances francesca francesco francis francisco francois frank fred friedrich funmilayo gabriel
gail gary genevieve george gerald geraldine gerhard gertrude giovanni gitte giulia giuseppe gladys gloria gordon grace
graciela greg gregory guadalupe guillermo gunther gustavo gwen gwendolyn hannah harold harry haruka haruki hassan hazel
heather hedwig heinrich helen helga henrik henry hiroshi holly horatio hugo hyun ian ibrahim ida ifeoma ilse imani ines
ingeborg ingrid irene irina isabel isabella isolde ivan jack jacob jacqueline jadwiga jamal james jamie jane janet janice
jason jean jeffrey jennifer jeremy jerry jerzy jesse jessica jill joan joanne joe john johnny jonathan joost jorge jorgen jose
josefina joseph joshua joyce juan juanita judith judy juergen julia julian julie june jürgen kamala karen karl kasia katarzyna
katharina katherine kathleen kathryn kathy katie katrin kavita keiko keith kelly kenji kenneth kevin khadija kim kimberly kofi
krishna krzysztof kwame käthe lakshmi larry lars latoya laura lauren lawrence leah lee leila leon leonard leslie liesl lillian
linda lisa lois lorenzo loretta lori lorraine louis louise lucia lucille lucjan lucy ludmila luis lukasz luke lynn magdalena
malgorzata mamadou manuel marcia marcin marcus marek margaret margot marguerite maria marian marie marilyn marion marisol
marjorie mark marta martha martin mary mateusz matteo matthew maureen maurice małgorzata meera megan mehdi mehmet mei melissa
michael michelle miguel mikhail mildred miriam mirjam mohamed mohammad mohammed monica muhammad mustafa nadia nancy naomi
nasreen natalie natasha nathan neil ngozi nguyen niamh nicholas nicole nikolai nkechi noah nora norma obinna odile olaf olga
oliver olivia oluwaseun omar oscar ottoline pablo padraig pamela paolo parvati patricia patrick paul paula pauline pawel pedro
peggy peter philip phillip phyllis pierre pilar piotr pooja pradeep pranav priya priyanka rachel rafael raj rajesh ralph ramon
rashid ravi ravinder raymond rebecca rhonda ricardo richard rita robert roberta robin rocio rodrigo roger roisin ronald rosa
rosalind rosemary roy rukhsana russell ruth ryan sabine sakura sally samantha samuel sandra sanjay santiago saoirse sara sarah
scott sean sebastian sergei sharon sheila shirley shreya simon sinead siobhan sofia solveig sophia soraya stanislaw stanley
stefan stephanie stephen steven sunil susan suzanne svetlana sylvia tadeusz takashi tamara tammy tamsin teodoro teresa thabo
thandiwe thelma theodore theresa thomas tiernan tiffany timothy tina todd tomasz tony tracy tunde uchenna ulrike ursula
valerie vanessa vasilis vera vernon veronica vicki victor victoria vijay vikram vincent viola virginia vivian vladimir walter
wanda warren wayne wei wendy wesley wilhelm william willie wojciech wolfgang xavier ximena xiomara yasmin yetunde yolanda yuki
yusra yusuf yvonne zachary zainab zawadi zeynep zoe zofia zsofia zuzanna łukasz
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

#: Sites, tissues, counts, and abbreviations of labels on containers, beyond NOT_NAMES.
SITES = words("""
calot wertheim hartmann klatskin cloquet cowper skene glisson henle lieberkuhn peyer waldeyer toldt bochdalek
four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty
stensen stensen's delphian whipple whipple's india residual mirror super gerota gerota's solid perinodal periprostatic paracaval
pericaval revision either stained controls indefinite corresponding wharton's denonvilliers
abdomen acetabulum additional adenoid adnexa adrenal alnd ampulla anal anastomotic ant antecubital antrum anus anvil aorta
apex appendix areola areolar arm atrium axilla axillary azygos back bag bal base bile black bladder bone bottle bowel brachial
breast breasts bronchus brush brushing bso buccal buttock bx caecum calcification calcifications calcs calf calvarial canal
capsule carcinoid cardia carina cartilage caruncle cecal cecum cerebellar cerebellum cerebral cheek chin clavicle clavicular
clip clitoris colectomy colonic colorectal common conception cone conization conjunctiva container contents cord cornea cortex
costal cranial craniotomy cricoid cul cup curettage curettings cut cyst cystectomy cystic cysts deep deltoid dermal diaphragm
diaphragmatic dist dome donor donut dorsal double doughnut duodenal duodenum dura ear edge elbow endocervical endocervix
endometrium entire epidermal epididymis epigastric epiglottis epiploic esophageal esophagectomy esophagus ethmoid excess
excisions external eye eyelid face facial falciform fallopian fascia fascial femoral femur fibroid fibroids fibular fimbria
finger fixed flank fna foot forearm forehead foreskin fornix fresh frontal frozen ganglion gastrectomy gastroesophageal
gingiva gland glans gluteal groin gum gutter half hallux hand hard heart heel hemicolectomy hemithyroid hemorrhoid hepatic
hernia hilar hilum hip hot humerus hypogastric hypopharynx ileal ileocecal ileum iliac inf infraclavicular inguinal inked
inner insular internal intestine introitus isthmus jar jaw jejunal jejunum jugular junction junctional kidneys knee labia
labial labium lacrimal larger lat leep lesions level lft ligament limb line lingual lingula lingular lip lipoma liq lll ln lns
lobectomy localization long loq lower lq lt lul lungs lymph mammary mandible mandibular margin masses mastoid maxilla
maxillary meatus med mediastinum medulla meningeal meninges mesenteric mesentery mesocolon mesorectal mesorectum metacarpal
microcalcifications mid more mouth myometrium nares nasal nasopharynx needle nephrectomy nevus new nipple nodes nodules non
nose obturator occipital oesophagus old omental oophorectomy oral orbit orbital orchiectomy oropharynx outer ovaries palate
palatine palm papilla paraaortic paracolic parametrial parametrium pararectal parathyroid paratracheal parietal parotid
patella pelvis penile penis perianal periaortic pericardium pericolonic perigastric perihilar perineal perineum perineural
peritoneum periureteral pharynx pineal piriform pituitary placenta plantar pleural plexus pneumonectomy polyp polyps pons
popliteal porta portal preauricular prep presacral pretracheal products prostatic prox pubic pylorus pyriform quadrantectomy
radius rectal rectosigmoid remaining resections retromolar rgt rib ring rll rml rt rul sac sacral sacrum salivary
salpingectomy salpingo salpinx scalp scapula scapular scar sciatic sclera scrotal scrotum segment segmentectomy sella sent
septum shave shin short shoulder single sinus skins sleeve sln slnb smaller smear snb specimens sphenoid spinal spine splenic
staple station sternal sternum stoma stump subcarinal subclavian submandibular submental sup supraclavicular supraglottic
suture sutured symphysis synovial synovium tag tah tb temple temporal tendon testicle testicular testis thigh third thoracic
thorax thumb thymus thyroidectomy tibia tip tissue toe touch trachea tracheal tragus triangle trigone tru true tubal tube
tubes turbt turp ua uiq ulna umbilical umbilicus unfixed uoq upper urachus ureteral urethra urethral urine uvula vagina valve
vas vault vena ventral ventricle vermilion vertebra vertebral vestibule vocal volar wall washing washings web whipple white
whole wire wrist xiphoid zygoma
""")

#: Backgrounds, products and other capitalized words that follow a role or a relative without being a name.
NEVER_NAMES = words("""
abbott advocate african agilent american anderson ashkenazi asian assistance bill biocare black board bouin bouin's brca
called care carnoy caucasian cerner chinese clia coli committee conference consent copath dako department education
endopredict english epic european fda formaldehyde foundationone french german guardant her2 herceptest hindu hipaa hispanic
hollande indian internet invitae irish italian japanese jewish latina latino leica lynch mammaprint muslim myriad named
navigator number oncotype pathway portal powerpath prosigna pylori relations rights roche safety service spanish status
sunquest support team thermo tissue-tek union usa ventana website white windows word
""")

#: Lower-case words that end a name written without capitals.
COMMON = words("""
a about above across advised after again against ago agrees alive also always am an and another any applicable are around as
ask asked asks at attached away back be because been before began behind both breast brought but by called calls came can
clinic come could day dead deceased did do does done down during each educator either else even ever every felt few for from
gave get give given go going gone good guided had has have her here his how if imaging in into is it just knew knows later
least less let like listed made make makes manager many margins may me might more most much must my navigator nearly need
needed needs never next no nobody none not nothing now of off office often on once one only or other over own pathology
pending per phone phoned practitioner provided quite rang rather re regarding requested requests room said saw say says scan
see seen sent several shall she should since slide slides so some soon specialist stated station still such take taken team
telephone telephoned tell than that the their them then there these they thinks this those though thought through till time to
today together told tomorrow too took toward tumor tumour two unavailable under unless until up us very via wanted wants was
we well went were what when where whether which while who whom whose why will wish with within without would wrote yesterday
yet you your
""")

#: After a title, these are surnames although elsewhere they are not ("Dr. An", "Ms. Young").
SURNAMES_AFTER_TITLE = words("""
al an august augustine back bin black block bone care case chest church code da day de dela den der di do dos du early el fat
fish friday gray green grey hand head la large le light long love lung march mark marks mass may monday my neck note page post
sample see short skin small so st stone ter van von wedge white young
""")

#: What follows an eponym: the name before it is medicine, not a person.
EPONYM_NOUNS = words("""
classification criteria disease diseases fixative grade grades grading index level levels ligament ligaments method nodule
scale score scores scoring solution staging stain staining stains syndrome technique thickness thyroiditis trichrome
""")

#: Names that are also grades, scores or diseases: redacted after a title or label, and nowhere else.
EPONYMS = words("""
allred barrett bartholin bethesda bismuth bloom borrmann bouin brenner breslow brunner burkitt chevallier clark cowden crohn
cushing dworak ellis elston ewing fontana fuhrman giemsa gleason gomori grimelius grocott haggitt hashimoto hodgkin hurthle
ishak kaposi knodell kossa krukenberg langerhans leydig mandard masaoka masson meckel merkel neelsen nottingham oddi paget
paneth papanicolaou perls richardson rotter sataloff scarff sertoli siewert spitz sternberg treitz vater verhoeff virchow
warthin weigert wilms ziehl
""")

#: Words in the name of an institution that do not identify it.
GENERIC = words("""
a affairs an anatomic anatomical and any at breast by cancer center central centre children's childrens city clinic clinical
college community county cytogenetics department diagnostic district division dr each for from general gyn health hospital
hospitals immunohistochemistry in institute laboratories laboratory local main medical memorial molecular mr mrs national of
oncology or other our outside pathology per reference referring regional research school section service services surgery
surgical teaching the this to university veterans with women's womens your
""")
