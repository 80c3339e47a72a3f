import ModelRepository
package import TreeEnsembles

/// What `rowan bench` was asked to measure.
package struct BenchOptions: Equatable, Sendable {
    /// A model file, the directory of a version, or the directory of a model.
    package var model: String
    /// nil: the best that the machine has.
    package var instructionSetLimit: InstructionSet?
    /// Rows per call, each at least one; empty: the usual ones.
    package var rowsPerCall: [Int] = []
    /// How many of the rows' values are missing, 0…1.
    package var missingFraction = 0.0
    /// Whether the answer is for programs.
    package var asJSON = false

    init(model: String) { self.model = model }

    /// Reads the words behind `rowan bench`.
    static func parse(_ words: [String]) throws(OptionFault) -> BenchOptions {
        var read = try CommandWords(
            words, command: "bench", options: ["--isa": "SET", "--rows-per-call": "N", "--missing": "FRACTION"],
            repeatable: ["--rows-per-call"])
        var options = BenchOptions(model: try read.takeArgument("MODEL"))
        try read.end()
        options.asJSON = read.switches.contains("--json")
        if let name = read.values["--isa"] { options.instructionSetLimit = try instructionSet(name) }
        if let text = read.values["--missing"] { options.missingFraction = try fraction(text) }
        for text in read.lists["--rows-per-call"] ?? [] { options.rowsPerCall.append(try rowCount(text)) }
        return options
    }

    private static func instructionSet(_ name: String) throws(OptionFault) -> InstructionSet {
        guard let set = InstructionSet(rawValue: name) else {
            throw .unusableValue(
                source: "--isa", value: name,
                expected: InstructionSet.allCases.map(\.rawValue).joined(separator: ", "))
        }
        return set
    }

    private static func fraction(_ text: String) throws(OptionFault) -> Double {
        guard let fraction = Double(text), (0...1).contains(fraction) else {
            throw .unusableValue(source: "--missing", value: text, expected: "a number from 0 to 1")
        }
        return fraction
    }

    private static func rowCount(_ text: String) throws(OptionFault) -> Int {
        let range = ServerOptionLimits.benchRowsPerCall
        guard !text.hasPrefix("+"), let number = Int(text), range.contains(number) else {
            throw .unusableValue(
                source: "--rows-per-call", value: text,
                expected: "a whole number of rows from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
