"""Names of nobody: given and family names, towns, hospitals, streets, degrees, months."""

GIVEN = (
    "Mary", "Patricia", "Linda", "Susan", "Margaret", "Dorothy", "Helen", "Ruth", "Anna", "Maria", "Carmen", "Rosa", "Yuki",
    "Mei", "Priya", "Fatima", "Amina", "Ingrid", "Olga", "Chloe", "Hannah", "Grace", "Joan", "Beatrice", "Sheila", "Nora",
    "Deborah", "Janet", "Elaine", "Teresa", "Lucille", "Wanda", "Irene", "Gwen", "Alice", "Clara",
)
MALE = (
    "John", "Robert", "Michael", "William", "David", "Carlos", "Ahmed", "Wei", "Hiroshi", "Rajesh", "Pierre", "Ivan",
    "Samuel", "Thomas", "George", "Edward", "Paul", "Stephen", "Victor", "Leon", "Oscar", "Hugo", "Walter", "Arthur", "Frank",
    "Neil",
)
FAMILY = (
    "Abbott", "Ahmed", "Alvarez", "Anderson", "Barlow", "Becker", "Bianchi", "Brennan", "Castillo", "Chen", "Chowdhury",
    "Clarke", "Cole", "Dalton", "Delgado", "Dubois", "Eriksen", "Ferrara", "Fischer", "Garner", "Gray", "Green", "Gupta",
    "Hale", "Hansen", "Hartley", "Hughes", "Ibrahim", "Ito", "Jansen", "Keller", "Kim", "Kowalski", "Larkin", "Lindqvist",
    "Lopez", "MacLeod", "Marsh", "Mendoza", "Mills", "Moreau", "Nakamura", "Nguyen", "Novak", "O'Brien", "O'Connell",
    "Okafor", "Osborne", "Park", "Patel", "Petrov", "Quinn", "Ramirez", "Reyes", "Rossi", "Sato", "Schmidt", "Shah", "Silva",
    "Singh", "Sorensen", "Stone", "Tanaka", "Thornton", "Underwood", "Vance", "Vargas", "Walsh", "Weber", "White",
    "Whitfield", "Wong", "Yilmaz", "Young", "Zhang", "Smith-Jones", "Ortiz-Vega", "St. Clair", "de la Cruz", "van Dijk",
)
TOWN = (
    "Brookhaven Falls", "Eastmere", "Northgate", "Cedar Hollow", "Ashby Vale", "Port Linden", "Kingsmoor", "Silver Ridge",
    "Westlake", "Fairhaven", "Millbrook", "Stanwick",
)
HOSPITAL = (
    "{t} General Hospital", "{t} Regional Medical Center", "St. {s} Hospital", "{t} University Hospital",
    "{t} Memorial Hospital", "{t} Cancer Center", "Mount {s} Medical Center", "Royal {t} Infirmary",
    "{t} Pathology Associates", "{t} Community Hospital",
)
SAINT = (
    "Brendan", "Agnes", "Cuthbert", "Helena", "Martin", "Columba", "Clare",
)
STREET = (
    "Maple Street", "Oak Avenue", "Harbor Road", "Chestnut Lane", "2nd Street", "Mill Road", "Orchard Drive", "Station Road",
    "Highfield Close", "Lakeview Boulevard",
)
STATE = (
    "OH", "PA", "TX", "NY", "CA", "WA", "GA", "MN",
)
DEGREE = (
    "M.D.", "MD", "M.D., Ph.D.", "MD, FCAP", "D.O.", "MBBS, FRCPath",
)
MONTH = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)
