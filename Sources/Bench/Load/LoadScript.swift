/// What a load generator does: a program in Lua for wrk, or in the language of pgbench.
struct LoadScript: Hashable, Sendable {
    let name: String
    let text: String
}

/// What wrk sends.
///
/// Requests are put together beforehand as far as possible, so that making load takes little of the machine that is
/// measured. Scripts with a list of things read it from the file that is their first argument.
extension LoadScript {
    /// What begins the line of results.
    static let mark = "highscores-bench "

    private init(_ name: String, _ body: String) {
        self.init(name: name, text: body + Self.ending)
    }

    /// Requests that are all alike; the arguments are the path, a header's name and value, and the body.
    static let floor = LoadScript(
        "floor",
        """
        local text
        function init(args)
            text = "POST " .. args[1] .. " HTTP/1.1\\r\\nHost: " .. wrk.headers["Host"] .. "\\r\\n"
                .. args[2] .. ": " .. args[3] .. "\\r\\nContent-Type: application/json\\r\\nContent-Length: "
                .. #args[4] .. "\\r\\n\\r\\n" .. args[4]
        end
        function request() return text end
        """
    )

    /// Presses; the arguments are the file of updates, the path, the secret and the first number of an update.
    ///
    /// An update has the holes `@U@` (9 digits, its number), `@Q@` (the id of the press) and, in those of newcomers,
    /// `@P@` (10 digits, the player's id). The last lines of the file are newcomers; one press in a hundred is theirs.
    static let presses = LoadScript(
        "presses",
        """
        local known, new, n = {}, {}, 0
        function init(args)
            local head = "POST " .. args[2] .. " HTTP/1.1\\r\\nHost: " .. wrk.headers["Host"]
                .. "\\r\\nX-Telegram-Bot-Api-Secret-Token: " .. args[3]
                .. "\\r\\nContent-Type: application/json\\r\\nContent-Length: "
            n = tonumber(args[4])
            for line in io.lines(args[1]) do
                local length = #line:gsub("@U@", "123456789"):gsub("@Q@", "1234567890123456789")
                    :gsub("@P@", "1234567890")
                local a, b, c, d = line:match("^(.*)@U@(.*)@Q@(.*)@P@(.*)$")
                if a then
                    new[#new + 1] = { head .. length .. "\\r\\n\\r\\n" .. a, b, c, d }
                else
                    a, b, c = line:match("^(.*)@U@(.*)@Q@(.*)$")
                    known[#known + 1] = { head .. length .. "\\r\\n\\r\\n" .. a, b, c }
                end
            end
            math.randomseed(n)
        end
        function request()
            n = n + 1
            local number = string.format("%09d", n)
            local id = "4611686018" .. number
            if n % 100 == 0 then
                local part = new[math.random(#new)]
                return part[1] .. number .. part[2] .. id .. part[3] .. "6" .. number .. part[4]
            end
            local part = known[math.random(#known)]
            return part[1] .. number .. part[2] .. id .. part[3]
        end
        """
    )

    /// Submissions of random scores by random players; the arguments are the file of tokens, the path and a seed.
    static let steady = LoadScript(
        "steady",
        submissionHeads + """
            function init(args) readHeads(args, 16); math.randomseed(tonumber(args[3])) end
            function request()
                return heads[math.random(#heads)] .. '{"score":' .. math.random(100000, 999999) .. '}'
            end
            """
    )

    /// As ``steady``, to several boards of one game, to all the same; the fourth argument names the boards.
    static let several = LoadScript(
        "several",
        submissionHeads + """
            local parts = {}
            function init(args)
                local length = 12
                for name in args[4]:gmatch("[^,]+") do
                    parts[#parts + 1] = '"' .. name .. '":'
                    length = length + #parts[#parts] + 7
                end
                readHeads(args, length)
                math.randomseed(tonumber(args[3]))
            end
            function request()
                local score = math.random(100000, 999999)
                return heads[math.random(#heads)] .. '{"scores":{' .. table.concat(parts, score .. ",") .. score .. "}}"
            end
            """
    )

    /// As ``steady``, with pauses between answer and request; the fourth argument is their mean in milliseconds.
    static let paced = LoadScript(
        "paced",
        submissionHeads + """
            local pause = 0
            function init(args)
                readHeads(args, 16)
                math.randomseed(tonumber(args[3]))
                pause = tonumber(args[4])
            end
            function delay() return math.floor(2 * pause * math.random() + 0.5) end
            function request()
                return heads[math.random(#heads)] .. '{"score":' .. math.random(100000, 999999) .. '}'
            end
            """
    )

    /// Submissions that all improve: players take turns, and scores only rise from the third argument on.
    static let rising = LoadScript(
        "rising",
        submissionHeads + """
            local n = 0
            function init(args) readHeads(args, 20); n = tonumber(args[3]) end
            function request()
                n = n + 1
                return heads[n % #heads + 1] .. string.format('{"score":%d}', n)
            end
            """
    )

    /// Submissions of players who improve a little every time, each at a height of their own in the upper half of
    /// scores up to two thousand million; the arguments are the file of tokens, the path and the first round.
    static let climbing = LoadScript(
        "climbing",
        submissionHeads + """
            local place, round = 0, 0
            function init(args) readHeads(args, 20); round = tonumber(args[3]) end
            function request()
                place = place + 1
                if place > #heads then place, round = 1, round + 1 end
                local height = 1000000000 + math.floor(1000000000 * (place - 1) / #heads)
                return heads[place] .. string.format('{"score":%d}', height + round)
            end
            """
    )

    /// Reads of one path by random players; the arguments are the file of tokens, the path and a seed.
    static let reads = LoadScript(
        "reads",
        """
        local texts = {}
        function init(args)
            for token in io.lines(args[1]) do
                texts[#texts + 1] = "GET " .. args[2] .. " HTTP/1.1\\r\\nHost: " .. wrk.headers["Host"]
                    .. "\\r\\nAuthorization: Bearer " .. token .. "\\r\\n\\r\\n"
            end
            math.randomseed(tonumber(args[3]))
        end
        function request() return texts[math.random(#texts)] end
        """
    )

    /// All of a submission but its body, which is so many bytes long.
    private static let submissionHeads = """
        local heads = {}
        local function readHeads(args, length)
            for token in io.lines(args[1]) do
                heads[#heads + 1] = "POST " .. args[2] .. " HTTP/1.1\\r\\nHost: " .. wrk.headers["Host"]
                    .. "\\r\\nAuthorization: Bearer " .. token
                    .. "\\r\\nContent-Type: application/json\\r\\nContent-Length: " .. length
                    .. "\\r\\n\\r\\n"
            end
        end

        """

    private static let ending = """

        function done(summary, latency, requests)
            local errors = summary.errors
            io.write(string.format("\(mark)%d %d %d %d %d %d %d %d %d\\n", summary.requests, summary.duration,
                latency:percentile(50), latency:percentile(99),
                errors.connect, errors.read, errors.write, errors.status, errors.timeout))
        end

        """
}
