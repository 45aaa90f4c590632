"""Numbers of passports, licences, persons, taxes, insurances, cards and accounts, by the words right before them.

Their shapes are of many lands and say little by themselves, and not all have check digits: where the label leaves no
doubt, none is asked for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from companion.masking.checksums import luhn
from companion.masking.national import refuted
from companion.masking.types import Seen, Span

#: What may stand between the word and its number: *number*, what assigns, a line break.
_NUMBER = (
    r"(?:[ _-]{0,2}(?:numbers?|num(?:mer|ero|éro|er)?|nr|no|nº|n°|№|id|#|号码?|號碼?|番号|numara(?:s\u0131)?)\.?){0,2}"
    r"(?:[ ]?\([^()\n]{1,24}\))?(?:[ _-]?(?:number|no|nr)\.?)?"
)
_JOINT = (
    r"[\"'*`\])]{0,4}(?:['\u2019]s)?[ \t]{0,8}(?:(?:[:=#|>\uff1a-]|->|=>|is|ist|est|es|to|lautet|è|é|"
    r":=)[*]{0,2}[ \t]{0,8}){0,2}"
    r"(?:\r?\n[ \t]{0,8})?[\"'*`(\[]{0,3}"
)
#: Groups of capitals and digits, each with a digit or short.
_GROUP = r"(?:[A-Z]{1,5}(?=[ ./-]?\d)|(?=[A-Z]{0,9}\d)[A-Z0-9]{1,22})"
_VALUE = re.compile(
    rf"(?<![\w.-])(?:{_GROUP}(?:[ ./-]{_GROUP}(?![a-z])){{0,8}}(?:[ -]?[A-Z]{{1,2}}|[ ]?\([0-9A]\))?|"
    rf"[a-z]{{1,3}}\d{{6,12}}[a-z]?)"
    r"(?![A-Za-z0-9])",
    re.ASCII,
)

_PASSPORT = (
    r"pass?ports?|reisepass|pass-?(?=n(?:umme)?r)|passeport|pasaporte|passaporte|passaporto|paspoort|paszportu?|"
    r"pasaportu?|"
    r"útlevél(?:szám)?|паспорта?(?: серия и номер)?|passnummer|pass(?=-nr)|διαβατηρίου|"
    r"护照|護照|パスポート|旅券|여권|דרכון|"
    r"جواز السفر"
)
_LICENCE = (
    r"driv(?:er(?:['\u2019]| )?s?|ing) licen[cs]e|dvla licen[cs]e|driver lic|(?:licen[cs]e|dl)(?= ?(?:number|no\b|nr\b|"
    r"#))|führerschein|permis de conduire|permiso de conducir|"
    r"licencia de conduc(?:ir|tor)|patente(?: di guida)?|rijbewijs|carta de condução|prawa? jazdy|körkort|"
    r"førerkort|ajokortti|"
    r"водительское удостоверение|驾驶证|駕照|運転免許証?|운전면허"
)
_PERSON = (
    r"personalausweis|ausweis|identity card|id card|(?:national|personal|citizen) (?:id|identity|"
    r"identification)(?: code)?|identity|identification(?= (?:number|no)\b)|ssn|"
    r"social security|social insurance|itin|"
    r"carte (?:nationale )?d['\u2019]identité|cni|documento(?: (?:nacional )?de identidad)?|"
    r"cédula(?: de (?:identidad|ciudadanía))?|"
    r"carta d['\u2019]identità|dowod|dow[oó]du? osobist\w{1,4}|dni|nie|nif|pesel|bsn|burgerservice|personnummer|"
    r"personnr|"
    r"fødselsnummer|fnr|cpr|henkilötunnus|hetu|rijksregister|numéro de sécurité sociale|nir|n° sécu(?:rité sociale)?|"
    r"insz|niss|ahv|avs|pps|ppsn|amka|αμκα|rodné číslo|rč|r\.č\.|cnp|cod numeric personal|егн|egn|oib|jmbg|"
    r"isikukood|asmens kodas|"
    r"personas kods|kennitala|t\.?c\.? kimlik(?: numaras\u0131)?|tckn|cpf|curp|aadhaa?r|身份证|身份證|身分證(?:字號)?|"
    r"香港身份證|hkid|nric(?:/fin)?|주민등록번호|マイナンバー|"
    r"個人番号|my number|เลขประจำตัวประชาชน|sa id|za id|id(?= (?:number|no|nr)\b)|"
    r"teudat zehut|תעודת זהות|ת\.ז\.|снилс|snils|ktp|cccd|cmnd|emirates id|iqama|cnic|személyi(?: igazolvány)?|"
    r"voter id|"
    r"medical record|mrn|patient id|tarjeta de identidad"
)
#: Words of other things as well, of numbers where that is said.
_PERSON_TOLD = "sin|bi|cif|rg|rut|run|rfc|fin|nik|epic|cni"
_TAX_TOLD = "tin|ein|vat|ird|utr|inn|pan|cf|nip"
_INSURED_TOLD = "ni|sv|medicaid"

_TAX = (
    r"tax (?:id|identification|file|payer id)|taxpayer id(?:entification)?|tfn|employer identification|ust-?id(?:nr)?|"
    r"steuer(?:liche)?(?: |-)?(?:id|identifikations)?(?:nummer)?|identifikationsnummer|idnr|инн|permanent account|"
    r"contribuinte|"
    r"numéro fiscal|codice fiscale|partita iva|regon"
)
_INSURED = (
    r"national insurance|nino|nhs|medicare(?: id)?|mbi|sozialversicherungs|rentenversicherungs|svnr|"
    r"krankenversicherten|"
    r"versicherten|krankenversicherungs|kvnr|health (?:insurance|card)|insurance (?:policy|member)|(?:insurance|"
    r"policy)(?= (?:number|no)\b)|sv-?(?=nr|nummer)|member id"
)
_ACCOUNT = (
    r"(?:bank )?(?:account|acct|routing)|aba|iban|konto|kontonummer|bankverbindung|numéro de compte|compte|"
    r"número de cuenta|cuenta|"
    r"clabe|conto|rekening|rachunk\w{1,3}|sort code.{1,20}account|расч[её]тный сч[её]т|bsb"
)
_CARD = (
    r"(?:credit |debit |bank |payment )?card|(?:kredit|bank|giro)?karten?|(?:numéro de )?carte(?: bancaire| bleue|"
    r" de crédit)?|"
    r"(?:número de )?tarjeta(?: de crédito)?|carta di credito|cartão|numer karty|карт[аы]|卡号|信用卡|cc|pan|ccnum"
)


def _digits(text: str) -> int:
    return sum(map(str.isdigit, text))


def _of_document(text: str) -> bool:
    """Whether a number is as long as those of documents: at least five digits, or one of letters and digits mixed."""
    if text.startswith(_STANDARDS):
        return False
    if not 8 <= len(text) <= 18 or not text.isalnum():  # noqa: PLR2004 as long as documents' are
        return 5 <= _digits(text) <= 14  # noqa: PLR2004 as said
    return _digits(text) > (len(text) != _OF_GERMANY)


def _of_person(text: str) -> bool:
    return _of_document(text) and len(text) >= 7  # noqa: PLR2004 shorter ones are of a list


def _of_account(text: str) -> bool:
    return 7 <= _digits(text) <= 32  # noqa: PLR2004 shorter ones are of a list


def _of_card(text: str) -> bool:
    plain = re.sub(r"\D", "", text)
    whole = len(plain) == 16 or (len(plain) == 15 and plain[:2] in {"34", "37"})  # noqa: PLR2004 as most cards are
    return not any(map(str.isalpha, text)) and (whole or (12 <= len(plain) <= 19 and luhn(plain)))  # noqa: PLR2004 ISO/IEC 7812


#: That a number is told: the word for it, or what assigns.
_TOLD = r"(?=[_\s-]?(?:n[°ºru.o]|#|id|num|号|番)|[\"'*]{0,2}\s?(?:[:=|>\uff1a(-]|->)|\sis\b|\t|\s\s|\n)"


def _before(words: str, told: str = "") -> re.Pattern[str]:
    """Return what stands right before a number of a kind; ``told``: words that need it said that it is a number."""
    every = (f"(?:{words})" + (f"|(?:{told}){_TOLD}" if told else "")).replace(" ", "[ _-]?")
    return re.compile(rf"(?<![^\W_])(?:{every}){_NUMBER}{_JOINT}$", re.IGNORECASE)


#: What it is, what stands before it, and how it has to be.
_KINDS: tuple[tuple[str, re.Pattern[str], Callable[[str], bool]], ...] = (
    ("passport number", _before(_PASSPORT), _of_document),
    ("driving licence", _before(_LICENCE), _of_document),
    ("driving licence", re.compile(r"\bDL(?: ?#| ?[Nn]o\.?|:){1,2} ?$"), _of_document),
    ("identity number", _before(_PERSON, _PERSON_TOLD), _of_person),
    ("tax number", _before(_TAX, _TAX_TOLD), _of_person),
    ("insurance number", _before(_INSURED, _INSURED_TOLD), _of_person),
    ("account number", _before("iban", _ACCOUNT), _of_account),
    ("card number", _before("cardnumber", _CARD), _of_card),
)
#: Of other things, or of the example of an insurance number.
_STANDARDS = ("ISO", "UTF", "RFC", "SHA", "QQ")
_BACK = 64  # characters before a number that are looked at
_SAID = re.compile(r"[:=#|\uff1a\"'] {0,8}$")
_LEAST_DIGITS = 1
_OF_GERMANY = 9  # signs of a number that may have a single digit
#: The lines for machines of a passport or of an identity card (ICAO 9303).
_FOR_MACHINES = re.compile(
    r"(?<![A-Z0-9<])(?:[A-Z0-9<]{9}\d[A-Z<]{3}\d{7}[MFX<]\d{7}[A-Z0-9<]{14,16}|[PIACV][A-Z<][A-Z0-9<]{28,42})"
    r"(?![A-Z0-9<])"
)


def numbers(seen: Seen) -> Iterator[Span]:
    """Yield the numbers that words before them give away."""
    if "<<" in seen.text:
        for line in _FOR_MACHINES.finditer(seen.text):
            if "<" in line.group():
                yield Span(line.start(), line.end(), "machine-readable line")
    for match in _VALUE.finditer(seen.text):
        if _digits(match.group()) < _LEAST_DIGITS:
            continue
        start = max(0, match.start() - _BACK)
        if any(map(str.isalpha, seen.text[start : match.start()])):
            yield from _told(seen, match, start)


def _told(seen: Seen, match: re.Match[str], start: int) -> Iterator[Span]:
    if (
        seen.text[match.start() - 1] == " "
        and not _SAID.search(seen.text, start, match.start())
        and refuted(match.group())
    ):
        return
    for kind, before, holds in _KINDS:
        if holds(match.group()) and before.search(seen.text, start, match.start()) is not None:
            yield Span(match.start(), match.end(), kind)
