/// A language in which players are spoken to.
package enum Language: String, CaseIterable, Sendable {
    case en, ru, uk, de, es, fr, it, pt, tr, id, fa, ar

    /// How many languages of a reader's list are looked at.
    private static let longestList = 32

    /// The language of a tag such as `pt-BR` (RFC 5646); nil for one that nobody has translated to.
    package init?(tag: some StringProtocol) {
        let primary = tag.prefix { $0 != "-" && $0 != "_" }.lowercased()
        // The code that Indonesian had until 1989, which some systems still send.
        self.init(rawValue: primary == "in" ? "id" : primary)
    }

    /// The language that a reader likes best of those there are; English otherwise.
    ///
    /// - Parameter list: An `Accept-Language` (RFC 9110, section 12.5.4).
    package init(preferredBy list: String?) {
        var best: (language: Language, weight: Double)?
        for range in (list ?? "").split(separator: ",").prefix(Self.longestList) {
            let parts = range.split(separator: ";").map { $0.filter { $0 != " " && $0 != "\t" } }
            guard let tag = parts.first, let language = Language(tag: tag) else { continue }
            let weight =
                parts.dropFirst().first { $0.hasPrefix("q=") }.map { Double($0.dropFirst(2)) ?? 0 } ?? 1
            if weight > best?.weight ?? 0 { best = (language, weight) }
        }
        self = best?.language ?? .en
    }

    /// How it is written, as HTML says it: `ltr` or `rtl`.
    package var direction: String { self == .ar || self == .fa ? "rtl" : "ltr" }

    /// What players read under a key, which is one of the catalogues.
    package func text(_ key: String) -> String { Catalogue.texts(in: self)[key] ?? key }
}
