import ArgumentParser
import JSON
import Leaderboards
import Operations
import Scoring

/// The version of the JSON documents that commands print: it grows when a field goes or means something else, not
/// when one is added.
let documentSchema = 1

/// How times are shown.
enum ShownTimes: String, EnumerableFlag {
    case utc, local, relative

    static func help(for value: ShownTimes) -> ArgumentHelp? {
        switch value {
        case .utc: "Show times in UTC (default); JSON always does."
        case .local: "Show times in this machine's time zone, in tables and tab-separated values."
        case .relative: "Show how long ago times are, in tables and tab-separated values."
        }
    }
}

/// In which form a command shows its data.
struct OutputOptions: ParsableArguments {
    @Flag(help: "Print one JSON document.")
    var json = false

    @Flag(help: "Print one JSON object a line.")
    var ndjson = false

    @Option(help: ArgumentHelp("Print these fields only, separated by commas.", valueName: "a,b"))
    var fields: String?

    @Flag var times: ShownTimes = .utc

    @Flag(help: "Show all columns of a table, and milliseconds, however long its lines get.")
    var wide = false

    @Flag(help: "Begin tab-separated values with the names of their columns.")
    var header = false

    mutating func validate() throws {
        guard !(json && ndjson) else { throw ValidationError("'--json' and '--ndjson' exclude each other.") }
    }

    /// The fields asked for, of those that there are; without `--fields` all.
    func names(of known: [String]) throws(CommandFailure) -> [String] {
        guard let fields else { return known }
        let names = fields.split(separator: ",", omittingEmptySubsequences: false)
            .map { $0.split(separator: " ").joined(separator: " ") }
        for name in names where !known.contains(name) {
            let nearest = name.nearest(among: known).map { "did you mean '\($0)'? " } ?? ""
            throw CommandFailure(
                .usage,
                "--fields: there is no '\(name)'; \(nearest)there are \(known.joined(separator: ","))"
            )
        }
        return names
    }

    /// Prints things of one kind, and says so where there are none.
    ///
    /// - Parameter columns: The fields that each of them has.
    func print(_ records: [Record], columns: [String], orNone nothing: String? = nil) throws(CommandFailure) {
        let reader = Reader.current
        try StandardOutput.write(try text(of: records, columns: columns, for: reader))
        if records.isEmpty, let nothing { remark(nothing) }
        let hidden = try table(of: records, columns: columns, for: reader)?.hidden ?? []
        if !hidden.isEmpty { remark("'--wide' shows \(hidden.joined(separator: ", ")), too") }
    }

    /// Prints a single thing.
    func print(_ record: Record) throws(CommandFailure) {
        try StandardOutput.write(try text(of: record, for: .current))
    }

    /// Who reads what is printed.
    enum Reader {
        case person(seesColor: Bool, columns: Int? = nil)
        case program

        /// Whoever reads standard output.
        static var current: Reader {
            guard StandardOutput.isTerminal else { return .program }
            return .person(seesColor: StandardOutput.takesColor, columns: StandardOutput.columns)
        }
    }

    /// Lays things of one kind out, each line ended.
    ///
    /// - Parameter columns: The fields that each of them has.
    func text(of records: [Record], columns: [String], for reader: Reader) throws(CommandFailure) -> String {
        let names = try names(of: columns)
        let records = records.map { $0.selecting(names) }
        if json {
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("schema", documentSchema)
                writer.key("items")
                writer.array { for record in records { record.write(to: &$0) } }
            }
            return writer.text + "\n"
        }
        if let table = try table(of: records, columns: columns, for: reader) { return table.text }
        if case .person = reader, !ndjson { return "" }
        return try head(columns) + records.map(line).joined()
    }

    /// The line that names the columns, where tab-separated values are to begin with one.
    func head(_ columns: [String]) throws(CommandFailure) -> String {
        header && !json && !ndjson ? try names(of: columns).joined(separator: "\t") + "\n" : ""
    }

    /// Lays things out for a person; nil where nobody is to see a table, or there is nothing to be in it.
    ///
    /// Columns without any value are left out, unless they were asked for by name.
    private func table(
        of records: [Record],
        columns: [String],
        for reader: Reader
    ) throws(CommandFailure) -> TextTable? {
        guard !json, !ndjson, !records.isEmpty, case .person(let seesColor, let width) = reader else {
            return nil
        }
        let isChosen = wide || fields != nil
        let names = try names(of: columns).filter { name in
            isChosen || records.contains { $0[name].map { $0 != .none && $0 != .list([]) } ?? false }
        }
        return TextTable(
            records.map { record in
                let shown = shown(record.selecting(names))
                return wide ? shown : shown.withTimes { $0.secondsText }
            },
            columns: names,
            isColored: seesColor,
            width: wide ? nil : width,
            mayHide: !isChosen
        )
    }

    /// Lays one thing of a long list out for a program, which gets a line for each: JSON where that is asked for, else tab-separated values.
    func line(_ record: Record) -> String {
        guard json || ndjson else { return Self.tabSeparated(shown(record)) }
        var writer = JSONWriter()
        record.write(to: &writer)
        return writer.text + "\n"
    }

    /// The thing with its times as they were asked for.
    private func shown(_ record: Record) -> Record {
        switch times {
        case .utc: record
        case .local:
            record.withTimes { wide || !StandardOutput.isTerminal ? $0.localText : $0.localSecondsText }
        case .relative: record.withTimes { $0.text(relativeTo: .now) }
        }
    }

    /// Lays a single thing out.
    ///
    /// Without `--fields`, a program gets a line for each field, name and value; with it, one line of values.
    func text(of record: Record, for reader: Reader) throws(CommandFailure) -> String {
        let selected = record.selecting(try names(of: record.fields.map(\.name)))
        if ndjson { return line(selected) }
        if json {
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("schema", documentSchema)
                selected.writeFields(to: &writer)
            }
            return writer.text + "\n"
        }
        let shown = shown(selected)
        switch reader {
        case .person: return TextTable.lines(of: shown)
        case .program where fields != nil:
            return try head(record.fields.map(\.name)) + Self.tabSeparated(shown)
        case .program: return shown.fields.map { "\($0.name)\t\(Self.escaped($0.value))\n" }.joined()
        }
    }

    private static func tabSeparated(_ record: Record) -> String {
        record.fields.map { escaped($0.value) }.joined(separator: "\t") + "\n"
    }

    /// A value that holds no tab and no line break; a backslash in it is doubled, so that it can be read back.
    private static func escaped(_ value: FieldValue) -> String {
        value.plain.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
            .withVisibleControls
    }
}
