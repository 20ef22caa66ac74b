import HTTPTypes

extension HTTPFields {
    /// The value of a header.
    ///
    /// The same as the library's subscript, which goes the long way of joining even where there is one value or none.
    ///
    /// - Returns: The value; several are joined by commas; nil where there is none.
    func text(_ name: HTTPField.Name) -> String? {
        var text: String?
        for field in self where field.name == name {
            if text != nil { return self[name] }
            text = field.value
        }
        return text
    }
}
