import Leaderboards
import Testing
import Tokens

/// A plan is known again by its name.
struct PlanTokenTests {
    @Test func `the same plan has the same name, and no other has it`() {
        let token = PlanToken(of: ["run 1", "run 2"])
        #expect(token == PlanToken(of: ["run 1", "run 2"]))
        #expect(token != PlanToken(of: ["run 1run 2"]) && token != PlanToken(of: ["run 2", "run 1"]))
        #expect(PlanToken(token.description) == token)
    }

    @Test(arguments: ["", "0123456789abcde", "0123456789abcdefa", "0123456789ABCDEF", "0123456789abcdeg"])
    func `anything else is no name`(_ text: String) { #expect(PlanToken(text) == nil) }

    @Test(arguments: [
        ("0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00", true), ("0F3C1E52-6A0B-4D8E-9F21-7C5D3B2A1E00", true),
        ("0f3c1e526a0b4d8e9f217c5d3b2a1e00", false), ("+f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e00", false),
        ("0f3c1e52-6a0b-4d8e-9f21-7c5d3b2a1e0", false), ("", false),
    ])
    func `a run is named as answers spell it`(_ text: String, _ isRun: Bool) {
        #expect((RunID(text: text)?.description == text.lowercased()) == isRun)
    }
}
