"""The database's tables, as a list of migrations that only ever grows."""

from __future__ import annotations

from sqlite_utils import Database, Migrations

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
