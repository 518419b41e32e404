-- +goose Up
-- Runs: many calls made from one list. A run is seen once all of it is in;
-- until then its state is 'arriving' and it has no key. turn numbers the jobs
-- that carry it out: a job of an earlier turn has nothing to do. process is who
-- carries it out now, empty when nobody does.
CREATE TABLE runs (
    id              TEXT    NOT NULL PRIMARY KEY,
    person_id       TEXT    NOT NULL,
    person_name     TEXT    NOT NULL,
    role            TEXT    NOT NULL,
    idempotency_key TEXT,
    fingerprint     TEXT    NOT NULL,
    system          TEXT    NOT NULL,
    operation       TEXT    NOT NULL,
    title           TEXT    NOT NULL,
    note            TEXT    NOT NULL,
    headings        TEXT    NOT NULL,
    options         TEXT    NOT NULL,
    made_from       TEXT    NOT NULL,
    undoes          TEXT,
    state           TEXT    NOT NULL,
    why             TEXT    NOT NULL,
    row_count       INTEGER NOT NULL,
    call_count      INTEGER NOT NULL,
    calls_done      INTEGER NOT NULL,
    checked         INTEGER NOT NULL,
    misses          INTEGER NOT NULL,
    rate            BIGINT  NOT NULL,
    created_at      BIGINT  NOT NULL,
    starts_at       BIGINT,
    started_at      BIGINT,
    finished_at     BIGINT,
    rests_until     BIGINT,
    followed_at     BIGINT,
    job_id          TEXT    NOT NULL,
    job_status      TEXT    NOT NULL,
    turn            INTEGER NOT NULL,
    process         TEXT    NOT NULL,
    UNIQUE (person_id, idempotency_key),
    UNIQUE (undoes)
);
CREATE INDEX runs_by_person ON runs (person_id, id);
CREATE INDEX runs_held ON runs (process) WHERE process <> '';

-- The calls of a run that have a body. tries counts the keys that were used for
-- it in the ledger. Nothing of it leaves before not_before.
CREATE TABLE run_calls (
    run_id     TEXT    NOT NULL REFERENCES runs (id),
    seq        INTEGER NOT NULL,
    operation  TEXT    NOT NULL,
    state      TEXT    NOT NULL CHECK (state IN ('waiting', 'going', 'following', 'done')),
    body       TEXT    NOT NULL,
    first_line INTEGER NOT NULL,
    last_line  INTEGER NOT NULL,
    tries      INTEGER NOT NULL,
    not_before BIGINT  NOT NULL,
    why        TEXT    NOT NULL,
    call_id    TEXT    NOT NULL,
    PRIMARY KEY (run_id, seq)
);
CREATE INDEX run_calls_due ON run_calls (run_id, state, not_before, seq);

-- The rows of a person's file. place is where a row stands in the list of its
-- call. prior is what the do-not-call list said of the number before, made is
-- what the upstream calls the thing that the row became: both for undoing.
CREATE TABLE run_rows (
    run_id     TEXT    NOT NULL REFERENCES runs (id),
    line       INTEGER NOT NULL,
    seq        INTEGER NOT NULL,
    place      INTEGER NOT NULL,
    cells      TEXT    NOT NULL,
    typed      TEXT    NOT NULL,
    sent       TEXT    NOT NULL,
    outcome    TEXT    NOT NULL CHECK (outcome IN ('', 'accepted', 'updated', 'refused', 'skipped', 'unknown')),
    reason     TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    proof      TEXT    NOT NULL,
    ended_at   BIGINT,
    call_id    TEXT    NOT NULL,
    checked_at BIGINT,
    prior      TEXT    NOT NULL,
    made       TEXT    NOT NULL,
    PRIMARY KEY (run_id, line)
);
CREATE INDEX run_rows_by_outcome ON run_rows (run_id, outcome, line);

-- How many rows of a run ended how; changes with them in one transaction.
CREATE TABLE run_tally (
    run_id    TEXT    NOT NULL REFERENCES runs (id),
    outcome   TEXT    NOT NULL,
    reason    TEXT    NOT NULL,
    row_count INTEGER NOT NULL,
    PRIMARY KEY (run_id, outcome, reason)
);

-- +goose Down
DROP TABLE run_tally;
DROP TABLE run_rows;
DROP TABLE run_calls;
DROP TABLE runs;
