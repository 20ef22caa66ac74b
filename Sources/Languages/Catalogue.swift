/// All that players read, a file for each language with a line `key = text` for each text; what stands in braces is
/// filled in where it is shown.
package enum Catalogue {
    private static let all = Dictionary(
        uniqueKeysWithValues: Language.allCases.map { language in
            (language, Dictionary(lines(of: language)) { first, _ in first })
        }
    )

    /// The texts in a language, by key.
    package static func texts(in language: Language) -> [String: String] { all[language] ?? [:] }

    /// The lines of a language's file.
    static func lines(of language: Language) -> [(key: String, text: String)] {
        String(decoding: file(of: language), as: UTF8.self).split(separator: "\n").map { line in
            let parts = line.split(separator: " = ", maxSplits: 1)
            return (String(parts[0]), parts.count == 2 ? String(parts[1]) : "")
        }
    }

    private static func file(of language: Language) -> [UInt8] {
        switch language {
        case .en: PackageResources.en_txt
        case .ru: PackageResources.ru_txt
        case .uk: PackageResources.uk_txt
        case .de: PackageResources.de_txt
        case .es: PackageResources.es_txt
        case .fr: PackageResources.fr_txt
        case .it: PackageResources.it_txt
        case .pt: PackageResources.pt_txt
        case .tr: PackageResources.tr_txt
        case .id: PackageResources.id_txt
        case .fa: PackageResources.fa_txt
        case .ar: PackageResources.ar_txt
        }
    }
}
