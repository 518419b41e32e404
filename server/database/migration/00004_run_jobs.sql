-- +goose Up
-- The id of a run's job in River's table: what took it up and died before it
-- could claim the run is found by it.
ALTER TABLE runs ADD COLUMN job BIGINT NOT NULL DEFAULT 0;

-- +goose Down
ALTER TABLE runs DROP COLUMN job;
