/// The schema's history as it is embedded in the binary.
///
/// A file that has landed never changes: databases remember its checksum. A change of the schema is a new file,
/// written so that the version of the code before it can run beside it.
package enum MigrationCatalogue {
    /// One step of the schema.
    package struct File: Sendable {
        /// Its place in the order, from 1 without gaps.
        package let number: Int
        /// What the step brings, as in the file's name.
        package let name: String
        /// The statements, run in one transaction.
        package let sql: [UInt8]
    }

    /// All steps in order.
    package static let files: [File] = [
        File(number: 1, name: "identities", sql: PackageResources.M0001_identities_sql),
        File(number: 2, name: "leaderboards", sql: PackageResources.M0002_leaderboards_sql),
        File(number: 3, name: "windows", sql: PackageResources.M0003_windows_sql),
        File(number: 4, name: "delivery", sql: PackageResources.M0004_delivery_sql),
        File(number: 5, name: "corrections", sql: PackageResources.M0005_corrections_sql),
        File(number: 6, name: "moderation", sql: PackageResources.M0006_moderation_sql),
        File(number: 7, name: "servers", sql: PackageResources.M0007_servers_sql),
        File(number: 8, name: "log_by_time", sql: PackageResources.M0008_log_by_time_sql),
    ]
}
