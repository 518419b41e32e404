-- Portable SQL: the same text serves SQLite and PostgreSQL. Times are UTC
-- microseconds since 1970.

-- +goose Up
CREATE TABLE calls (
    id              TEXT    NOT NULL PRIMARY KEY,
    person_id       TEXT    NOT NULL,
    person_name     TEXT    NOT NULL,
    idempotency_key TEXT    NOT NULL,
    fingerprint     TEXT    NOT NULL,
    system          TEXT    NOT NULL,
    operation       TEXT    NOT NULL,
    state           TEXT    NOT NULL CHECK (state IN ('started', 'leaving', 'finished')),
    outcome         TEXT    CHECK (outcome IN ('accepted', 'updated', 'refused', 'skipped', 'unknown')),
    note            TEXT    NOT NULL,
    request         TEXT    NOT NULL,
    row_count       INTEGER NOT NULL,
    tries           INTEGER NOT NULL,
    started_at      BIGINT  NOT NULL,
    left_at         BIGINT,
    finished_at     BIGINT,
    upstream_status INTEGER NOT NULL,
    request_id      TEXT    NOT NULL,
    job_id          TEXT    NOT NULL,
    response        TEXT,
    error_code      TEXT,
    error_message   TEXT,
    settled_outcome TEXT    CHECK (settled_outcome IN ('accepted', 'refused')),
    settled_note    TEXT,
    settled_by_id   TEXT,
    settled_by_name TEXT,
    settled_at      BIGINT,
    UNIQUE (person_id, idempotency_key),
    CHECK ((state = 'finished') = (outcome IS NOT NULL))
);
CREATE INDEX calls_by_person ON calls (person_id, id);
CREATE INDEX calls_in_flight ON calls (id) WHERE state <> 'finished';
CREATE INDEX calls_unsettled ON calls (id) WHERE outcome = 'unknown' AND settled_at IS NULL;

-- sent_tail and typed_tail are the digits of the number from last to first, so
-- that a search by the end of a number is a range of the index.
CREATE TABLE call_rows (
    call_id    TEXT    NOT NULL REFERENCES calls (id),
    position   INTEGER NOT NULL,
    typed      TEXT    NOT NULL,
    sent       TEXT    NOT NULL,
    sent_tail  TEXT,
    typed_tail TEXT,
    outcome    TEXT    CHECK (outcome IN ('accepted', 'updated', 'refused', 'skipped', 'unknown')),
    reason     TEXT    NOT NULL,
    text       TEXT    NOT NULL,
    proof      TEXT    NOT NULL CHECK (proof IN ('', 'confirmed', 'contradicted', 'unchecked')),
    PRIMARY KEY (call_id, position)
);
CREATE INDEX call_rows_by_sent ON call_rows (sent_tail);
CREATE INDEX call_rows_by_typed ON call_rows (typed_tail);

-- +goose Down
DROP TABLE call_rows;
DROP TABLE calls;
