import OpenInferenceProtocol

extension RepositoryReport {
    /// The report for people.
    package var text: String {
        var text = ""
        for model in served {
            text +=
                "\(model.name) version \(model.version): \(model.backend), \(model.format), engine \(model.engine)\n"
            text += "  in   \(Self.list(model.inputs))\n"
            text += "  out  \(Self.list(model.outputs))\n"
        }
        for notice in notices { text += "note:  \(notice)\n" }
        for fault in faults { text += "fault: \(fault)\n" }
        text += "\(Self.count(served.count, "model version")) would be served, \(Self.count(faults.count, "fault"))\n"
        return text
    }

    /// The report for programs: one JSON object per line, with `kind` `model`, `notice` or `fault`.
    package var jsonLines: String {
        var lines = ""
        for model in served {
            lines += "{\"kind\":\"model\",\"name\":\(JSONText.string(model.name)),\"version\":\(model.version)"
            lines += ",\"backend\":\(JSONText.string(model.backend)),\"format\":\(JSONText.string(model.format))"
            lines += ",\"engine\":\(JSONText.string(model.engine))"
            lines += ",\"inputs\":\(Self.json(model.inputs)),\"outputs\":\(Self.json(model.outputs))}\n"
        }
        for notice in notices { lines += Self.json(notice, kind: "notice") }
        for fault in faults { lines += Self.json(fault, kind: "fault") }
        return lines
    }

    private static func count(_ number: Int, _ noun: String) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(noun)s"
    }

    private static func dims(_ tensor: TensorMetadata) -> String {
        "[" + tensor.dims.map { "\($0)" }.joined(separator: ",") + "]"
    }

    private static func list(_ tensors: [TensorMetadata]) -> String {
        tensors.map { "\($0.name) \($0.datatype.name) \(dims($0))" }.joined(separator: ", ")
    }

    private static func json(_ tensors: [TensorMetadata]) -> String {
        let entries = tensors.map { tensor in
            "{\"name\":\(JSONText.string(tensor.name)),\"datatype\":\"\(tensor.datatype.name)\","
                + "\"shape\":\(dims(tensor))}"
        }
        return "[" + entries.joined(separator: ",") + "]"
    }

    private static func json(_ finding: Finding, kind: String) -> String {
        var line = "{\"kind\":\"\(kind)\",\"path\":\(JSONText.string(finding.location))"
        if let position = finding.position { line += ",\"line\":\(position.line),\"column\":\(position.column)" }
        return line + ",\"message\":\(JSONText.string(finding.sentence))}\n"
    }
}
