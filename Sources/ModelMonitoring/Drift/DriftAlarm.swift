/// Decides when a model's drift is worth an event: when something comes to a level that it was not at.
///
/// Something that moves about a threshold must not ring at each turn: it has to fall below eight tenths of a threshold
/// before it can cross it again.
///
/// - Isolation: a value; pure.
package struct DriftAlarm: Sendable {
    /// What an event is about.
    package enum Subject: Hashable, Sendable, CustomStringConvertible {
        case feature(String)
        case output(String, element: Int)
        case anomalyRate

        /// As logs and events name it.
        package var description: String {
            switch self {
            case .feature(let name): "feature \(name)"
            case .output(let name, let element): "output \(name)[\(element)]"
            case .anomalyRate: "anomaly rate"
            }
        }
    }

    /// Something that has come to a level.
    package struct Crossing: Sendable, Equatable {
        package var subject: Subject
        package var level: DriftReport.Level
        /// What has crossed, PSI or the change of the anomaly rate, and what it has crossed.
        package var value: Double
        package var threshold: Double

        /// Names what has crossed what.
        package init(subject: Subject, level: DriftReport.Level, value: Double, threshold: Double) {
            self.subject = subject
            self.level = level
            self.value = value
            self.threshold = threshold
        }
    }

    private var settings: DriftSettings
    private var levels: [Subject: DriftReport.Level] = [:]
    /// The part of a threshold below which it can be crossed again.
    private static let release = 0.8

    /// Makes the alarm of a model of which nothing is known.
    package init(_ settings: DriftSettings) { self.settings = settings }

    /// The same alarm with other thresholds; it still knows what it has rung for.
    package func with(_ settings: DriftSettings) -> DriftAlarm {
        var alarm = self
        alarm.settings = settings
        return alarm
    }

    /// Takes note of a report.
    ///
    /// - Returns: what has crossed a threshold upward since the report before; empty while there are too few rows.
    package mutating func judged(_ report: DriftReport) -> [Crossing] {
        var crossings: [Crossing] = []
        for variable in report.features where variable.level != .unknown {
            crossings += judged(.feature(variable.name), psi: variable.psi ?? 0)
        }
        for variable in report.outputs where variable.level != .unknown {
            crossings += judged(.output(variable.name, element: variable.element), psi: variable.psi ?? 0)
        }
        if report.anomalies.level != .unknown, let change = report.anomalies.change {
            let threshold = (level: DriftReport.Level.alert, value: DriftReport.anomalyRateChange)
            crossings += judged(.anomalyRate, abs(change), signed: change, thresholds: [threshold])
        }
        return crossings
    }

    private mutating func judged(_ subject: Subject, psi: Double) -> [Crossing] {
        judged(
            subject, psi, signed: psi, thresholds: [(.warning, settings.psiWarning), (.alert, settings.psiAlert)])
    }

    private mutating func judged(
        _ subject: Subject, _ value: Double, signed: Double,
        thresholds: [(level: DriftReport.Level, value: Double)]
    ) -> [Crossing] {
        let before = levels[subject] ?? .stable
        let reached = thresholds.last { value >= $0.value }
        if let reached, reached.level > before {
            levels[subject] = reached.level
            return [Crossing(subject: subject, level: reached.level, value: signed, threshold: reached.value)]
        }
        // What is left is the highest level whose threshold is not far above the value.
        let kept = thresholds.last { $0.level <= before && value >= $0.value * Self.release }
        levels[subject] = kept?.level ?? .stable
        return []
    }
}
