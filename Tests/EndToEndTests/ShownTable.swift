import Foundation
import Glibc
import JSON
import Testing

/// A table as a terminal shows it, held against the same things as JSON.
struct ShownTable {
    /// The lines, the head first; without what goes to the terminal beside them.
    let lines: [String]
    /// The things, a JSON object for each.
    let things: [JSONValue]

    /// All fields, and those that the table has.
    private let fields: [String]
    private let columns: [String]

    /// Finds the table on a screen, whose head has the names of fields; of some there may be nothing to show, or no room
    /// for it.
    ///
    /// - Returns: Nil where there is no such head.
    init?(on screen: String, of things: [JSONValue], _ columns: [String]) {
        self.things = things
        let lines = screen.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        let head = lines.firstIndex { line in
            let names = line.split(separator: " ").map(String.init)
            return !names.isEmpty && names == columns.filter(names.contains)
        }
        guard let head, lines.count > head + things.count else { return nil }
        fields = columns
        self.columns = lines[head].split(separator: " ").map(String.init)
        self.lines = Array(lines[head...(head + things.count)])
    }

    /// How wide a terminal draws a text in the C library's opinion, which is no doing of this project.
    static func width(_ text: some StringProtocol) -> Int {
        text.unicodeScalars.reduce(0) { $0 + max(Int(wcwidth(Int32(bitPattern: $1.value))), 0) }
    }

    /// Not among what Swift's module of the C library holds.
    private static let wcwidth: @convention(c) (Int32) -> Int32 = {
        setlocale(LC_CTYPE, "C.UTF-8")
        guard let symbol = dlsym(nil, "wcwidth") else { return { _ in 1 } }
        return unsafeBitCast(symbol, to: (@convention(c) (Int32) -> Int32).self)
    }()

    /// Where the cells of a line begin and end, counted in columns of the terminal; nil for one that is empty.
    private func places(of cells: [String], in line: String) -> [Range<Int>?]? {
        var rest = line[...]
        var places: [Range<Int>?] = []
        for cell in cells {
            guard !cell.isEmpty else {
                places.append(nil)
                continue
            }
            guard let found = rest.firstRange(of: cell) else { return nil }
            // Nothing but spaces may be left out.
            guard rest[..<found.lowerBound].allSatisfy({ $0 == " " }) else { return nil }
            let start = Self.width(line[..<found.lowerBound])
            places.append(start..<start + Self.width(cell))
            rest = rest[found.upperBound...]
        }
        return rest.allSatisfy { $0 == " " } ? places : nil
    }

    /// What is wrong with how the columns stand.
    ///
    /// - Parameter rows: The cells as the same command pipes them.
    /// - Returns: A sentence for each fault.
    func faults(rows: [[String]]) -> [String] {
        var faults: [String] = []
        // A table has no milliseconds.
        let shown = rows.map { row in
            zip(fields, row).filter { columns.contains($0.0) }
                .map { $0.1.replacing(#/(T[0-9:]{8})\.[0-9]{3}Z/#) { "\($0.1)Z" } }
        }
        for (index, name) in fields.enumerated() where !columns.contains(name) {
            if rows.contains(where: { !$0[index].isEmpty }) { faults.append("'\(name)' is left out") }
        }
        var all: [[Range<Int>?]] = []
        for (cells, line) in zip([columns] + shown, lines) {
            guard let places = places(of: cells, in: line) else {
                return ["no such row: \(cells) in '\(line)'"]
            }
            all.append(places)
        }
        for (index, name) in columns.enumerated() {
            let places = all.compactMap { $0[index] }
            let kinds = Set(things.compactMap { $0[name]?.kind }.filter { $0 != .null })
            let isRight = Set(places.map(\.upperBound)).count == 1
            let isLeft = Set(places.map(\.lowerBound)).count == 1
            if kinds == [.number] {
                if !isRight { faults.append("numbers of '\(name)' do not stand at the right") }
            } else if !isLeft, !isRight {
                faults.append("'\(name)' does not stand in one column")
            }
        }
        return faults
    }
}
