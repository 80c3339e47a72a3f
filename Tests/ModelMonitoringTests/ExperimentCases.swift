import TestSupport

/// The lines of `experiments.txt`: what scipy, statsmodels and scikit-learn say.
enum ExperimentCases {
    /// The numbers of every line of a name.
    static func lines(_ name: String) throws -> [[Double]] {
        try FixtureFile.text("experiments.txt").split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            return words.first.map(String.init) == name ? words.dropFirst().map { Double($0) ?? .nan } : nil
        }
    }

    /// Whether two numbers agree up to a relative error.
    static func agree(_ value: Double?, _ expected: Double, within tolerance: Double = 1e-12) -> Bool {
        guard let value else { return expected.isNaN }
        return abs(value - expected) <= tolerance * max(abs(expected), 1e-300) || value == expected
    }
}
