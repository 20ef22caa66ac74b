/// What the clocks of one time zone show, as a table of offsets from UTC.
///
/// Questions are answered from the table by binary search and whole numbers. Before 1970 the first offset holds and
/// after the table's end, beyond the year 2100, the last one. Two values with the same name are equal.
package struct ZoneRules: Hashable, Sendable {
    /// The name in the IANA time zone database, or `UTC`.
    package let name: String
    private let periods: [Period]

    /// A stretch of time with one offset.
    private struct Period {
        /// The first millisecond since the epoch.
        let start: Int64
        /// What the clocks add to UTC, in milliseconds.
        let offset: Int64
        /// The latest that clocks have shown by its end, exclusive, in local milliseconds.
        ///
        /// Clocks that are put back do not lower it.
        let latest: Int64
    }

    /// Makes the table of a zone.
    ///
    /// - Parameters:
    ///   - name: The name of the zone.
    ///   - offset: What its clocks add to UTC before the first change, in milliseconds.
    ///   - changes: From when on they add something else.
    init(name: String, offset: Int64, changes: [(at: Int64, offset: Int64)]) {
        self.name = name
        var periods: [Period] = []
        periods.reserveCapacity(changes.count + 1)
        var start = Int64.min
        var offset = offset
        var latest = Int64.min
        for change in changes {
            latest = max(latest, change.at + offset)
            periods.append(Period(start: start, offset: offset, latest: latest))
            start = change.at
            offset = change.offset
        }
        periods.append(Period(start: start, offset: offset, latest: .max))
        self.periods = periods
    }

    /// Coordinated universal time, which has no changes.
    package static let utc = ZoneRules(name: "UTC", offset: 0, changes: [])

    package static func == (left: ZoneRules, right: ZoneRules) -> Bool { left.name == right.name }
    package func hash(into hasher: inout Hasher) { hasher.combine(name) }

    private static let dayLength: Int64 = 86_400_000

    /// The latest local date that has begun by a moment.
    ///
    /// It differs from the date on the clocks only after they were put back over midnight.
    ///
    /// - Parameter instant: The moment, in the years up to 9999.
    /// - Returns: The date as days since 1970-01-01.
    func localDay(at instant: Instant) -> Int64 {
        let time = instant.milliseconds
        let index = firstPeriod { $0.start > time } - 1
        var local = time + periods[index].offset
        if index > 0 { local = max(local, periods[index - 1].latest - 1) }
        let day = local / Self.dayLength
        return local % Self.dayLength < 0 ? day - 1 : day
    }

    /// The first moment at which clocks show a date or a later one.
    ///
    /// - Parameter day: The date as days since 1970-01-01, in the years up to 9999.
    /// - Returns: The moment that the date begins; for a date that clocks jumped over, the moment of the jump.
    func begin(ofDay day: Int64) -> Instant {
        let midnight = day * Self.dayLength
        let period = periods[firstPeriod { $0.latest > midnight }]
        return Instant(milliseconds: max(period.start, midnight - period.offset))
    }

    /// The index of the first period of which something is true that stays true from there on.
    @inline(__always)
    private func firstPeriod(where isReached: (Period) -> Bool) -> Int {
        var low = 0
        var high = periods.count
        while low < high {
            let middle = (low + high) / 2
            if isReached(periods[middle]) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
