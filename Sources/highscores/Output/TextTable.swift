import Operations

/// Records in aligned columns, for a terminal.
struct TextTable {
    /// The lines, the head first.
    let text: String
    /// The columns that had no room.
    private(set) var hidden: [String] = []

    /// Fields whose values are for reading only, so that they may be cut off where there is no room: whatever has to
    /// be typed again, such as an id, is always whole.
    private static let shortened: Set<String> = [
        "detail", "label", "last_error", "name", "note", "reason", "subject", "title", "url", "username",
        "why",
    ]
    /// Columns that are left out where there is no room for all, the first one first: what other columns say as well, what
    /// is seldom looked for, and what is the same for most.
    private static let expendable = [
        "allowed_updates", "target", "correction", "attempts", "last_call_at", "due_at", "ended_at",
        "started_at",
        "submitted", "entry_score", "entry_run", "outcome", "state", "hint", "retry_at", "public",
        "telegram_score",
        "game",
        "chat", "accepted_at", "reasons",
    ]
    /// As much of a value remains at least.
    private static let leastWidth = 8

    /// Lays a table out.
    ///
    /// Where it is wider than the terminal, long texts are cut off, then columns are left out that can be spared; where that
    /// is not enough, each record takes a line for each of its fields, since lines that wrap cannot be read as columns.
    init(
        _ records: [Record],
        columns: [String],
        isColored: Bool,
        width: Int? = nil,
        mayHide: Bool = false
    ) {
        let rows = records.map { $0.fields.map { $0.value.plain.withVisibleControls } }
        let isNumeric = columns.indices.map { column in
            let cells = records.map { $0.fields[column].value }
            return cells.contains(where: \.isNumeric) && cells.allSatisfy { $0.isNumeric || $0 == .none }
        }
        let natural = columns.indices.map { column in
            rows.reduce(columns[column].displayWidth) { max($0, $1[column].displayWidth) }
        }
        var shown = Array(columns.indices)
        var fitting = Self.fit(natural, columns, into: width)
        for name in mayHide ? Self.expendable : [] where fitting == nil {
            guard let index = shown.firstIndex(where: { columns[$0] == name }), shown.count > 1 else {
                continue
            }
            shown.remove(at: index)
            hidden.append(name)
            fitting = Self.fit(shown.map { natural[$0] }, shown.map { columns[$0] }, into: width)
        }
        guard let widths = fitting else {
            hidden = []
            text = records.map { Self.lines(of: $0, isColored: isColored, withEmpty: false) }
                .joined(separator: "\n")
            return
        }
        func line(_ cells: [String]) -> String {
            var line = ""
            for (place, column) in shown.enumerated() {
                if place > 0 { line += "  " }
                let cell = cells[column].cut(to: widths[place])
                let isLast = place == shown.count - 1
                line +=
                    isLast && !isNumeric[column]
                    ? cell : cell.padded(to: widths[place], atStart: isNumeric[column])
            }
            return line
        }
        let head = line(columns)
        text = ([isColored ? Self.bold(head) : head] + rows.map(line)).map { $0 + "\n" }.joined()
    }

    /// Lays one record out, a line for each field.
    ///
    /// - Parameters:
    ///   - withEmpty: Whether fields without a value are shown.
    static func lines(of record: Record, isColored: Bool = false, withEmpty: Bool = true) -> String {
        let width = record.fields.map(\.name.displayWidth).max() ?? 0
        let shown = record.fields.filter { withEmpty || !$0.value.plain.isEmpty }
        return shown.enumerated().map { index, field in
            let name = field.name.padded(to: width)
            return
                "\(isColored && index == 0 ? bold(name) : name)  \(field.value.plain.withVisibleControls)\n"
        }.joined()
    }

    private static func bold(_ text: String) -> String { "\u{1B}[1m\(text)\u{1B}[0m" }

    /// The widths of columns that fit a terminal; nil where none do.
    private static func fit(_ natural: [Int], _ columns: [String], into width: Int?) -> [Int]? {
        var excess = natural.reduce(2 * (natural.count - 1), +) - (width ?? .max)
        var widths = natural
        while excess > 0 {
            // The widest first, so that what is short anyway stays whole.
            let widest = columns.indices.filter { column in
                shortened.contains(columns[column])
                    && widths[column] > max(leastWidth, columns[column].displayWidth)
            }.max { widths[$0] < widths[$1] }
            guard let widest else { return nil }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }
}
