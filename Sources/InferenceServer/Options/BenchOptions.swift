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

    static let names = ["--isa", "--rows-per-call", "--missing", "--json", "--help"]

    /// Reads the words behind `rowan bench`.
    static func parse(_ words: [String]) throws(OptionFault) -> BenchOptions {
        var options = BenchOptions(model: "")
        var rest = words[...]
        while let word = rest.popFirst() {
            guard word.hasPrefix("-") else {
                guard options.model.isEmpty else { throw .unexpectedArgument(word, command: "bench") }
                options.model = word
                continue
            }
            let equals = word.firstIndex(of: "=")
            let name = equals.map { String(word[..<$0]) } ?? word
            guard names.contains(name) else {
                throw .unknownOption(name, nearest: NearestName.among(names, to: name))
            }
            if name == "--json" {
                guard equals == nil else { throw .unexpectedArgument(word, command: "bench") }
                options.asJSON = true
                continue
            }
            guard let value = equals.map({ String(word[word.index(after: $0)...]) }) ?? rest.popFirst() else {
                throw .missingValue(option: name, placeholder: placeholder(of: name))
            }
            try options.set(name, to: value)
        }
        guard !options.model.isEmpty else { throw .missingArgument("MODEL", command: "bench") }
        return options
    }

    private static func placeholder(of name: String) -> String {
        switch name {
        case "--isa": "SET"
        case "--missing": "FRACTION"
        default: "N"
        }
    }

    private mutating func set(_ name: String, to value: String) throws(OptionFault) {
        func unusable(_ expected: String) -> OptionFault {
            .unusableValue(source: name, value: value, expected: expected)
        }
        switch name {
        case "--isa":
            guard let set = InstructionSet(rawValue: value) else {
                throw unusable(InstructionSet.allCases.map(\.rawValue).joined(separator: ", "))
            }
            instructionSetLimit = set
        case "--missing":
            guard let fraction = Double(value), (0...1).contains(fraction) else {
                throw unusable("a number from 0 to 1")
            }
            missingFraction = fraction
        default:
            let range = ServerOptionLimits.benchRowsPerCall
            guard !value.hasPrefix("+"), let number = Int(value), range.contains(number) else {
                throw unusable("a whole number of rows from \(range.lowerBound) to \(range.upperBound)")
            }
            rowsPerCall.append(number)
        }
    }
}
