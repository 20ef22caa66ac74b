/// Which program this is.
package enum ProgramVersion {
    /// The number of the release.
    package static let number = "0.1.0"
    /// The number, and from which commit it was built.
    package static let text = "\(number)"
}
