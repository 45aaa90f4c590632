from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from companion.capture.sites import (
    LONGEST_ADDRESS,
    SiteError,
    as_site,
    host_of,
    is_named_in,
    lies_on,
    shortened,
)


@pytest.mark.parametrize(
    ("written", "site"),
    [
        ("example.org", "example.org"),
        (" Example.ORG. ", "example.org"),
        ("www.example.org", "example.org"),
        ("*.example.org", "example.org"),
        ("https://www.example.org/login?next=/", "example.org"),
        ("example.org:8443/path", "example.org"),
        ("https://me:secret@example.org", "example.org"),
        ("docs.example.org", "docs.example.org"),
        ("www.com", "www.com"),
        ("localhost", "localhost"),
        ("192.168.0.1", "192.168.0.1"),
        ("http://[::1]:8080/", "::1"),
        ("münchen.example", "münchen.example"),
        ("xn--mnchen-3ya.example", "münchen.example"),
        ("straße.example", "straße.example"),
        ("例え。テスト", "例え.テスト"),
    ],
)
def test_a_site_is_the_host_that_was_meant(written: str, site: str) -> None:
    assert as_site(written) == site


@pytest.mark.parametrize(
    "written", ["", "  ", "my bank", "https://", "http://[bad", "a..b", "*", "*.", "x" * 64, "exa*mple.org"]
)
def test_what_names_no_site_is_refused_with_the_mend(written: str) -> None:
    with pytest.raises(SiteError, match=r"is no site\. Write its name, such as example\.org"):
        as_site(written)


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://Docs.Example.org:8080/a?b=example.com#c", "docs.example.org"),
        ("https://example.org@evil.example/", "evil.example"),
        ("https://example.org.evil.example/", "example.org.evil.example"),
        ("https://ex%61mple.org/", "example.org"),
        ("https://xn--strae-oqa.example/", "straße.example"),
        ("view-source:https://example.org/", "example.org"),
        ("blob:https://example.org/5f-1", "example.org"),
        ("view-source:blob:https://example.org/5f-1", "example.org"),
        ("about:reader?url=https%3A%2F%2Fexample.org%2Fa", "example.org"),
        ("example.org/path", "example.org"),
        ("example.org:443", "example.org"),
        ("file:///home/me/page.html", ""),
        ("about:preferences", ""),
        ("chrome://settings/", "settings"),
        ("data:text/html,example.org", ""),
        ("", None),
        (" ", None),
        ("about:blank", None),
        ("about:srcdoc", None),
        ("about:reader?x=1", None),
        ("https://", None),
        ("https://[bad/", None),
    ],
)
def test_an_address_tells_whose_page_it_is_or_that_it_does_not(url: str, host: str | None) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize("host", ["example.org", "www.example.org", "docs.example.org", "a.b.example.org"])
def test_a_site_holds_all_below_it(host: str) -> None:
    assert lies_on(host, "example.org")


@pytest.mark.parametrize("host", ["", "org", "example.com", "myexample.org", "my-example.org", "example.org.evil.com"])
def test_a_site_holds_nothing_else(host: str) -> None:
    assert not lies_on(host, "example.org")


@pytest.mark.parametrize(
    "title",
    [
        "example.org",
        "Log in to EXAMPLE.org — Firefox",
        "(docs.example.org)",
        "https://example.org/a",
        "At example.org.",
    ],
)
def test_a_title_that_names_a_site_is_known(title: str) -> None:
    assert is_named_in("example.org", title)


@pytest.mark.parametrize(
    "title", ["", "An example", "myexample.org", "my-example.org", "example.organ", "example.org.uk"]
)
def test_other_titles_name_no_site(title: str) -> None:
    assert not is_named_in("example.org", title)


def test_an_address_that_holds_its_page_is_kept_without_it() -> None:
    assert shortened("data:text/html;base64,QUJD") == "data:text/html;base64"
    assert shortened(" DATA:,Hello") == "DATA:"
    assert host_of(shortened("data:text/html,<p>example.org")) == ""


def test_an_endless_address_is_kept_as_far_as_it_is_one() -> None:
    long = shortened("https://docs.example.org/?q=" + "a" * 1_000_000)
    assert len(long) == LONGEST_ADDRESS
    assert host_of(long) == "docs.example.org"
    assert shortened("https://example.org/a?b,c") == "https://example.org/a?b,c"
    assert host_of(shortened(f"https://{'a' * 5_000}:b@bank.example/")) == "bank.example"


def test_an_everyday_word_is_not_looked_for_in_titles() -> None:
    assert not is_named_in("wiki", "The wiki of the house")


LABEL = st.from_regex(r"[a-zäöüß0-9]([a-zäöüß0-9-]{0,8}[a-zäöüß0-9])?", fullmatch=True).filter(
    lambda label: label != "www" and not label.startswith("xn--")
)
HOST = st.lists(LABEL, min_size=2, max_size=4).map(".".join)


def spelled(host: str) -> str:
    """Return a host as a browser's address has it."""
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}" for label in host.split(".")
    )


@given(HOST, st.lists(LABEL, max_size=2), st.sampled_from(["https://{}/x", "http://{}:81", "blob:https://{}/1"]))
def test_every_page_below_an_excluded_site_is_on_it(site: str, below: list[str], form: str) -> None:
    host = host_of(form.format(spelled(".".join([*below, site]))))
    assert host is not None
    assert lies_on(host, as_site(f"https://{spelled(site)}/login"))
    assert lies_on(host, as_site(f"www.{site}".upper() if site.isascii() else site))


@given(st.text(max_size=40))
def test_no_address_breaks_it(text: str) -> None:
    host = host_of(text)
    assert host is None or host == host.lower()
