-- What operators decide about single runs. Like the log it only grows, and both together make the leaderboards.

CREATE TABLE corrections (
    game_id       bigint      NOT NULL,
    launched_at   timestamptz NOT NULL,
    run_id        uuid        NOT NULL,
    -- The last one of a run holds.
    correction_id bigint      GENERATED ALWAYS AS IDENTITY,
    kind          text        NOT NULL,
    -- Whether the run counts from then on, and as what.
    counts        boolean     NOT NULL,
    score         integer     NOT NULL,
    made_at       timestamptz NOT NULL DEFAULT now(),
    -- The entry of the audit that tells who and why.
    audit_id      bigint      NOT NULL,
    CONSTRAINT corrections_pkey PRIMARY KEY (game_id, launched_at, run_id, correction_id),
    CONSTRAINT corrections_kind_known CHECK (kind IN ('remove', 'restore', 'set', 'accept', 'refuse')),
    CONSTRAINT corrections_score_not_negative CHECK (score >= 0)
);
