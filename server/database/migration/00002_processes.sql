-- +goose Up
-- The processes that are alive. A call that is open and whose process has no
-- row here was cut off. seen_at is by the database's clock.
CREATE TABLE processes (
    id      TEXT   NOT NULL PRIMARY KEY,
    seen_at BIGINT NOT NULL
);
ALTER TABLE calls ADD COLUMN process TEXT NOT NULL DEFAULT '';

-- How fast may be sent to a system by all processes together, on PostgreSQL:
-- the next request may go at next_at, and none before paused_until; by the
-- database's clock. asked_by is a process whose runs wait for the next turn.
CREATE TABLE paces (
    system       TEXT   NOT NULL PRIMARY KEY,
    next_at      BIGINT NOT NULL,
    paused_until BIGINT NOT NULL,
    asked_by     TEXT   NOT NULL
);

-- +goose Down
DROP TABLE paces;
ALTER TABLE calls DROP COLUMN process;
DROP TABLE processes;
