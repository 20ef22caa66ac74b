import Testing

@testable import Simulator

/// Faults as people write them.
@Suite struct FaultTextTests {
    @Test(arguments: [
        ("all: hang", ["hang"]), ("all: 429", ["429 Too Many Requests: retry after 1"]),
        ("all: 429 7", ["429 Too Many Requests: retry after 7"]),
        ("all: 429 2m, 502", ["429 Too Many Requests: retry after 120", "502"]),
        ("all: 400 MESSAGE_ID_INVALID", ["400 Bad Request: MESSAGE_ID_INVALID"]),
        (
            "all: 403 Forbidden: bot was kicked from the group chat",
            [
                "403 Forbidden: bot was kicked from the group chat"
            ]
        ),
        ("all: 401", ["401 Unauthorized"]), ("all: delay 2s,delay 5ms", ["delay 2000ms", "delay 5ms"]),
        (
            "all: lose_call, lose_answer, hang_answer, garble",
            [
                "lose_call", "lose_answer", "hang_answer", "garble",
            ]
        ),
        (
            "all: kick, kick 3s, migrate, revoke, revoke 1m, delete_message",
            [
                "kick", "kick 3000ms", "migrate", "revoke", "revoke 60000ms", "delete_message",
            ]
        ),
    ])
    func `ways are read`(text: String, names: [String]) throws {
        let faults = try Fault.parse(text)
        #expect(faults.count == 1)
        #expect(faults.first?.behaviours.map(\.name) == names)
    }

    @Test func `any is every way of the connection, each once`() throws {
        let names = try Fault.parse("all: any").first?.behaviours.map(\.name) ?? []
        #expect(Set(names).count == names.count)
        #expect(
            Set(names).isSuperset(of: ["502", "lose_call", "lose_answer", "hang", "hang_answer", "garble"])
        )
        #expect(!names.contains("delete_message"))
    }

    @Test func `conditions are read`() throws {
        let text = "  25% of setGameScore in 7001:5001 by 7001 from 500ms until 2m: hang  # at night"
        let fault = try #require(try Fault.parse(text).first)
        #expect(fault.method == "setGameScore")
        #expect(fault.chat == "7001:5001")
        #expect(fault.bot == 7001)
        #expect(fault.share == 0.25)
        #expect(fault.from == 500)
        #expect(fault.until == 120_000)
        #expect(fault.remaining == nil)
        #expect(try Fault.parse("first 3 of getMe: 500").first?.remaining == 3)
        #expect(try Fault.parse("all: 500").first?.method == nil)
    }

    @Test func `rules stand on lines or are divided`() throws {
        let text = """
            # what Telegram does on Fridays
            first 1 of sendGame: 502; first 2 of sendGame: 503

            all: hang
            """
        #expect(try Fault.parse(text).map { $0.behaviours.map(\.name) } == [["502"], ["503"], ["hang"]])
        #expect(try Fault.parse("# nothing\n").isEmpty)
    }

    @Test func `JSON has the same faults`() throws {
        let text = """
            [{"rule": "first 2 of getMe: hang"},
             {"method": "setGameScore", "chat": -100, "share": 0.5, "times": "all", "until": "30s",
              "behaviour": "429 3s, hang"},
             {"behaviour": "delay", "milliseconds": 40}]
            """
        let faults = try Fault.parse(text)
        try #require(faults.count == 3)
        #expect(faults[0].remaining == 2)
        #expect(faults[1].chat == "-100")
        #expect(faults[1].share == 0.5)
        #expect(faults[1].remaining == nil)
        #expect(faults[1].until == 30_000)
        #expect(faults[1].behaviours.map(\.name) == ["429 Too Many Requests: retry after 3", "hang"])
        #expect(faults[2].behaviours == [.delay(40)])
        #expect(faults[2].remaining == 1)
    }

    @Test(arguments: [
        ("setGameScore hang", "there is no ': '"), ("120% of all: hang", "'120%' is not a part"),
        ("0% of all: hang", "'0%' is not a part"), ("50% all: hang", "after '50%' comes 'of'"),
        ("first x of all: hang", "after 'first' come a number and 'of'"), (": hang", "name a method"),
        ("all on Friday: hang", "'on' is none of 'in'"), ("all in 1 in 2: hang", "'in' is none of"),
        ("all in: hang", "after 'in' nothing comes"), ("all from 5: hang", "'5' is not a time such as 500ms"),
        ("all by x: hang", "after 'by' comes the id of a bot"), ("all: ", "'' is no way to go wrong"),
        ("all: hang 5s", "'hang 5s' is no way"), ("all: delay", "'delay' is no way"),
        ("all: 429 0", "'429 0' is no way"), ("all: 200", "'200' is no way"), ("all: hung", "delete_message"),
        ("[{}]", "'behaviour' is missing"), ("[1]", "element 1 is not an object"), ("[", "this is not JSON"),
        (#"{"methud":"x","behaviour":"hang"}"#, "no field 'methud'"),
        (#"{"behaviour":"hang","share":2}"#, "'share' is a number"),
        (#"{"behaviour":"hang","times":"some"}"#, "'times' is a whole number"),
        (#"{"behaviour":"hung"}"#, "'hung' is no behaviour"),
        (#"{"behaviour":"hang","until":5}"#, "'until' is a time"),
    ])
    func `an error says what is wrong and gives an example`(text: String, problem: String) {
        let error = #expect(throws: SimulationError.self) { try Fault.parse(text) }
        #expect(error?.description.contains(problem) == true, "\(error?.description ?? "-")")
        #expect(error?.description.contains("for example: ") == true)
    }

    @Test func `the examples of errors are right`() throws {
        #expect(try Fault.parse(Fault.exampleRule).count == 1)
        #expect(try Fault.parse(Fault.exampleObject).count == 1)
    }
}
