import JSONSyntax

/// Writes a `reference.json`.
///
/// - Source: the page *DriftReferenceFile*.
enum DriftReferenceWriter {
    /// The text of a file: a line for each variable, so that versions can be compared.
    static func text(_ reference: DriftReference) -> String {
        var text = "{\"rowan_drift_reference\": 1, \"rows\": \(reference.rowCount)"
        if let rate = reference.anomalyRate { text += ", \"anomaly_rate\": \(rate)" }
        text += ",\n\"features\": [\n" + lines(reference.features, areOutputs: false)
        text += "\n],\n\"outputs\": [\n" + lines(reference.outputs, areOutputs: true)
        return text + "\n]}\n"
    }

    private static func lines(_ variables: [DriftReference.Variable], areOutputs: Bool) -> String {
        variables.map { line($0, isOutput: areOutputs) }.joined(separator: ",\n")
    }

    private static func line(_ variable: DriftReference.Variable, isOutput: Bool) -> String {
        var text = "{\"name\": \(JSONStringText.quoted(variable.name))"
        if isOutput { text += ", \"element\": \(variable.element)" }
        text += ", \"missing\": \(variable.missingCount)"
        switch variable.distribution {
        case .bins(let bins):
            if let range = bins.range { text += ", \"min\": \(range.lowerBound), \"max\": \(range.upperBound)" }
            text += ", \"edges\": \(list(bins.edges)), \"counts\": \(list(bins.counts))}"
        case .categories(let categories):
            text += ", \"categories\": \(list(categories.values)), \"counts\": \(list(categories.counts))"
            text += ", \"other\": \(categories.otherCount)}"
        }
        return text
    }

    private static func list<Number: CustomStringConvertible>(_ numbers: [Number]) -> String {
        "[" + numbers.map(\.description).joined(separator: ", ") + "]"
    }
}
