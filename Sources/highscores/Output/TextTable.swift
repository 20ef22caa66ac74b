/// Records in aligned columns, for a terminal.
struct TextTable {
    /// The lines, the head first.
    let text: String

    /// Lays a table out.
    ///
    /// - Parameters:
    ///   - records: The rows.
    ///   - columns: The names of their fields.
    ///   - isColored: Whether the head may be set in bold.
    init(_ records: [Record], columns: [String], isColored: Bool) {
        let rows = records.map { $0.fields.map { $0.cell.plain.withVisibleControls } }
        let isNumeric = columns.indices.map { column in
            let cells = records.map { $0.fields[column].cell }
            return cells.contains(where: \.isNumeric) && cells.allSatisfy { $0.isNumeric || $0 == .none }
        }
        let widths = columns.indices.map { column in
            rows.reduce(columns[column].displayWidth) { max($0, $1[column].displayWidth) }
        }
        func line(_ cells: [String]) -> String {
            var line = ""
            for (column, cell) in cells.enumerated() {
                if column > 0 { line += "  " }
                let isLast = column == cells.count - 1
                line +=
                    isLast && !isNumeric[column]
                    ? cell : cell.padded(to: widths[column], atStart: isNumeric[column])
            }
            return line
        }
        let head = line(columns)
        text = ([isColored ? "\u{1B}[1m\(head)\u{1B}[0m" : head] + rows.map(line)).map { $0 + "\n" }.joined()
    }
}
