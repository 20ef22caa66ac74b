import HTTPTypes
import NIOHTTP1

extension HTTPHeaders {
    /// The value of a header.
    ///
    /// Few of a request's headers are asked for, so that they are left as they came.
    ///
    /// - Returns: The value; several are joined by commas; nil where there is none.
    subscript(_ name: HTTPField.Name) -> String? {
        let wanted = name.canonicalName
        var text: String?
        for (name, value) in self where name.utf8.count == wanted.utf8.count && name.isSame(as: wanted) {
            text = text.map { "\($0), \(value)" } ?? value
        }
        return text
    }
}

extension StringProtocol {
    /// Whether a text is a name whatever its case; the name is of small letters, digits and hyphens.
    func isSame(as name: String) -> Bool {
        guard utf8.count == name.utf8.count else { return false }
        var expected = name.utf8.makeIterator()
        for byte in utf8 where byte | 0x20 != expected.next() { return false }
        return true
    }
}
