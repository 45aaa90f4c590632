"""The database's tables, as a list of migrations that only ever grows, from where `index.first_schema` ends."""

from __future__ import annotations

from sqlite_utils import Database

from index.first_schema import migrations

__all__ = ["migrations"]


@migrations()
def cold_frames(db: Database) -> None:
    """Frames in groups: which are still single, which are in a group, and the groups that a frame was taken out of."""
    cold = "substr({0}frame, 1, 12) = 'frames/cold/'"
    single = f"frame <> '' AND NOT {cold.format('')}"
    db.execute(f"CREATE INDEX moments_single_frame ON moments (time_start) WHERE {single}")
    db.execute(f"CREATE INDEX moments_grouped_frame ON moments (frame) WHERE {cold.format('')}")
    db.execute("CREATE TABLE cold_holes (file TEXT PRIMARY KEY) WITHOUT ROWID")
    hole = "INSERT OR IGNORE INTO cold_holes VALUES (substr(old.frame, 1, instr(old.frame, '#') - 1));"
    old = cold.format("old.")
    db.execute(f"CREATE TRIGGER moments_frame_ad AFTER DELETE ON moments WHEN {old} BEGIN {hole} END")
    changed = f"{old} AND new.frame <> old.frame"
    db.execute(f"CREATE TRIGGER moments_frame_au AFTER UPDATE OF frame ON moments WHEN {changed} BEGIN {hole} END")


@migrations()
def looks(db: Database) -> None:
    """Note what came of every look at the screen (never what was seen), and what the hands did during a moment."""
    db.execute(
        "CREATE TABLE looks (id INTEGER PRIMARY KEY, time REAL NOT NULL, triggers TEXT NOT NULL, "
        "outcome TEXT NOT NULL, seconds REAL)"
    )
    db.execute("CREATE INDEX looks_time ON looks (time)")
    db.execute(
        """CREATE TABLE hands (
             moment_id INTEGER PRIMARY KEY REFERENCES moments (id) ON DELETE CASCADE, keys INTEGER NOT NULL,
             clicks INTEGER NOT NULL, scrolls INTEGER NOT NULL, interval REAL NOT NULL, spread REAL NOT NULL)"""
    )


@migrations()
def typed(db: Database) -> None:
    """Keep what was typed during a moment, where a person agreed to that on its own."""
    db.execute(
        "CREATE TABLE typed (moment_id INTEGER PRIMARY KEY REFERENCES moments (id) ON DELETE CASCADE, "
        "text TEXT NOT NULL)"
    )


@migrations()
def focus(db: Database) -> None:
    """Keep what was said of the person's focus, what they said to it, and the rest that it is measured against."""
    db.execute(
        """CREATE TABLE focus_history (
             id INTEGER PRIMARY KEY, time REAL NOT NULL, seconds REAL NOT NULL, probability REAL, eeg REAL,
             behaviour REAL, deep INTEGER NOT NULL, frozen INTEGER NOT NULL, cause TEXT NOT NULL,
             eeg_said REAL, data BLOB NOT NULL)"""
    )
    db.execute("CREATE INDEX focus_history_time ON focus_history (time)")
    db.execute(
        """CREATE TABLE focus_labels (
             id INTEGER PRIMARY KEY, time REAL NOT NULL, time_start REAL NOT NULL, time_end REAL NOT NULL,
             focused INTEGER NOT NULL, source TEXT NOT NULL)"""
    )
    db.execute(
        """CREATE TABLE focus_rests (
             ch_names TEXT PRIMARY KEY, time_start REAL NOT NULL, time_end REAL NOT NULL, data BLOB NOT NULL)"""
    )


@migrations()
def notices(db: Database) -> None:
    """Keep notifications that were held during focus until they are told of, and what was learned of them."""
    db.execute(
        """CREATE TABLE notices (
             number INTEGER PRIMARY KEY AUTOINCREMENT, time REAL NOT NULL, app TEXT NOT NULL, summary TEXT NOT NULL,
             body TEXT NOT NULL, urgency INTEGER NOT NULL, category TEXT NOT NULL, sender TEXT NOT NULL,
             desktop_entry TEXT NOT NULL, actions TEXT NOT NULL, daemon TEXT NOT NULL, daemon_id INTEGER,
             tag TEXT NOT NULL, decision TEXT NOT NULL, why TEXT NOT NULL, withdrawn INTEGER NOT NULL,
             state TEXT NOT NULL, digest INTEGER NOT NULL)"""
    )
    db.execute("CREATE INDEX notices_time ON notices (time)")
    db.execute("CREATE INDEX notices_state ON notices (state, number)")
    db.execute("CREATE INDEX notices_digest ON notices (digest)")
    db.execute("CREATE TABLE notice_model (id INTEGER PRIMARY KEY, time REAL NOT NULL, data BLOB NOT NULL)")


@migrations()
def trainings(db: Database) -> None:
    """Keep neurofeedback sessions: what the person saw of each, and apart from it what a blinded person may not see."""
    db.execute(
        """CREATE TABLE trainings (
             id INTEGER PRIMARY KEY AUTOINCREMENT, time_start REAL NOT NULL, time_end REAL NOT NULL,
             protocol TEXT NOT NULL, blind INTEGER NOT NULL, open INTEGER NOT NULL, facts TEXT NOT NULL,
             answers TEXT NOT NULL DEFAULT '{}', markers TEXT NOT NULL, series BLOB NOT NULL)"""
    )
    db.execute("CREATE INDEX trainings_time ON trainings (time_start)")
    db.execute("CREATE INDEX trainings_protocol ON trainings (protocol, time_start)")
    db.execute(
        """CREATE TABLE trainings_hidden (
             training_id INTEGER PRIMARY KEY REFERENCES trainings (id) ON DELETE CASCADE, unblinded REAL,
             draw TEXT NOT NULL, series BLOB NOT NULL)"""
    )


@migrations()
def alpha_frequencies(db: Database) -> None:
    """Keep a person's own alpha frequency, and the stretch it was found in."""
    db.execute(
        """CREATE TABLE alpha_frequencies (
             id INTEGER PRIMARY KEY, time_start REAL NOT NULL, time_end REAL NOT NULL, ch_names TEXT NOT NULL,
             found TEXT NOT NULL)"""
    )


@migrations()
def notice_lessons(db: Database) -> None:
    """Note since when something was learned of which program; what was learned before held names, and goes."""
    db.execute("CREATE TABLE notice_lessons (program TEXT PRIMARY KEY, time REAL NOT NULL) WITHOUT ROWID")
    db.execute("DELETE FROM notice_model")


@migrations()
def replayed_trainings(db: Database) -> None:
    """Note which sessions were, or would have been, replayed in a blind one, so that forgetting reaches them there."""
    db.execute("ALTER TABLE trainings_hidden ADD COLUMN replayed TEXT NOT NULL DEFAULT '[]'")
    db.execute(  # of those that are there nobody knows: any earlier one of their protocol may be in them
        """UPDATE trainings_hidden SET replayed = (
             SELECT json_group_array(earlier.id) FROM trainings
             JOIN trainings AS earlier ON earlier.protocol = trainings.protocol AND earlier.id < trainings.id
             WHERE trainings.id = training_id)
           WHERE draw != ''"""
    )


@migrations()
def reels(db: Database) -> None:
    """Frames in reels are encoded once more when they are cold: which these are, however many others there are."""
    db.execute(
        "CREATE INDEX moments_reel ON moments (frame) "
        "WHERE substr(frame, 1, 12) = 'frames/cold/' AND instr(frame, '.reel#') > 0"
    )


@migrations()
def same_vectors(db: Database) -> None:
    """Most of a screen stays from one moment to the next: of rows with the same vector one holds it, the rest have x''.

    They have one number, `same`, which is none of a vector that came once. Where the one that holds it goes, the oldest
    other takes it over.
    """
    db.execute("ALTER TABLE vectors ADD COLUMN same INTEGER")
    db.execute("CREATE INDEX vectors_same ON vectors (same) WHERE same IS NOT NULL")
    db.execute("CREATE UNIQUE INDEX vectors_held ON vectors (same) WHERE same IS NOT NULL AND vector <> x''")
    db.execute(
        """CREATE TRIGGER vectors_handed_on AFTER DELETE ON vectors
           WHEN old.same IS NOT NULL AND old.vector <> x'' BEGIN
             UPDATE vectors SET vector = old.vector
             WHERE id = (SELECT min(id) FROM vectors WHERE same IS NOT NULL AND same = old.same);
           END"""
    )
    db.execute(
        """CREATE VIEW whole_vectors AS
             SELECT vectors.id, vectors.moment_id, vectors.space, vectors.part,
               coalesce(held.vector, vectors.vector) AS vector
             FROM vectors LEFT JOIN vectors AS held ON vectors.vector = x''
               AND held.same = vectors.same AND held.same IS NOT NULL AND held.vector <> x''"""
    )


@migrations()
def unread_frames(db: Database) -> None:
    """Have frames that could not be read looked at once more: some of them the disk only did not give just then.

    Older versions kept the frames of all these. What cannot be read still goes from now on, as nobody knows what
    secrets it shows.
    """
    db.execute(
        "UPDATE jobs SET quarantined = 0, error = '' WHERE kind = 'read' AND quarantined = 1 "
        "AND EXISTS (SELECT 1 FROM moments WHERE id = moment_id AND frame <> '')"
    )
