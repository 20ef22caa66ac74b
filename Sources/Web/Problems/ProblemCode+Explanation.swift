extension ProblemCode {
    /// What went wrong and what to do about it, in one paragraph for the developer of a game.
    package var explanation: String {
        switch self {
        case .malformedRequest:
            "The bytes that arrived are not an HTTP/1.1 request, or the connection ended before the request was complete. "
                + "Nothing was done; correct the request or repeat it."
        case .malformedJSON:
            "The body must be exactly one JSON object in valid UTF-8, nested at most 32 deep, with 'score' standing in it "
                + "once and 'metadata', if present, being an object. Unknown members are ignored."
        case .unknownParameterValue:
            "A query parameter, a header or a member of the body has a value outside those it can take. The detail names it "
                + "and what it takes. Parameters and members with unknown names are ignored."
        case .runRequired:
            "This game judges how long a run took, so a launch token alone cannot submit a score. Start a run with "
                + "POST /v1/runs when play begins and submit with the run token."
        case .idempotencyKeyRequired:
            "This game adds scores up, so a repeated submission must be told from a second run. Send the header "
                + "Idempotency-Key with 1 to 128 visible characters, or start a run with POST /v1/runs."
        case .tokenMissing:
            "The route needs a credential. Send the token that the game's address carries after #hs= (or the run token) as "
                + "'Authorization: Bearer TOKEN'; servers send the game's API key in the same way."
        case .tokenInvalid:
            "The token is not one that this service issued for this purpose: it was cut, changed, made by another "
                + "deployment, or is a run token where a launch token is needed. Open the game again from the chat. An API key "
                + "is good for one game until it is revoked, the data of a Mini App for the bots that this service serves."
        case .tokenExpired:
            "The token is genuine, but its time is over. Open the game again from the chat to get a new one."
        case .playerBanned:
            "The player may not submit scores to this game. Only the game's operator can change that."
        case .gameDisabled:
            "The game has been switched off by its operator and takes no scores now."
        case .notFound:
            "There is nothing at this address. The detail says what was looked for; the API is described at /openapi.json."
        case .noSuchWindow:
            "The game keeps no leaderboard for the window and time asked for, for example a season outside its list of "
                + "seasons or a date that does not exist in its time zone."
        case .methodNotAllowed:
            "The address exists, but not for this method. The header Allow lists the methods that it takes."
        case .requestTimeout:
            "The head or the body of the request was not complete within ten seconds. The connection was closed and "
                + "nothing was done; repeat the request."
        case .runAlreadyScored:
            "A run takes one score, and this run already has another one. Repeating the first score is safe; for another "
                + "play-through start another run."
        case .chatConflict:
            "'chat_instance' and 'chat_id' are of two different chats that presses or other games know. An operator decides "
                + "whether they are one: 'highscores chat list --conflicts', 'highscores chat merge'. Without 'target' the "
                + "launch is taken."
        case .bodyTooLarge:
            "The body, or the metadata in it, is longer than the route takes. The detail names the limit in bytes."
        case .mediaTypeUnsupported:
            "The body must be sent with 'Content-Type: application/json'. navigator.sendBeacon cannot send that for plain "
                + "text; use fetch with keepalive instead."
        case .scoreInvalid:
            "'score' must be written as a whole number from 0 to 2147483647, without sign, point, exponent or quotes. "
                + "The run is not used up: submit again with a valid score."
        case .attemptsUsed:
            "The board gives every player a number of attempts in each window, and all of this player's are used: an attempt "
                + "is used when its run starts. The detail says when the next window begins."
        case .keyReused:
            "The same Idempotency-Key started a run of another board within this launch. Give every run a key of its own, and "
                + "the same one only to a repetition."
        case .boardUnknown:
            "The game has no board of that name, or the run was started for another one. Nothing of the run was taken; the "
                + "boards of a game are those that its operator declared, and 'main'."
        case .rateLimited:
            "The player submits more often than this service allows. Wait as many seconds as the header Retry-After says."
        case .quotaExceeded:
            "The pages of this player have submitted as many runs, or as much metadata, as this service takes for one "
                + "player in a day (UTC). Wait as many seconds as the header Retry-After says: until the next day begins."
        case .tooManyStreams:
            "The player, or the address that the request came from, holds as many event streams as this service allows. "
                + "Close those that nobody looks at, or ask again after as many seconds as the header Retry-After says."
        case .headTooLarge:
            "The request line and headers together are longer than this service takes."
        case .internalError:
            "The service met something it did not expect. The cause is in its log; repeating a submission of the same run "
                + "is safe."
        case .overloaded:
            "More requests are waiting than the service can take now. Whether this one took effect is unknown; repeating "
                + "the same run or Idempotency-Key after Retry-After seconds is safe and tells."
        case .databaseUnavailable:
            "The service cannot reach its database in time. Whether the request took effect is unknown; repeating the same "
                + "run or Idempotency-Key after Retry-After seconds is safe and tells."
        }
    }
}
