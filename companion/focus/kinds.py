"""What kind of thing a program or a site is for, by its name alone; the person can say otherwise."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache

from companion.capture.programs import is_browser, names_of
from companion.capture.sites import host_of, lies_on


class Kind(StrEnum):
    """What a program is for, as far as focus goes."""

    WORK = "work"  # something is made or understood in it, at the person's own pace
    DISTRACTING = "distracting"  # others set the pace: messages, feeds, films
    NEITHER = "neither"  # not known, or both: browsers, file managers, settings


# Programs in which something is made or read, at one's own pace. By class name under X11 and Wayland, process name
# elsewhere; a name stands for its variants too (`jetbrains` for `jetbrains-pycharm`).
_EDITORS = "code code-oss codium vscodium cursor emacs gvim vim nvim neovide jetbrains pycharm idea clion sublime-text "
_EDITORS += "kate kwrite gedit gnome-text-editor texteditor builder zed geany mousepad xed xcode notepad++ qtcreator"
_TERMINALS = "xterm uxterm gnome-terminal konsole alacritty kitty foot wezterm tilix terminator xfce4-terminal urxvt "
_TERMINALS += "ptyxis ghostty terminal iterm2 windowsterminal console"
_OFFICE = "libreoffice soffice winword word excel powerpnt powerpoint onlyoffice texstudio texmaker lyx abiword "
_OFFICE += "gnumeric obsidian zotero logseq zettlr joplin anki pages numbers keynote"
_READING = "evince okular zathura papers atril xreader acrobat acroread foliate calibre ebook-viewer preview mupdf"
_DESIGN = "gimp inkscape blender krita freecad kicad openscad figma darktable ardour audacity reaper kdenlive scribus "
_DESIGN += "photoshop illustrator"
_SCIENCE = "rstudio jupyter jupyterlab spyder matlab octave mathematica maple paraview qgis"
_WORK = frozenset(f"{_EDITORS} {_TERMINALS} {_OFFICE} {_READING} {_DESIGN} {_SCIENCE}".split())

# Programs in which others set the pace. Calls are here as well: they are work, but nobody is deep in thought there,
# and holding notifications in a call is for the person to say.
_MAIL = "thunderbird outlook evolution geary kmail mailspring betterbird mutt neomutt mail"
_CHAT = "slack discord telegram telegram-desktop signal teams element whatsapp mattermost zulip skype zoom hexchat "
_CHAT += "rocket.chat messages fractal dino gajim pidgin"
_VIDEO = "vlc mpv totem celluloid smplayer kodi plex netflix dragonplayer"
_GAMES = "steam lutris minecraft heroic retroarch"
_DISTRACTING = frozenset(f"{_MAIL} {_CHAT} {_VIDEO} {_GAMES}".split())

# Most of a day happens in a browser, so that its name says little: these sites say more.
_WORK_SITES = (
    *("docs.google.com", "overleaf.com", "github.com", "gitlab.com", "colab.research.google.com", "arxiv.org"),
    *("wikipedia.org", "stackoverflow.com", "readthedocs.io", "docs.python.org", "figma.com", "notion.so"),
)
_DISTRACTING_SITES = (
    *("mail.google.com", "outlook.office.com", "outlook.live.com", "mail.proton.me", "app.slack.com", "discord.com"),
    *("teams.microsoft.com", "web.whatsapp.com", "web.telegram.org", "facebook.com", "instagram.com", "twitter.com"),
    *("x.com", "reddit.com", "tiktok.com", "linkedin.com", "bsky.app", "youtube.com", "netflix.com", "twitch.tv"),
)

NOTHING_CHOSEN: Mapping[str, Kind] = {}


def kind_of(app: str, url: str = "", chosen: Mapping[str, Kind] = NOTHING_CHOSEN) -> Kind:
    """Return what a program, or the page it shows, is for.

    ``chosen`` is what the person said: names of programs, or hosts, in lower case; the longest that fits counts.
    """
    host = host_of(url) if url else None
    fitting = [name for name in chosen if name in names_of(app) or (host and lies_on(host, name))]
    if fitting:
        return chosen[max(fitting, key=len)]
    return _of_site(host) if host and is_browser(app) else _of_program(app)


@lru_cache(maxsize=256)
def _of_program(app: str) -> Kind:
    names = {name.replace(" ", "-").replace("_", "-") for name in names_of(app)}
    names |= {name.split("-", 1)[0] for name in names}
    if names & _DISTRACTING:
        return Kind.DISTRACTING
    return Kind.WORK if names & _WORK else Kind.NEITHER


@lru_cache(maxsize=256)
def _of_site(host: str) -> Kind:
    if any(lies_on(host, site) for site in _DISTRACTING_SITES):
        return Kind.DISTRACTING
    return Kind.WORK if any(lies_on(host, site) for site in _WORK_SITES) else Kind.NEITHER
