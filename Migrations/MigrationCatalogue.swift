/// The schema's steps as they are embedded in the binary.
///
/// Until version 1.0 there is one, the baseline, which is edited in place; a database that an earlier one made is not
/// brought up to date. From 1.0 on a file that has landed never changes, since databases remember its checksum: a change
/// of the schema is a new file, written so that the version of the code before it can run beside it.
package enum MigrationCatalogue {
    /// One step of the schema.
    package struct File: Sendable {
        /// Its place in the order, from 1 without gaps.
        package let number: Int
        package let name: String
        /// The statements, run in one transaction.
        package let sql: [UInt8]
    }

    /// The parts of the baseline, each on the tables of those before it.
    package static let baseline: [(name: String, sql: [UInt8])] = [
        ("games", PackageResources.M0001_1_games_sql),
        ("players", PackageResources.M0001_2_players_sql),
        ("chats", PackageResources.M0001_3_chats_sql),
        ("log", PackageResources.M0001_4_log_sql),
        ("boards", PackageResources.M0001_5_boards_sql),
        ("deliveries", PackageResources.M0001_6_deliveries_sql),
    ]

    /// All steps in order.
    package static let files = [
        File(number: 1, name: "baseline", sql: Array(baseline.map(\.sql).joined(separator: [0x0A])))
    ]
}
