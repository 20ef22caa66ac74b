/// How often one could go by what is remembered.
package struct MemoryStatistics: Hashable, Sendable {
    /// What it takes.
    package var bytes = 0
    /// How often the database confirmed it.
    package var hits = 0
    /// How often too little was remembered.
    package var misses = 0
    /// How often the database did not confirm it.
    package var failures = 0
}
