/// Which program this is.
package enum ProgramVersion {
    /// The number of the release.
    package static let number = "0.1.0"
    /// The commit that it was built from, with `-dirty` where files were changed; `unknown` without git.
    package static let commit = Commit.name
    /// Both.
    package static let text = "\(number) (\(commit))"
}
