import ModelMonitoring
import ModelRepository

/// What `rowan drift reference` was asked to make.
package struct DriftReferenceOptions: Equatable, Sendable {
    /// The directory of a model, or of a version, or a model file.
    package var model: String
    /// A sample in CSV or npy.
    package var sample: String
    /// Where the reference is written; nil for the model's directory, `-` for the standard output.
    package var output: String?
    /// Features whose numbers stand for categories.
    package var categorical: [String] = []
    package var binCount = DriftReferenceBuilder.usualBinCount

    /// Reads the words behind `rowan drift`.
    static func parse(_ words: [String]) throws(OptionFault) -> DriftReferenceOptions {
        guard let verb = words.first else { throw .missingArgument("reference", command: "drift") }
        guard verb == "reference" else {
            throw .unknownCommand(
                "drift \(verb)", nearest: NearestName.among(["reference"], to: verb).map { "drift \($0)" })
        }
        var read = try CommandWords(
            Array(words.dropFirst()), command: "drift reference",
            options: ["--output": "FILE", "--categorical": "NAME[,NAME]", "--bins": "N"],
            repeatable: ["--categorical"], switches: [])
        var options = DriftReferenceOptions(
            model: try read.takeArgument("MODEL"), sample: try read.takeArgument("FILE"))
        try read.end()
        options.output = read.values["--output"]
        for list in read.lists["--categorical"] ?? [] {
            options.categorical += list.split(separator: ",").map { String($0) }
        }
        if let text = read.values["--bins"] { options.binCount = try binCount(text) }
        return options
    }

    private static func binCount(_ text: String) throws(OptionFault) -> Int {
        let range = 2...DriftLimits.edgeCount + 1
        guard !text.hasPrefix("+"), let number = Int(text), range.contains(number) else {
            throw .unusableValue(
                source: "--bins", value: text,
                expected: "a whole number of bins from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
