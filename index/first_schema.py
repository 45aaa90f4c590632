"""The database's first tables and what became of them; `index.schema` goes on from here."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

from index.spaces import vector_bytes
from index.words import segmenting

migrations = Migrations("vault")

FULL_TEXT_COLUMNS = ("title", "app", "url", "text")
FOLDING = "unicode61 remove_diacritics 2"
TOKENIZER = f"porter {FOLDING}"


@migrations()
def moments(db: Database) -> None:
    """Moments, their full text, and what is still missing from them."""
    db.execute(
        """CREATE TABLE moments (
             id INTEGER PRIMARY KEY AUTOINCREMENT, time_start REAL NOT NULL, time_end REAL NOT NULL,
             app TEXT NOT NULL, title TEXT NOT NULL, url TEXT NOT NULL, monitor INTEGER NOT NULL,
             source TEXT NOT NULL, frame TEXT NOT NULL, text TEXT NOT NULL, open INTEGER NOT NULL)"""
    )
    db.execute("CREATE INDEX moments_time ON moments (time_start)")
    db.table("moments").enable_fts(FULL_TEXT_COLUMNS, fts_version="FTS5", create_triggers=True, tokenize=TOKENIZER)
    db.execute("CREATE VIRTUAL TABLE moments_terms USING fts5vocab(moments_fts, row)")
    db.execute(
        """CREATE TABLE jobs (
             moment_id INTEGER NOT NULL REFERENCES moments (id) ON DELETE CASCADE, kind TEXT NOT NULL,
             quarantined INTEGER NOT NULL DEFAULT 0, error TEXT NOT NULL DEFAULT '',
             PRIMARY KEY (moment_id, kind)) WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX jobs_waiting ON jobs (kind, quarantined, moment_id)")


@migrations()
def vectors(db: Database) -> None:
    """Vectors by space, and the opaque features some are made from."""
    db.execute(
        """CREATE TABLE spaces (
             name TEXT PRIMARY KEY, model TEXT NOT NULL, dimension INTEGER NOT NULL,
             made_at REAL NOT NULL, data BLOB NOT NULL DEFAULT x'')"""
    )
    db.execute(
        """CREATE TABLE vectors (
             id INTEGER PRIMARY KEY AUTOINCREMENT,
             moment_id INTEGER NOT NULL REFERENCES moments (id) ON DELETE CASCADE,
             space TEXT NOT NULL REFERENCES spaces (name), part INTEGER NOT NULL, vector BLOB NOT NULL)"""
    )
    db.execute("CREATE UNIQUE INDEX vectors_moment ON vectors (moment_id, space, part)")
    db.execute("CREATE INDEX vectors_space ON vectors (space, id)")
    db.execute(
        """CREATE TABLE features (
             moment_id INTEGER PRIMARY KEY REFERENCES moments (id) ON DELETE CASCADE,
             kind TEXT NOT NULL, weight REAL NOT NULL, data BLOB NOT NULL)"""
    )
    db.execute("CREATE INDEX features_kind ON features (kind)")


@migrations()
def recordings(db: Database) -> None:
    """Raw EEG files, and what happened to the program's parts."""
    db.execute(
        """CREATE TABLE recordings (
             id INTEGER PRIMARY KEY AUTOINCREMENT, path TEXT NOT NULL UNIQUE, device TEXT NOT NULL,
             source TEXT NOT NULL,
             sfreq REAL NOT NULL, ch_names TEXT NOT NULL, time_start REAL NOT NULL, time_end REAL NOT NULL,
             samples INTEGER NOT NULL, open INTEGER NOT NULL)"""
    )
    db.execute("CREATE INDEX recordings_time ON recordings (time_start)")
    db.execute(
        "CREATE TABLE incidents (id INTEGER PRIMARY KEY, time REAL NOT NULL, part TEXT NOT NULL, what TEXT NOT NULL)"
    )
    db.execute(
        "CREATE TABLE outputs (part TEXT PRIMARY KEY, time REAL NOT NULL, count INTEGER NOT NULL, note TEXT NOT NULL)"
    )


@migrations()
def digests(db: Database) -> None:
    """By what a moment's picture is known again when it is shown a second time."""
    db.execute("ALTER TABLE moments ADD COLUMN digest TEXT NOT NULL DEFAULT ''")


@migrations()
def signal_quality(db: Database) -> None:
    """How good the EEG of each moment was. What older versions derived from EEG is made anew from the raw signal."""
    db.execute(
        """CREATE TABLE signal_quality (
             moment_id INTEGER PRIMARY KEY REFERENCES moments (id) ON DELETE CASCADE, montage TEXT NOT NULL,
             windows INTEGER NOT NULL, fit INTEGER NOT NULL, fault TEXT NOT NULL)"""
    )
    db.execute("CREATE TABLE montages (name TEXT PRIMARY KEY, ch_names TEXT NOT NULL)")
    db.execute("DELETE FROM features")
    db.execute("DELETE FROM vectors WHERE space IN (SELECT name FROM spaces WHERE substr(name, 1, 6) = 'state:')")
    db.execute("DELETE FROM spaces WHERE substr(name, 1, 6) = 'state:'")
    db.execute(
        """INSERT OR REPLACE INTO jobs (moment_id, kind)
           SELECT id, 'brain' FROM moments WHERE open = 0 AND EXISTS (
             SELECT 1 FROM recordings WHERE recordings.time_start < moments.time_end
             AND recordings.time_end > moments.time_start)"""
    )


@migrations()
def learning(db: Database) -> None:
    """Versions of what was learned from pairs of brain and content, and what the person opened."""
    db.execute(
        """CREATE TABLE mappings (
             version INTEGER PRIMARY KEY AUTOINCREMENT, made_at REAL NOT NULL UNIQUE, trained_until REAL NOT NULL,
             montages TEXT NOT NULL, content_space TEXT NOT NULL,
             known INTEGER NOT NULL, pairs INTEGER NOT NULL, later INTEGER NOT NULL,
             score REAL, old_score REAL, chance REAL, low REAL, high REAL,
             state TEXT NOT NULL, reason TEXT NOT NULL, data BLOB NOT NULL, spread BLOB NOT NULL)"""
    )
    db.execute(
        """CREATE TABLE feedback (
             asked_at REAL NOT NULL, moment_id INTEGER NOT NULL REFERENCES moments (id) ON DELETE CASCADE,
             time REAL NOT NULL, question TEXT NOT NULL, rank INTEGER NOT NULL, opened INTEGER NOT NULL,
             score REAL NOT NULL, scores TEXT NOT NULL, PRIMARY KEY (asked_at, moment_id)) WITHOUT ROWID"""
    )
    db.execute("CREATE INDEX feedback_moment ON feedback (moment_id)")
    db.execute(
        """CREATE TABLE fusion (
             id INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, answers INTEGER NOT NULL, data TEXT NOT NULL)"""
    )


@migrations()
def search(db: Database) -> None:
    """Full text of names and of scripts without spaces, what moments are filtered by, and tags."""
    segmenting.register(db.conn)  # the program a vault was made with may have known none of these functions
    db.execute("DROP TABLE moments_terms")
    for trigger in ("moments_ai", "moments_ad", "moments_au"):
        db.execute(f"DROP TRIGGER {trigger}")
    db.execute("DROP TABLE moments_fts")
    _filtered_columns(db)
    _full_text(db)
    db.execute(
        "CREATE TABLE tags (tag TEXT NOT NULL, moment_id INTEGER NOT NULL REFERENCES moments (id) "
        "ON DELETE CASCADE, PRIMARY KEY (tag, moment_id)) WITHOUT ROWID"
    )
    db.execute("CREATE INDEX tags_moment ON tags (moment_id)")


def _filtered_columns(db: Database) -> None:
    """Add what moments are filtered by, with indexes that answer each filter without reading a moment's text."""
    db.execute("ALTER TABLE moments ADD COLUMN site TEXT NOT NULL DEFAULT ''")
    db.execute("ALTER TABLE moments ADD COLUMN app_folded TEXT NOT NULL DEFAULT ''")
    db.execute("UPDATE moments SET site = site_of(url), app_folded = folded(app)")
    set_both = "UPDATE moments SET site = site_of(new.url), app_folded = folded(new.app) WHERE id = new.id"
    db.execute(f"CREATE TRIGGER moments_filled AFTER INSERT ON moments BEGIN {set_both}; END")
    db.execute(f"CREATE TRIGGER moments_refilled AFTER UPDATE OF url, app ON moments BEGIN {set_both}; END")
    db.execute("DROP INDEX moments_time")
    db.execute("CREATE INDEX moments_time ON moments (time_start, time_end)")
    db.execute("CREATE INDEX moments_length ON moments (time_end - time_start)")  # how far back one may reach
    db.execute("CREATE INDEX moments_app ON moments (app_folded, time_start, time_end, site)")
    db.execute("CREATE INDEX moments_site ON moments (site, time_start, time_end, app_folded)")
    db.execute("CREATE INDEX moments_known ON moments (id, time_start, time_end, app_folded, site)")


def _full_text(db: Database) -> None:
    """Make the full text over what `index.words.segmenting` makes of a moment, and fill it."""
    indexed = (
        "spaced({0}title), {0}app, {0}url, spaced({0}text), name_parts({0}title || ' ' || {0}url || ' ' || {0}text)"
    )
    columns = "title, app, url, text, parts"
    db.execute(f"CREATE VIEW moments_words (id, {columns}) AS SELECT id, {indexed.format('')} FROM moments")  # noqa: S608 constants
    db.execute(
        f"CREATE VIRTUAL TABLE moments_fts USING fts5({columns}, content = 'moments_words', content_rowid = 'id', "
        f"tokenize = '{TOKENIZER}')"
    )
    # What is deleted leaves no trace in the full text's own pages.
    db.execute("INSERT INTO moments_fts (moments_fts, rank) VALUES ('secure-delete', 1)")
    put = f"INSERT INTO moments_fts (rowid, {columns}) VALUES (new.id, {indexed.format('new.')});"  # noqa: S608 constants
    take = (
        f"INSERT INTO moments_fts (moments_fts, rowid, {columns}) "  # noqa: S608 constants
        f"VALUES ('delete', old.id, {indexed.format('old.')});"
    )
    db.execute(f"CREATE TRIGGER moments_ai AFTER INSERT ON moments BEGIN {put} END")
    db.execute(f"CREATE TRIGGER moments_ad AFTER DELETE ON moments BEGIN {take} END")
    db.execute(f"CREATE TRIGGER moments_au AFTER UPDATE OF title, app, url, text ON moments BEGIN {take} {put} END")
    db.execute("INSERT INTO moments_fts (moments_fts) VALUES ('rebuild')")


@migrations()
def journals(db: Database) -> None:
    """Which journals of a locked time are in the vault already, so that none is taken in twice."""
    db.execute("CREATE TABLE journals (name TEXT PRIMARY KEY, time REAL NOT NULL)")


@migrations()
def half_vectors(db: Database) -> None:
    """Vectors in half precision. Half as many bytes; the cosine of two of them moves by less than a thousandth."""
    db.conn.create_function("halved", 1, vector_bytes.halved, deterministic=True)
    db.execute("UPDATE vectors SET vector = halved(vector)")


@migrations()
def forgotten(db: Database) -> None:
    """Add what was forgotten, by wish or for want of room (counts and times alone), and what is being forgotten."""
    db.execute(
        """CREATE TABLE forgotten (
             id INTEGER PRIMARY KEY, time REAL NOT NULL, why TEXT NOT NULL, time_start REAL, time_end REAL,
             moments INTEGER NOT NULL, frames INTEGER NOT NULL, eeg_seconds REAL NOT NULL, bytes INTEGER NOT NULL)"""
    )
    db.execute(
        """CREATE TABLE forgetting (
             id INTEGER PRIMARY KEY, kind TEXT NOT NULL, moment_id INTEGER, time_start REAL, time_end REAL,
             path TEXT NOT NULL DEFAULT '')"""
    )
    db.execute("CREATE INDEX forgetting_kind ON forgetting (kind)")
    db.execute("CREATE INDEX moments_pictured ON moments (time_start) WHERE frame <> ''")
