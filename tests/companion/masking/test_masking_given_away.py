"""Secrets that only the words, the call or the command around them give away, and words like them that are none."""

from __future__ import annotations

import pytest

from companion.masking.spans import found


def told(text: str) -> list[str]:
    return [text[span.start : span.end].strip("\"'\\") for span in found(text)]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("ALTER ROLE app WITH PASSWORD 'Tiger@Maple533';", "Tiger@Maple533"),
        ("CREATE USER app IDENTIFIED BY 'w1nter!Sun';", "w1nter!Sun"),
        ("INSERT INTO users (name, password) VALUES ('bob', 'tiger5347'), ('ann', NULL);", "tiger5347"),
        ('user.setPassword("orange358");', "orange358"),
        ("define('DB_PASSWORD', 'orange358');", "orange358"),
        ("page.fill('#password', 'orange358')", "orange358"),
        ('requests.get(url, auth=("bob", "Sh4D0W!54"))', "Sh4D0W!54"),
        ('DriverManager.getConnection(url, "root", "Sh4D0W!54")', "Sh4D0W!54"),
        ('ConvertTo-SecureString "Sh4D0W!54" -AsPlainText', "Sh4D0W!54"),
        ("<password>orange358</password>", "orange358"),
        ('<add key="DbPassword" value="orange358" />', "orange358"),
        ("<td>Password:</td>\n<td>orange358</td>", "orange358"),
        ("  - name: DB_PASSWORD\n    value: orange358", "orange358"),
        ("requirepass orange358", "orange358"),
        ('#define WIFI_PASS "orange358"', "orange358"),
        ('{\\"password\\":\\"orange358\\"}', "orange358"),
        ("- **Password:** `orange358`", "orange358"),
        ("La tua password è: orange358", "orange358"),
        ("您的密码是\uff1aorange358", "orange358"),
        ("Пароль для входа: orange358", "orange358"),
    ],
)
def test_a_password_in_source_in_a_page_or_in_a_mail(text: str, secret: str) -> None:
    assert told(text) == [secret]


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("mongosh -u admin -p 'Silver2004#' --quiet", "Silver2004#"),
        ("ldapsearch -x -D cn=admin -w Silver2004# -b dc=x", "Silver2004#"),
        ("smbclient //srv/share -U bob%Silver2004#", "Silver2004#"),
        ("7z x a.7z -pSilver2004#", "Silver2004#"),
        ("echo Silver2004# | sudo -S apt update", "Silver2004#"),
        ("xfreerdp /u:bob /p:Silver2004# /v:host", "Silver2004#"),
        ("sqlplus scott/Silver@2004@orcl", "Silver@2004"),
        ("keytool -storepass Silver2004# -list", "Silver2004#"),
        (
            "wg set wg0 private-key iQyhrfi9S8VzIbBusscFohZQ9Ior8Ljd5Fkhl2osfcs=",
            "iQyhrfi9S8VzIbBusscFohZQ9Ior8Ljd5Fkhl2osfcs=",
        ),
        ("creds are admin / Silver2004#", "Silver2004#"),
        ("u: svc_backup p: silver2004", "silver2004"),
        ("db.example.org:5432:app:bob:silver2004", "silver2004"),
        ("[db_password] hunter2x", "hunter2x"),
        ("**Password** Sommer2024!", "Sommer2024!"),
        ("mot de passe (hunter2x)", "hunter2x"),
        ("set admin_pass hunter2x", "hunter2x"),
        ("key=db_password value=hunter2x", "hunter2x"),
        ("<wifi_key>sunnyBeach88</wifi_key>", "sunnyBeach88"),
        ("INSERT INTO users (id, pin, city) VALUES (17, 4829, 'Berlin');", "4829"),
        ("id | recovery code | city\n17 | 9f3k-2m4p-8q7r | Berlin", "9f3k-2m4p-8q7r"),
        ("name,api_key,city\nbob,c2VjcmV0LWtleS12YWx1ZS0xMjM0NTY3ODk=,Berlin", "c2VjcmV0LWtleS12YWx1ZS0xMjM0NTY3ODk="),
        ("I changed the PIN to 4829 yesterday", "4829"),
        ("DL number: D1234562", "D1234562"),
    ],
)
def test_a_password_that_a_program_is_told(text: str, secret: str) -> None:
    assert told(text) == [secret]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Passport No: 146534664", "passport number"),
        ("Reisepassnummer: CG88LTYH2", "passport number"),
        ("护照号码: E32938795", "passport number"),
        ("Driver's License No. F9261589", "driving licence"),
        ("Fødselsnummer: 15036316982", "identity number"),
        ("주민등록번호: 480301-2696005", "Korean identity number"),
        ("Rodné číslo: 816223/6225", "identity number"),
        ("TFN: 971 133 443", "tax number"),
        ("ИНН: 166649648999", "tax number"),
        ("KVNR: C452556753", "insurance number"),
        ("Account number: 3152312717", "account number"),
        ("card number: 4216 2250 4043 3000", "card number"),
        ("the door code is 5345", "door code"),
        ("Geheimzahl: 4820", "PIN"),
        ("Your Uber code is 541281. Never share this code.", "one-time code"),
        ("Backup code: c9bdb-86205.", "recovery code"),
        ("product key: CCB9-663A-8UJH-IQCT", "licence key"),
        ("laravel_session=fc1wFZj4ltCmAdmdGyqdvblcU9UCx5Gu; path=/", "session cookie"),
        ("https://x.org/cb?code=NtjD3-D-fStdjls6w747DuGpEg-bMTSZ&state=x", "key in address"),
        ("Setup key: BRGQTZRNXUTNUDAB", "two-factor key"),
    ],
)
def test_a_number_or_a_code_beside_its_words(text: str, kind: str) -> None:
    assert kind in [span.kind for span in found(text)]


def test_a_column_of_numbers_of_passports() -> None:
    text = "name,passport_number\nBob,X04114705\nAnn,146534664\n"
    assert told(text) == ["X04114705", "146534664"]


@pytest.mark.parametrize(
    "text",
    [
        "255 105 180\t\thot pink\n238 106 167\t\tHotPink2",
        "#   PasswordAuthentication yes\n#   HostbasedAuthentication no",
        "passwd:         files systemd\ngroup:          files systemd",
        "#\tPASS_MAX_DAYS\tMaximum days\n#\tPASS_MIN_DAYS\tMinimum days",
        "kpasswd\t\t464/udp",
        '#password_encryption = scram-sha-256\t# or "md5"',
        "    read.password('Password:')",
        "struct JumpPass : PassInfoMixin<JumpPass> {",
        "keyStorePassword=<keystore-password>",
        '    "integrity": "sha512-' + "aB3/" * 21 + 'xy==",',
        "8822 8831 5116 5115 5114 511A 5121 513A",
        "EAN 4012345678901, Case ID: 0982584, exit code: 12345",
        "error code: 404123\nzip code 92101\nThe tokens are 128000 long",
        "groups uses username and password authentication, as said",
        "use this only when you need manual control over lock lifetime".capitalize(),
        "'border-left', 'border-left-color', 'border-left-style', 'border-left-width', 'border-right', 'border-color'",
        'key="-----BEGIN PRIVATE KEY-----\\nXXXX\\nXXXX\\n-----END PRIVATE KEY-----"',
        "現在のグループパスワードは尋ねてこない。",
        "|         |<---(E)----- Access Token -------------------'",
    ],
)
def test_words_and_numbers_of_another_sort(text: str) -> None:
    assert told(text) == []
