-- +goose Up
-- Until when the grants of an enrollment let the student open the course: the latest of their ends. 0 when none is left;
-- 9007199254740991, the last whole number of a double, when one has no end. Access itself is decided by the grants.
ALTER TABLE enrollments ADD COLUMN open_until BIGINT NOT NULL DEFAULT 0;
UPDATE enrollments SET open_until = (SELECT COALESCE(MAX(COALESCE(g.until, 9007199254740991)), 0) FROM grants g
    WHERE g.user_id = enrollments.user_id AND g.course_id = enrollments.course_id AND g.ended_at IS NULL);
-- The few whose access ends or has ended, in the order of the list.
CREATE INDEX enrollments_ending ON enrollments (id, open_until, user_id) WHERE open_until < 9007199254740991;
CREATE INDEX enrollments_ending_course ON enrollments (course_id, id, open_until, user_id) WHERE open_until < 9007199254740991;
-- For going from students to their enrollments without a look at the table.
CREATE INDEX enrollments_user ON enrollments (user_id, id, open_until, course_id);
DROP INDEX grants_until;
DROP INDEX grants_ended;

-- +goose Down
CREATE INDEX grants_ended ON grants (user_id, course_id) WHERE ended_at IS NOT NULL;
CREATE INDEX grants_until ON grants (until, user_id, course_id) WHERE until IS NOT NULL;
DROP INDEX enrollments_user;
DROP INDEX enrollments_ending_course;
DROP INDEX enrollments_ending;
ALTER TABLE enrollments DROP COLUMN open_until;
