/// What is kept of a model's predictions until labels come: the section `monitoring` and where to find what it needs.
///
/// - Isolation: a value; any thread.
package struct MonitoringPlan: Equatable, Sendable {
    /// How classes are numbered.
    package enum Classes: Equatable, Sendable {
        /// By their labels, which are whole numbers; 0 is the negative one.
        case numbers
        /// 1 for an anomaly, which the model calls −1, and 0 for a normal row, which it calls 1.
        case anomalies
        /// By their places among these texts; the first is the negative one.
        case texts([String])
        /// 1 for a row that fires an anomaly rule, and 0 for any other: the model names no classes itself.
        case firing
    }

    /// The settings, without the model.
    package struct Settings: Equatable, Sendable {
        package var keepPredictions = 1_000_000
        package var windowPredictions = 1_000

        /// The usual ones.
        package init() {}
    }

    package let settings: Settings
    package let classes: Classes
    /// The output that holds the class; nil if the rules say it.
    package let label: Int?
    /// The output that holds the probabilities of two classes; nil if there is none.
    package let probability: Int?
    /// What makes a row an anomaly; nil where it is any class but the negative one.
    package let anomaly: AnomalyPlan?
    /// Bits of the outputs that are computed for every request, whatever it asks for.
    package let wanted: UInt64

    /// Describes what is kept.
    ///
    /// - Precondition: there is a label or a rule.
    package init(
        _ settings: Settings, classes: Classes, label: Int?, probability: Int?, anomaly: AnomalyPlan? = nil
    ) {
        precondition(label != nil || anomaly != nil, "something says what was predicted")
        self.settings = settings
        self.classes = classes
        self.label = label
        self.probability = probability
        self.anomaly = anomaly
        wanted =
            (label.map { 1 << UInt64($0) } ?? 0) | (probability.map { 1 << UInt64($0) } ?? 0) | (anomaly?.wanted ?? 0)
    }

    /// The number of a class that the model calls so; nil if it is none of its own.
    package func number(of label: Int64) -> Int32? {
        switch classes {
        case .numbers: Int32(exactly: label)
        case .anomalies: label == -1 ? 1 : label == 1 ? 0 : nil
        case .texts(let names): names.indices.contains(Int(clamping: label)) ? Int32(label) : nil
        case .firing: label == 0 || label == 1 ? Int32(label) : nil
        }
    }

    /// The same for a text.
    package func number(of label: String) -> Int32? {
        if case .texts(let names) = classes, let index = names.firstIndex(of: label) { return Int32(index) }
        return Int64(label).flatMap { number(of: $0) }
    }

    /// What the model calls a class.
    package func name(of number: Int) -> String {
        switch classes {
        case .numbers, .firing: "\(number)"
        case .anomalies: number == 1 ? "-1" : "1"
        case .texts(let names): names.indices.contains(number) ? names[number] : "\(number)"
        }
    }
}
