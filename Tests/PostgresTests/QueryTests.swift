import Postgres
import Testing

/// Interpolation binds; only the labelled kind pastes.
struct QueryTests {
    @Test func `interpolated values become numbered parameters`() {
        let query: Query = "SELECT \(1) + \(Int64(2)), \(String?.none) WHERE \([1, 2]) IS NOT NULL"
        #expect(query.sql == "SELECT $1 + $2, $3 WHERE $4 IS NOT NULL")
    }

    @Test func `unescaped text is pasted`() {
        let query: Query = "SELECT * FROM \(unescaped: "games") WHERE id = \(7)"
        #expect(query.sql == "SELECT * FROM games WHERE id = $1")
    }

    @Test func `printing hides values`() {
        let query: Query = "SELECT \("s3cret")"
        #expect("\(query)" == "SELECT $1")
        #expect(String(reflecting: [query]).contains("s3cret") == false)
        var dumped = ""
        dump(query, to: &dumped)
        #expect(dumped.contains("s3cret") == false && dumped.contains("115") == false)
    }

    @Test func `the text does not depend on the values`() {
        func query(_ values: [String?]) -> Query { "SELECT unnest(\(values))" }
        #expect(query([]).sql == query(["a", nil]).sql)
    }
}
