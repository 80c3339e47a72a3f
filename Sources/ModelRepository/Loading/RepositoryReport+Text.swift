import LinuxSystem
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
            text += "  size \(Self.text(model.size))\n"
        }
        for notice in notices { text += "note:  \(notice)\n" }
        for fault in faults { text += "fault: \(fault)\n" }
        text += "\(Self.count(served.count, "model version")) would be served, \(Self.count(faults.count, "fault"))\n"
        return text
    }

    /// The report for programs: one JSON object per line, with `kind` `model`, `notice` or `fault`.
    package var jsonLines: String {
        var lines = ByteBuffer()
        for model in served { Self.append(model, to: &lines) }
        for notice in notices { Self.append(notice, kind: "notice", to: &lines) }
        for fault in faults { Self.append(fault, kind: "fault", to: &lines) }
        return lines.withBytes { $0.text($0.indices) }
    }

    private static func count(_ number: Int, _ noun: String, plural: String? = nil) -> String {
        number == 1 ? "1 \(noun)" : "\(number) \(plural ?? noun + "s")"
    }

    private static func text(_ size: ModelSize) -> String {
        // A text encoder has numbers and no trees.
        if size.treeCount == 0 { return "engine \(bytes(size.tableByteCount))" }
        let counts = [
            count(size.treeCount, "tree"), count(size.leafCount, "leaf", plural: "leaves"),
            count(size.nodeCount, "node"),
        ]
        return counts.joined(separator: ", ") + "; engine \(bytes(size.tableByteCount))"
    }

    /// A number of bytes with one decimal of the largest unit that it reaches.
    private static func bytes(_ count: Int) -> String {
        var units = ["kB", "MB"]
        guard count >= 1000 else { return Self.count(count, "byte") }
        var tenths = (count + 50) / 100
        while tenths >= 10_000 && units.count > 1 {
            tenths = (tenths + 500) / 1000
            units.removeFirst()
        }
        return "\(tenths / 10).\(tenths % 10) \(units[0])"
    }

    private static func dims(_ tensor: TensorMetadata) -> String {
        "[" + tensor.dims.map { "\($0)" }.joined(separator: ",") + "]"
    }

    private static func list(_ tensors: [TensorMetadata]) -> String {
        tensors.map { "\($0.name) \($0.datatype.name) \(dims($0))" }.joined(separator: ", ")
    }

    private static func append(_ model: Served, to lines: inout ByteBuffer) {
        lines.append("{\"kind\":\"model\",\"name\":")
        lines.appendJSONString(model.name)
        lines.append(",\"version\":\(model.version),\"backend\":")
        lines.appendJSONString(model.backend)
        lines.append(",\"format\":")
        lines.appendJSONString(model.format)
        lines.append(",\"engine\":")
        lines.appendJSONString(model.engine)
        lines.append(",\"trees\":\(model.size.treeCount),\"leaves\":\(model.size.leafCount)")
        lines.append(",\"nodes\":\(model.size.nodeCount),\"engine_bytes\":\(model.size.tableByteCount)")
        lines.append(",\"inputs\":")
        append(model.inputs, to: &lines)
        lines.append(",\"outputs\":")
        append(model.outputs, to: &lines)
        lines.append("}\n")
    }

    private static func append(_ tensors: [TensorMetadata], to lines: inout ByteBuffer) {
        lines.append("[")
        for (index, tensor) in tensors.enumerated() {
            lines.append(index == 0 ? "{\"name\":" : ",{\"name\":")
            lines.appendJSONString(tensor.name)
            lines.append(",\"datatype\":\"\(tensor.datatype.name)\",\"shape\":\(dims(tensor))}")
        }
        lines.append("]")
    }

    private static func append(_ finding: Finding, kind: StaticString, to lines: inout ByteBuffer) {
        lines.append("{\"kind\":\"\(kind)\",\"path\":")
        lines.appendJSONString(finding.location)
        if let position = finding.position {
            lines.append(",\"line\":\(position.line),\"column\":\(position.column)")
        }
        lines.append(",\"message\":")
        lines.appendJSONString(finding.sentence)
        lines.append("}\n")
    }
}
