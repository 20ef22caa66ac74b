import Foundation

/// What `Storage` offers to others, read from its source.
enum StorageDeclarations {
    private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Sources/Storage")

    /// The statements, and what sessions do by several, each by name and labels: `gameGet(_:)`.
    static var all: Set<String> {
        get throws {
            let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
            var names: Set<String> = []
            while let file = files?.nextObject() as? URL {
                guard file.pathExtension == "swift" else { continue }
                names.formUnion(declarations(in: try String(contentsOf: file, encoding: .utf8)))
            }
            return names
        }
    }

    private static func declarations(in text: String) -> [String] {
        var names: [String] = []
        // Extensions begin and end at the margin.
        for part in text.split(separator: /\n}\n/) {
            guard let begin = part.firstMatch(of: /(?:^|\n)extension (?:Statement|Query|Session)\b(?!\.)/)
            else {
                continue
            }
            let members = part[begin.range.upperBound...]
            for match in members.matches(of: /\n    package (?:static )?func (\w+)(?:<[^>]*>)?\(/) {
                let (labels, end) = labels(from: members[match.range.upperBound...])
                // Pieces of statements are text.
                guard members[end...].prefix(while: { $0 != "{" }).firstMatch(of: /-> String\s*$/) == nil
                else {
                    continue
                }
                names.append("\(match.1)(\(labels.map { "\($0):" }.joined()))")
            }
        }
        return names
    }

    /// The labels of parameters up to the closing parenthesis.
    private static func labels(from text: Substring) -> ([Substring], Substring.Index) {
        var labels: [Substring] = []
        var depth = 0
        var isAtLabel = true
        for index in text.indices {
            let character = text[index]
            if isAtLabel, character.isLetter || character == "_" {
                labels.append(text[index...].prefix { $0.isLetter || $0.isNumber || $0 == "_" })
                isAtLabel = false
            }
            switch character {
            case "(", "[", "<", "{": depth += 1
            case ")" where depth == 0: return (labels, index)
            case ")", "]", "}": depth -= 1
            case ">" where text[text.index(before: index)] != "-": depth -= 1
            case "," where depth == 0: isAtLabel = true
            default: break
            }
        }
        return (labels, text.endIndex)
    }
}
