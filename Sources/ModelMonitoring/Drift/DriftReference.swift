/// How a model's features and outputs were distributed where it was trained: what the served rows are compared with.
///
/// - Isolation: a value; any thread.
package struct DriftReference: Sendable, Equatable {
    /// A quantity that is a number.
    package struct Bins: Sendable, Equatable {
        /// The least and the greatest value; nil where every value is missing.
        package var range: ClosedRange<Double>?
        /// Ascending.
        ///
        /// A value lies in the bin whose number is the number of edges that it is at least.
        package var edges: [Double]
        /// Rows of each bin; one more than the edges.
        package var counts: [UInt64]

        /// Names bins.
        package init(range: ClosedRange<Double>?, edges: [Double], counts: [UInt64]) {
            self.range = range
            self.edges = edges
            self.counts = counts
        }
    }

    /// A quantity that takes certain values.
    package struct Categories: Sendable, Equatable {
        /// Ascending.
        package var values: [Double]
        /// Rows of each value.
        package var counts: [UInt64]
        /// Rows of any other value.
        package var otherCount: UInt64

        /// Names categories.
        package init(values: [Double], counts: [UInt64], otherCount: UInt64) {
            self.values = values
            self.counts = counts
            self.otherCount = otherCount
        }
    }

    /// How rows are distributed over the values of one quantity.
    package enum Distribution: Sendable, Equatable {
        case bins(Bins)
        case categories(Categories)
    }

    /// One feature, or one element of an output's rows.
    package struct Variable: Sendable, Equatable {
        package var name: String
        /// The element of an output; 0 for a feature.
        package var element: Int
        /// Rows whose value is missing (NaN).
        package var missingCount: UInt64
        package var distribution: Distribution

        /// Names a variable.
        package init(name: String, element: Int = 0, missingCount: UInt64, distribution: Distribution) {
            self.name = name
            self.element = element
            self.missingCount = missingCount
            self.distribution = distribution
        }

        /// Rows of each class of values, the missing ones last: bins, or categories and whatever is none of them.
        package var classCounts: [UInt64] {
            switch distribution {
            case .bins(let bins): bins.counts + [missingCount]
            case .categories(let categories): categories.counts + [categories.otherCount, missingCount]
            }
        }
    }

    /// Rows of the sample.
    package var rowCount: UInt64
    /// In the order of the model's columns.
    package var features: [Variable]
    package var outputs: [Variable]
    /// The part of the sample's rows that the model calls anomalous, 0…1; nil if nobody has said.
    package var anomalyRate: Double?

    /// Names a reference.
    package init(rowCount: UInt64, features: [Variable], outputs: [Variable] = [], anomalyRate: Double? = nil) {
        self.rowCount = rowCount
        self.features = features
        self.outputs = outputs
        self.anomalyRate = anomalyRate
    }
}
