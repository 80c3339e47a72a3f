/// Outcomes over sliding windows: those of the latest labels, of an hour and of a day.
///
/// The windows of time are made of minutes, so that an hour is 60 to 61 of them; an outcome belongs to the minute in
/// which the prediction was made, however late its label comes.
///
/// - Isolation: one thread at a time.
package struct AccuracyWindows: Sendable {
    /// Over which outcomes figures are given.
    package enum Window: CaseIterable, Sendable {
        case latest
        case hour
        case day

        var minutes: Int64 { self == .hour ? 60 : 24 * 60 }
    }

    private struct Minute {
        var number: Int64
        var sums = AccuracySums()
    }

    private let latestCount: Int
    private var latest: [LabelledOutcome] = []
    private var oldest = 0
    /// By the remainder of their numbers.
    private var minutes: [Minute] = []

    private static let secondsPerMinute: Int64 = 60

    /// No outcome yet.
    ///
    /// - Parameter latestCount: outcomes in the window that counts them.
    package init(latestCount: Int) {
        precondition(ModelMonitoringLimits.windowPredictions.contains(latestCount), "a window of a permitted size")
        self.latestCount = latestCount
    }

    /// Takes an outcome.
    ///
    /// - Parameter time: of the prediction, in seconds since 1970.
    package mutating func add(_ outcome: LabelledOutcome, at time: Int64) {
        if latest.count < latestCount {
            latest.append(outcome)
        } else {
            latest[oldest] = outcome
            oldest = (oldest + 1) % latestCount
        }
        // A clock before 1970, or a damaged record, belongs to no minute.
        guard time >= 0 else { return }
        if minutes.isEmpty {
            minutes = (0...Int(Window.day.minutes)).map { _ in Minute(number: Int64.min) }
        }
        let number = time / Self.secondsPerMinute
        let place = Int(number % Int64(minutes.count))
        // What is older than a day and its minute is gone.
        guard number >= minutes[place].number else { return }
        if number > minutes[place].number { minutes[place] = Minute(number: number) }
        minutes[place].sums.add(outcome)
    }

    /// The sums over a window that ends now.
    ///
    /// - Complexity: linear in the window.
    /// - Parameter now: in seconds since 1970.
    package func sums(over window: Window, now: Int64) -> AccuracySums {
        var sums = AccuracySums()
        if window == .latest {
            for outcome in latest { sums.add(outcome) }
            return sums
        }
        let last = now / Self.secondsPerMinute
        for minute in minutes where minute.number >= last - window.minutes && minute.number <= last {
            sums.add(minute.sums)
        }
        return sums
    }
}
