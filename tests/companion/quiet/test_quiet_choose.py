from __future__ import annotations

import os
import sys
from contextlib import closing
from pathlib import Path
from types import ModuleType

import pytest
from desktop import wait_until
from quiet_desks import NAME, PATH, QuietDesk
from quiet_stand_ins import MacosLike, WindowsLike
from wayland_services import answering

from companion.quiet.choose import choose
from companion.quiet.macos import ASK, ON, STEPS, Macos
from companion.quiet.mako_config import Mode, quiet_modes
from companion.quiet.types import QuietError


def test_it_is_whoever_shows_notifications(desk: QuietDesk) -> None:
    chosen = choose({**os.environ, **desk.environ}, "linux")
    with closing(chosen.quiet):
        assert chosen.quiet.name == desk.name
        assert "shows this session's notifications (the program " in chosen.why


def test_variables_of_another_desktop_do_not_matter(desks: dict[str, QuietDesk]) -> None:
    environ = {**os.environ, **desks["dunst"].environ, "XDG_CURRENT_DESKTOP": "GNOME", "DESKTOP_SESSION": "plasma"}
    with closing(choose(environ, "linux").quiet) as quiet:
        assert quiet.name == "dunst"


def test_where_nobody_shows_notifications_it_is_said(desks: dict[str, QuietDesk]) -> None:
    desk = desks["gnome"]
    desk.stop_daemon()
    with pytest.raises(QuietError, match="Nothing shows notifications"):
        choose({**os.environ, **desk.environ}, "linux")


def test_an_unknown_daemon_is_named_with_those_that_are_known(desks: dict[str, QuietDesk]) -> None:
    desk = desks["gnome"]
    desk.stop_daemon()
    told = ("ssss", ["notify-osd", "Canonical", "1.0", "1.1"])
    with (
        answering(desk.environ, NAME, {(PATH, "GetServerInformation"): told}),
        pytest.raises(QuietError, match=r"notify-osd 1.0 .* cinnamon, dunst, gnome"),
    ):
        choose({**os.environ, **desk.environ}, "linux")


def test_a_daemon_that_starts_when_it_is_asked_for_is_woken_only_where_that_is_wished(
    desks: dict[str, QuietDesk],
) -> None:
    desk = desks["xfce"]
    desk.stop_daemon()
    desk.make_startable()
    environ = {**os.environ, **desk.environ}
    with pytest.raises(QuietError, match="Nothing shows notifications"):
        choose(environ, "linux")
    with closing(choose(environ, "linux", wake=True).quiet) as quiet:
        assert quiet.name == "xfce"
    assert desk.owner()
    desk.caller.call(NAME, PATH, "org.xfce.Notifyd", "Quit")
    wait_until(lambda: not desk.owner(), "it to end")


def test_another_system_is_refused() -> None:
    with pytest.raises(QuietError, match="freebsd"):
        choose({}, "freebsd")


def test_windows_without_the_interface_says_what_to_do() -> None:
    windows = WindowsLike()
    windows.refuses = True
    with pytest.raises(QuietError, match=r"Windows\+N"):
        windows.opened().is_on()


def test_windows_is_asked_by_com_as_its_interface_is_shaped(monkeypatch: pytest.MonkeyPatch) -> None:
    windows, asked = WindowsLike(), list[object]()

    def create(guid: str, *, clsctx: int, interface: type) -> WindowsLike:
        asked.append((guid, clsctx, vars(interface)["_iid_"], [method[2] for method in vars(interface)["_methods_"]]))
        return windows

    def refuse(_: int) -> None:
        raise OSError("another kind of apartment")

    com = ModuleType("comtypes")
    client = ModuleType("comtypes.client")
    vars(client).update(CreateObject=create)
    shape = {"IUnknown": object, "GUID": str, "HRESULT": int, "COMError": LookupError, "CLSCTX_LOCAL_SERVER": 4}
    vars(com).update(shape, client=client, COMMETHOD=lambda *told: told, CoInitializeEx=refuse)
    monkeypatch.setitem(sys.modules, "comtypes", com)
    monkeypatch.setitem(sys.modules, "comtypes.client", client)
    monkeypatch.setattr(sys, "coinit_flags", 0, raising=False)
    with closing(choose({}, "win32").quiet) as quiet:
        quiet.turn_on()
        assert windows.UserSelectedProfile == "Microsoft.QuietHoursProfile.PriorityOnly"
    clsid, iid = "{f53321fa-34f8-4b7f-b9a3-361877cb94cf}", "{6bff4732-81ec-4ffb-ae67-b6c1bc29631f}"
    assert asked[0] == (clsid, 4, iid, ["UserSelectedProfile"] * 2)


def test_windows_without_comtypes_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "comtypes", None)
    monkeypatch.setattr(sys, "coinit_flags", 0, raising=False)
    with pytest.raises(QuietError, match="pip install comtypes"):
        choose({}, "win32")


def test_macos_runs_shortcuts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    program = tmp_path / "shortcuts"
    program.write_text(
        f"""#!/bin/sh
case "$1 $2" in
  "list ") printf '{ON}\nCompanion quiet off\n{ASK}\n';;
  "run {ON}") echo Sleep > "{tmp_path}/focus";;
  "run {ASK}") cat "{tmp_path}/focus";;
  *) exit 1;;
esac
""",
        encoding="utf-8",
    )
    program.chmod(0o700)
    (tmp_path / "focus").touch()
    monkeypatch.setattr("companion.quiet.macos.PROGRAM", str(program))
    with closing(choose({}, "darwin").quiet) as quiet:
        assert not quiet.is_on()
        prior = quiet.prior()
        quiet.turn_on()
        assert quiet.is_on()
        with pytest.raises(QuietError, match="A shortcut failed"):
            quiet.restore(prior)
    monkeypatch.setattr("companion.quiet.macos.PROGRAM", str(tmp_path / "none"))
    with pytest.raises(QuietError, match="macOS 12"):
        choose({}, "darwin").quiet.is_on()


def test_macos_guides_to_the_shortcuts_that_are_missing() -> None:
    macos = MacosLike()
    macos.shortcuts.remove(ON)
    quiet = macos.opened()
    assert isinstance(quiet, Macos)
    assert quiet.missing() == (ON,)
    with pytest.raises(QuietError, match=STEPS[0]):
        quiet.turn_on()
    macos.shortcuts.remove(ASK)
    with pytest.raises(QuietError, match="Get Current Focus"):
        quiet.is_on()


def test_a_shortcut_that_does_nothing_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("companion.quiet.settling._SECONDS", 0.0)
    with pytest.raises(QuietError, match="did not change the Focus"):
        Macos(lambda words: f"{ON}\nCompanion quiet off\n{ASK}" if words[0] == "list" else "").turn_on()


@pytest.mark.parametrize(
    ("text", "modes"),
    [
        ("", ()),
        ("invisible=1\n", ()),
        ("[mode=away]\ninvisible=1\n", (Mode("away", critical_passes=False),)),
        ("[mode=away]\n# invisible=1\ninvisible=0\n", ()),
        ("[mode=away app-name=Mail]\ninvisible=1\n", ()),
        (
            '[mode="away"]\ninvisible = true\n[urgency=critical mode=away]\ninvisible=false\n',
            (Mode("away", critical_passes=True),),
        ),
        (
            "[mode=away urgency=critical]\ninvisible=0\n[mode=away]\ninvisible=1\n",
            (Mode("away", critical_passes=False),),
        ),
        ("[mode=b]\ninvisible=1\n[mode=a]\ninvisible=1\n", (Mode("b", False), Mode("a", False))),
    ],
)
def test_modes_of_mako_that_hide_everything(tmp_path: Path, text: str, modes: tuple[Mode, ...]) -> None:
    (tmp_path / "config").write_text(text, encoding="utf-8")
    assert quiet_modes(tmp_path / "config") == modes


def test_what_a_configuration_of_mako_includes_counts(tmp_path: Path) -> None:
    (tmp_path / "more").write_text("[mode=away]\ninvisible=1\n", encoding="utf-8")
    (tmp_path / "config").write_text(f"include={tmp_path / 'more'}\ninclude={tmp_path / 'config'}\n", encoding="utf-8")
    assert [mode.name for mode in quiet_modes(tmp_path / "config")] == ["away"]
    assert quiet_modes(None) == ()


def test_mako_without_such_a_mode_says_how_to_make_one(desks: dict[str, QuietDesk]) -> None:
    desk = desks["mako"]
    elsewhere = {**os.environ, **desk.environ, "XDG_CONFIG_HOME": "/nowhere"}
    with closing(choose(elsewhere, "linux").quiet) as quiet, pytest.raises(QuietError, match="invisible=1"):
        quiet.prior()
