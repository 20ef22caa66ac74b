import ArgumentParser
import JSON

/// The manual pages, made of what the parser says of the commands (`--experimental-dump-help`).
struct ManualPages {
    /// A page's file name, such as `highscores-game-add.1`, and its text in mdoc(7).
    let pages: [(name: String, text: String)]

    /// Makes the pages of all commands that help shows.
    init() throws {
        let dump = try JSON.parse(Array(HighscoresCommand._dumpHelp().utf8))
        guard let root = dump["command"] else { throw JSONError(message: "no command", offset: 0) }
        var pages: [(name: String, text: String)] = []
        Self.collect(root, [], into: &pages)
        self.pages = pages
    }

    private static func collect(
        _ command: JSONValue,
        _ above: [String],
        into pages: inout [(name: String, text: String)]
    ) {
        guard let name = command["commandName"]?.string, name != "help",
            command["shouldDisplay"]?.bool ?? true
        else { return }
        let path = above + [name]
        pages.append((path.joined(separator: "-") + ".1", page(command, path)))
        for subcommand in command["subcommands"].map({ Array($0.elements) }) ?? [] {
            collect(subcommand, path, into: &pages)
        }
    }

    private static func page(_ command: JSONValue, _ path: [String]) -> String {
        let title = path.joined(separator: "-")
        let arguments = (command["arguments"].map { Array($0.elements) } ?? []).filter {
            $0["shouldDisplay"]?.bool ?? true
        }
        let subcommands = (command["subcommands"].map { Array($0.elements) } ?? []).filter {
            $0["commandName"]?.string != "help" && $0["shouldDisplay"]?.bool ?? true
        }
        var text = """
            .Dd $Mdocdate$
            .Dt \(title.uppercased()) 1
            .Os
            .Sh NAME
            .Nm \(path.joined(separator: " "))
            .Nd \(escaped(command["abstract"]?.string ?? "").trimmedPeriod)
            .Sh SYNOPSIS
            .Nm \(path.joined(separator: " "))

            """
        if !subcommands.isEmpty { text += ".Ar subcommand\n" }
        text += arguments.map(synopsis).joined()
        if !subcommands.isEmpty {
            text += ".Sh SUBCOMMANDS\n.Bl -tag -width Ds\n"
            for subcommand in subcommands {
                let name = subcommand["commandName"]?.string ?? ""
                text += ".It \(name)\n\(escaped(subcommand["abstract"]?.string ?? ""))\nSee\n"
                text += ".Xr \((path + [name]).joined(separator: "-")) 1 .\n"
            }
            text += ".El\n"
        }
        if !arguments.isEmpty {
            text += ".Sh OPTIONS\n.Bl -tag -width Ds\n" + arguments.map(item).joined() + ".El\n"
        }
        return text + sections(command["discussion"]?.string ?? "")
    }

    /// An argument as the synopsis shows it.
    private static func synopsis(_ argument: JSONValue) -> String {
        let value = argument["valueName"]?.string ?? "value"
        let words =
            switch argument["kind"]?.string {
            case "positional": "Ar \(value)"
            case "option": "Fl \(flags(argument).last ?? "") Ar \(value)"
            default: "Fl \(flags(argument).last ?? "")"
            }
        return (argument["isOptional"]?.bool ?? true) ? ".Op \(words)\n" : ".\(words)\n"
    }

    private static func item(_ argument: JSONValue) -> String {
        let value = argument["valueName"]?.string ?? "value"
        let names = flags(argument).map { "Fl \($0)" }.joined(separator: " , ")
        let head =
            switch argument["kind"]?.string {
            case "positional": "Ar \(value)"
            case "option": "\(names) Ar \(value)"
            default: names
            }
        var text = escaped(argument["abstract"]?.string ?? "")
        if let value = argument["defaultValue"]?.string, !value.isEmpty {
            text += "\n(default: \(escaped(value)))"
        }
        return ".It \(head)\n\(text)\n"
    }

    /// The spellings of an option as mdoc takes them, without the first dash.
    private static func flags(_ argument: JSONValue) -> [String] {
        (argument["names"].map { Array($0.elements) } ?? []).compactMap { name in
            guard let text = name["name"]?.string else { return nil }
            return name["kind"]?.string == "short" ? text : "-" + text
        }
    }

    /// The discussion: lines of capitals begin sections, the rest stands as it is.
    private static func sections(_ discussion: String) -> String {
        var text = ""
        var isOpen = false
        for line in discussion.split(separator: "\n", omittingEmptySubsequences: false) {
            let isHead =
                line.first?.isUppercase == true
                && line.allSatisfy { $0.isUppercase || $0 == " " }
            if isHead || !isOpen {
                if isOpen { text += ".Ed\n" }
                text += ".Sh \(isHead ? String(line) : "DESCRIPTION")\n.Bd -literal\n"
                isOpen = true
                if isHead { continue }
            }
            text += escaped(String(line)) + "\n"
        }
        return isOpen ? text + ".Ed\n" : text
    }

    /// Text that roff takes for text.
    private static func escaped(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
            let safe = line.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\e")
            return safe.first == "." || safe.first == "'" ? "\\&" + safe : safe
        }.joined(separator: "\n")
    }
}

extension String {
    /// The text without a period at its end, as a page's NAME has it.
    fileprivate var trimmedPeriod: String { hasSuffix(".") ? String(dropLast()) : self }
}
