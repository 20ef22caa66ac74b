/// Divides time into the windows of one game or chat.
///
/// The window of a moment is the last one that has begun by then, and a window begins at the first moment whose
/// local date is in it. So windows of one kind touch, never overlap, and leave no gap, whatever the clocks of the
/// zone do: a day may have 23 or 25 hours, and a date that the clocks jumped over has no window.
///
/// Days, weeks and months are known from the first moment of 1970 on and as long as they end before the year 10000,
/// the years that RFC 3339 can write.
package struct WindowCalendar: Hashable, Sendable {
    package let zone: ZoneRules
    /// When each season starts, ascending.
    package let seasons: [Instant]

    private static let earliest = Instant(milliseconds: 0)
    /// What would end later begins the year 10000.
    private static let limit = Instant.latest

    /// Sets up a calendar.
    ///
    /// - Parameters:
    ///   - zone: Whose local dates make days, weeks and months.
    ///   - seasons: When each season starts; a season ends where the next one starts, and is numbered by its start.
    package init(zone: ZoneRules, seasons: [Instant]) {
        self.zone = zone
        self.seasons = seasons.sorted()
    }

    /// Finds the window that a moment belongs to.
    ///
    /// - Parameter instant: The moment, for example the start of a run.
    /// - Returns: The window, which contains the moment; nil for a season before the first start and for days, weeks
    ///   and months outside the years 1970 to 9999.
    package func interval(_ window: WindowKind, containing instant: Instant) -> WindowInterval? {
        switch window {
        case .all:
            return .always
        case .season:
            return season(startedSeasons(by: instant))
        case .day, .week, .month:
            guard instant >= Self.earliest, instant < Self.limit else { return nil }
            return DateSpan(window, containing: zone.localDay(at: instant)).flatMap(dates(of:))
        }
    }

    /// Finds a window by its name.
    ///
    /// - Parameter label: Its name, spelled as ``WindowInterval/label`` spells it.
    /// - Returns: The window; nil for anything that is not the name of one, such as a date that did not exist in the
    ///   zone or a season that has no start.
    package func interval(_ window: WindowKind, labelled label: String) -> WindowInterval? {
        switch window {
        case .all:
            return label.isEmpty ? .always : nil
        case .season:
            guard let number = Int(label), String(number) == label else { return nil }
            return season(number)
        case .day, .week, .month:
            return DateSpan(window, labelled: label).flatMap(dates(of:))
        }
    }

    /// Lists the windows that have a part in a stretch of time.
    ///
    /// - Parameters:
    ///   - first: The first moment of the stretch.
    ///   - last: The last moment of the stretch, itself in it; earlier than `first` means no stretch at all.
    /// - Returns: The windows in ascending order, each touching the next.
    package func intervals(_ window: WindowKind, from first: Instant, through last: Instant)
        -> [WindowInterval]
    {
        var position = first
        switch window {
        case .all: break
        case .season: position = max(first, seasons.first ?? first)
        case .day, .week, .month: position = max(first, Self.earliest)
        }
        var found: [WindowInterval] = []
        while position <= last, let next = interval(window, containing: position) {
            found.append(next)
            guard let end = next.to else { break }
            position = end
        }
        return found
    }

    /// The window of some local dates, unless none of them existed or they lie outside the years that are known.
    private func dates(of span: DateSpan) -> WindowInterval? {
        let from = zone.begin(ofDay: span.days.lowerBound)
        let to = zone.begin(ofDay: span.days.upperBound)
        guard from < to, to > Self.earliest, to < Self.limit else { return nil }
        return WindowInterval(window: span.window, label: span.label, from: from, to: to)
    }

    /// How many seasons have started by a moment, itself included.
    private func startedSeasons(by instant: Instant) -> Int {
        var low = 0
        var high = seasons.count
        while low < high {
            let middle = (low + high) / 2
            if seasons[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }

    /// The season with a number, counted from 1.
    private func season(_ number: Int) -> WindowInterval? {
        guard number >= 1, number <= seasons.count else { return nil }
        let from = seasons[number - 1]
        let to = number < seasons.count ? seasons[number] : nil
        // Two starts at one moment leave the earlier season without any time.
        if let to, to <= from { return nil }
        return WindowInterval(window: .season, label: String(number), from: from, to: to)
    }
}
