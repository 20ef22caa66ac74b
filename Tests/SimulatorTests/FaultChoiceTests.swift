import Testing

@testable import Simulator

/// Which fault a call meets.
@Suite struct FaultChoiceTests {
    private static func call(
        _ method: String = "setGameScore",
        in chats: [String] = ["-1"],
        bot: Int64 = 7,
        at time: Int64 = 1_000
    ) -> Fault.Call {
        (method, bot, chats, time)
    }

    private static func planned(_ text: String, at time: Int64 = 1_000) throws -> [Fault] {
        try Fault.parse(text).map { fault in
            var fault = fault
            fault.plannedAt = time
            return fault
        }
    }

    private static func taken(_ faults: inout [Fault], _ call: Fault.Call) -> String? {
        var random = Identifiers(seed: 1)
        return Fault.take(from: &faults, for: call, using: &random)?.name
    }

    @Test func `the first that fits is taken, as often as it says`() throws {
        var faults = try Self.planned("first 2 of SetGameScore: 500; first 1 of all: hang")
        #expect(Self.taken(&faults, Self.call("getMe")) == "hang")
        #expect((0..<3).map { _ in Self.taken(&faults, Self.call()) } == ["500", "500", nil])
        #expect(faults.isEmpty)
    }

    @Test func `only its chat and bot meet it`() throws {
        var faults = try Self.planned("all in -1 by 7: hang")
        #expect(Self.taken(&faults, Self.call(in: ["-2"])) == nil)
        #expect(Self.taken(&faults, Self.call(in: [])) == nil)
        #expect(Self.taken(&faults, Self.call(bot: 8)) == nil)
        #expect(Self.taken(&faults, Self.call(in: ["x", "-1"])) == "hang")
    }

    @Test func `it lasts from its beginning to before its end`() throws {
        var faults = try Self.planned("all from 1s until 3s: hang", at: 10_000)
        let names = [10_000, 10_999, 11_000, 12_999].map { Self.taken(&faults, Self.call(at: $0)) }
        #expect(names == [nil, nil, "hang", "hang"])
        #expect(Self.taken(&faults, Self.call(at: 13_000)) == nil)
        #expect(faults.isEmpty)
    }

    @Test func `a part of the calls meets it, in all of its ways, the same ones with the same seed`() throws {
        func draws(_ seed: UInt64) throws -> [String] {
            var faults = try Self.planned("50% of all: any")
            var random = Identifiers(seed: seed)
            return (0..<1_000).map { _ in
                Fault.take(from: &faults, for: Self.call(), using: &random)?.name ?? "-"
            }
        }
        let first = try draws(3)
        #expect((400...600).contains(first.count { $0 == "-" }))
        #expect(Set(first) == Set(Fault.Behaviour.everyWay.map(\.name) + ["-"]))
        #expect(try draws(3) == first)
        #expect(try draws(4) != first)
    }
}
