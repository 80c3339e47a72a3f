package import LinuxSystem

/// What a window says about a model.
///
/// - Isolation: a value.
package struct DriftReport: Sendable, Equatable {
    /// How far something has moved.
    package enum Level: Int, Sendable, Comparable {
        /// Too few rows to tell.
        case unknown
        case stable
        case warning
        case alert

        package static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    /// One feature, or one element of an output.
    package struct Variable: Sendable, Equatable {
        package var name: String
        package var element: Int
        /// Rows that were compared.
        package var rowCount: UInt64
        package var level: Level
        /// The population stability index; nil without rows.
        package var psi: Double?
        /// The Kolmogorov-Smirnov distance over the edges of bins; nil for categories and where no value is there.
        package var kolmogorovDistance: Double?
        /// Rows with a value, in the window and in the reference, of which the distance is.
        package var presentCounts: (current: UInt64, reference: UInt64)
        /// The part of the rows whose value is missing, in the window and in the reference.
        package var missingRate: Double?
        package var referenceMissingRate: Double
        /// The part of the rows whose value lies outside of the reference's range or categories.
        package var outOfRangeRate: Double?
        /// Rows of each class of values in the window and in the reference, the missing values last.
        package var classes: [UInt64]
        package var referenceClasses: [UInt64]

        /// The probability of such a distance if nothing had changed; nil without a distance.
        ///
        /// - Complexity: up to five hundred exponentials, so that only who asks for it pays.
        package var kolmogorovProbability: Double? {
            kolmogorovDistance.map {
                KolmogorovDistribution.tail(
                    distance: $0, rowCounts: (Double(presentCounts.reference), Double(presentCounts.current)))
            }
        }

        package static func == (left: Variable, right: Variable) -> Bool {
            left.name == right.name && left.element == right.element && left.classes == right.classes
                && left.referenceClasses == right.referenceClasses && left.level == right.level
        }
    }

    /// How often the model says that something is wrong.
    package struct AnomalyRate: Sendable, Equatable {
        /// Rows whose result is known.
        package var rowCount: UInt64
        /// The part of them that is anomalous; nil without rows.
        package var rate: Double?
        /// That of the reference; nil if it has none.
        package var referenceRate: Double?
        /// `rate` ÷ `referenceRate` − 1; nil where one of them is not there, or the reference has no anomalies.
        package var change: Double?
        package var level: Level
    }

    package var rowCount: UInt64
    package var referenceRowCount: UInt64
    /// Whether there are enough rows to tell.
    package var isJudged: Bool
    /// How long ago the oldest of the rows may have come.
    package var age: Nanoseconds
    package var features: [Variable]
    package var outputs: [Variable]
    package var anomalies: AnomalyRate

    /// The change of the anomaly rate, upward or downward, from which on it is an alert.
    package static let anomalyRateChange = 0.5

    /// The worst of all.
    package var level: Level {
        max((features + outputs).map(\.level).max() ?? .unknown, anomalies.level)
    }
}
