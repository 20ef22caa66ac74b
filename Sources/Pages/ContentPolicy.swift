import Crypto
import Foundation

/// What a page may load and run (Content Security Policy).
package enum ContentPolicy {
    /// The policy of a page: the scripts and styles that stand in it, those of its own origin, and nothing else.
    ///
    /// - Parameter more: Directives that replace or follow those.
    package static func of(_ page: [UInt8], _ more: [String: String] = [:]) -> String {
        let text = String(decoding: page, as: UTF8.self)
        let directives = [
            "default-src": "'none'", "script-src": "'self'" + hashes(of: "script", in: text),
            "style-src": "'self'" + hashes(of: "style", in: text), "img-src": "'self'",
            "connect-src": "'self'",
            "base-uri": "'none'", "form-action": "'none'",
        ].merging(more) { $1 }
        return directives.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: "; ")
    }

    private static func hashes(of tag: String, in text: String) -> String {
        text.split(separator: "<\(tag)>").dropFirst().compactMap { $0.split(separator: "</\(tag)>").first }
            .map { " 'sha256-\(Data(SHA256.hash(data: Data($0.utf8))).base64EncodedString())'" }.joined()
    }
}
