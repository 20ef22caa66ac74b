import TestSupport
import Testing

@testable import Scoring

@Suite struct RecentValuesTests {
    @Test(arguments: [0, 1, 99, 1000, 5000])
    func `never more is kept than allowed, and nothing that is not what was put in last`(limit: Int) {
        var generator = SeededGenerator(seed: UInt64(limit))
        var values = RecentValues<Int, Int>(limit: limit)
        var model: [Int: Int] = [:]
        var hits = 0
        for step in 0..<20_000 {
            let key = Int.random(in: 0..<60, using: &generator)
            if Bool.random(using: &generator) {
                values.insert(step, size: Int.random(in: 1...80, using: &generator), for: key)
                model[key] = step
            } else if let found = values.value(for: key) {
                hits += 1
                #expect(found == model[key])
            }
            #expect(values.size >= 0 && values.size <= limit)
        }
        #expect((hits > 0) == (limit >= 99))
        #expect((hits > 9000) == (limit == 5000))
    }

    @Test func `what is used stays, however much else comes by`() {
        var values = RecentValues<Int, String>(limit: 100)
        values.insert("used", size: 10, for: 0)
        for key in 1...1000 {
            values.insert("not", size: 10, for: key)
            #expect(values.value(for: 0) == "used")
        }
        #expect(values.value(for: 500) == nil)
    }

    @Test func `what outgrew the bound takes its former self along`() {
        var values = RecentValues<Int, String>(limit: 100)
        values.insert("small", size: 10, for: 0)
        values.insert("large", size: 51, for: 0)
        #expect(values.value(for: 0) == nil)
        #expect(values.size == 0)
    }
}
