"""Made-up passwords in commands, in the source of pages, in links, and as words below or behind a label."""

from __future__ import annotations

import random

from _secret_parts import ALNUM, HEX, LOWER, URL64, Kind, chars, ends

_WORDS = """
    amber anvil badge barley basket beacon bishop blanket bramble bucket cabin candle carpet cellar cherry cobalt
    copper cradle dapple ember fabric falcon fiddle flannel garlic gazelle gravel hammock harbor hazel hornet igloo
    jacket jasmine kayak kernel ladder lentil locket mango mantle marble meadow mitten napkin nectar oyster paddle
    parcel pebble pigeon pillow plank pollen pretzel quiver rabbit raisin ribbon rocket saddle sandal scarlet shovel
    sparrow spruce tandem thistle timber trumpet tulip tunnel velvet violet walnut whistle willow zipper
""".split()  # noqa: SIM905 words read better as a text


def _password(rng: random.Random) -> str:
    return rng.choice(_WORDS).capitalize() + chars(rng, ALNUM, rng.randint(2, 6)) + str(rng.randint(10, 99))


def command(rng: random.Random) -> str:
    user, secret = rng.choice(["bob", "root", "deploy"]), _password(rng)
    return rng.choice(
        [
            f"echo '{user}:{secret}' | chpasswd",
            f'echo "{user}:{secret}" | sudo chpasswd',
            f"htpasswd -b /etc/nginx/users {user} {secret}",
            f"htpasswd -cbB users '{user}' '{secret}'",
            f"htpasswd -nb {user} {secret}",
            f"openssl enc -aes-256-cbc -pbkdf2 -in notes -out notes.enc -k {secret}",
            f"openssl pkcs12 -export -in cert.pem -passout pass:{secret} -out all.p12",
            f"net user {user} {secret} /add",
        ]
    )


def page_source(rng: random.Random) -> str:
    secret = _password(rng) + rng.choice(["", "!", "$", "#1"])
    first, second = rng.sample([f'value="{secret}"', 'type="password"'], 2)
    between = rng.choice(["", ' id="pw"', ' class="form-control wide" autocomplete="off"'])
    return rng.choice([f"<input {first}{between} {second}>", f"  <input name=p {first}{between} {second} />"])


def link(rng: random.Random) -> str:
    where = rng.choice(
        [
            "reset/",
            "password/reset/",
            "auth/reset-password/MTI/",
            "users/confirm/",
            "magic-link/",
            "account/verify/",
            "invite/",
        ]
    )
    secret = rng.choice(
        [chars(rng, HEX, 32), chars(rng, HEX, 40), ends(rng, "k3f9", URL64, 43), ends(rng, "c1p-", HEX, 36)]
    )
    return f"https://{rng.choice(['example.org', 'app.example.net', 'shop.example.com:8443'])}/{where}{secret}"


def phrase(rng: random.Random) -> str:
    return rng.choice([" ", " ", "-"]).join(rng.sample(_WORDS, rng.randint(4, 7)))


def below(rng: random.Random) -> str:
    return rng.choice([phrase(rng), "".join(rng.sample(_WORDS, 2)), chars(rng, LOWER, 3) + "a" + rng.choice(_WORDS)])


FORMS: tuple[Kind, ...] = (
    Kind(
        "password of a command",
        command,
        ("cmd",),
        ("History", "Notes"),
        ("the command",),
        block=True,
        core=r".*?[: '\"]([A-Z][a-z]+[A-Za-z0-9]+\d\d)\b.*",
    ),
    Kind(
        "password of a page's source",
        page_source,
        ("html",),
        ("Source", "Elements"),
        ("the source",),
        block=True,
        core=r'.*value="([^"]+)".*',
    ),
    Kind(
        "sign-in link",
        link,
        ("RESET_LINK", "url"),
        ("Link", "Address"),
        ("the link", "your link"),
        core=r".*/([A-Za-z0-9_-]{30,})",
    ),
    Kind("passphrase", phrase, ("phrase",), ("Passphrase", "Password", "Recovery phrase"), ("it",), form=True),
    Kind("password below its label", below, ("p",), ("Password:\n", "Passwort:\n", "Password"), ("it",), below=True),
)
