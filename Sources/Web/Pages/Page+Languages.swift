import HTTPTypes
import JSON
import Languages
import Pages

extension Page {
    /// The page in a language: what its file names in double braces is filled in.
    ///
    /// - Parameter values: Plain text by name, beside that of the catalogue.
    /// - Returns: The page in UTF-8.
    func written(in language: Language, _ values: [String: String] = [:]) -> [UInt8] {
        let catalogue = Catalogue.texts(in: language)
        var parts = String(decoding: bytes, as: UTF8.self).split(
            separator: "{{",
            omittingEmptySubsequences: false
        )
        var text = String(parts.removeFirst())
        for part in parts {
            let pieces = part.split(separator: "}}", maxSplits: 1, omittingEmptySubsequences: false)
            let name = String(pieces[0])
            switch name {
            case "lang": text += language.rawValue
            case "dir": text += language.direction
            case "texts": text += Self.script(catalogue.filter { $0.key.hasPrefix("board.") })
            default: text += (values[name] ?? catalogue[name] ?? name).escapedForMarkup
            }
            text += pieces.dropFirst().joined()
        }
        return Array(text.utf8)
    }

    /// Texts as an object of JSON within an element of a page.
    private static func script(_ texts: [String: String]) -> String {
        var writer = JSONWriter()
        writer.object {
            for (key, text) in texts.sorted(by: { $0.key < $1.key }) {
                $0.key(escaping: key)
                $0.value(text)
            }
        }
        return String(decoding: writer.bytes, as: UTF8.self).replacing("<", with: #"\u003c"#)
    }
}

extension String {
    /// The text as it stands in an element or in quotes of an attribute.
    fileprivate var escapedForMarkup: String {
        replacing("&", with: "&amp;").replacing("<", with: "&lt;").replacing("\"", with: "&quot;")
    }
}

extension Request {
    /// The language for a page: `lang` of its address, else what the reader's browser prefers.
    var language: Language {
        (try? QueryValues(query).text("lang")).flatMap { Language(tag: $0) }
            ?? Language(preferredBy: headers[.acceptLanguage])
    }
}
