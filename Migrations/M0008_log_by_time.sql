-- How many runs a player submitted within the last hour is asked for every score of a game with such a rule. By player
-- alone, that read all the runs of a month; by player and time, those of the hour. Submissions wait
-- while the index is made: some ten seconds for ten million runs.

CREATE INDEX scores_of_player_by_time ON scores (game_id, player_id, accepted_at);
DROP INDEX scores_of_player;
