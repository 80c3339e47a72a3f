import HTTPConnections
import LinuxSystem
import ModelRepository
import OpenInferenceProtocol

/// The description of the inference port as a page: what `/v2/openapi.json` says, with commands to paste.
///
/// The page needs no script and fetches nothing.
struct DocumentationPage {
    private var html = ""
    private let server: String

    /// - Parameters:
    ///   - table: the models to name in the page.
    ///   - port: the port that commands name.
    init(_ table: ServingTable, port: UInt16) {
        server = "localhost:\(port)"
        let models = table.servedModels
        html += Self.opening
        html += "<p>Rowan \(Self.escaped(ServerVersion.text)). For programs: <a href=\"/v2/openapi.json\">"
        html += "/v2/openapi.json</a> (OpenAPI 3.1). Every refusal is <code>{\"error\": \"…\"}</code>.</p>\n"
        appendModels(models)
        for group in OpenAPIOperation.Group.allCases {
            let operations = OpenAPIOperation.all.filter { $0.group == group }
            html += "<h2>\(Self.escaped(group.rawValue))</h2>\n<p>\(Self.escaped(group.description))</p>\n"
            for operation in operations { append(operation, exampleModel: models.first) }
        }
        html += "</main></body></html>\n"
    }

    func write(to reply: inout ByteBuffer) {
        let bytes = Array(html.utf8)
        reply.append(bytes.span)
    }

    /// Models that the page lists; a server may have thousands.
    static let modelCountLimit = 100

    private mutating func appendModels(_ models: [ServedModel]) {
        html += "<h2>Models served now</h2>\n"
        guard !models.isEmpty else {
            html += "<p>None.</p>\n"
            return
        }
        html += "<table><tr><th>model</th><th>version</th><th>inputs</th><th>outputs</th></tr>\n"
        for model in models.prefix(Self.modelCountLimit) {
            let path = "/v2/models/\(Self.encoded(model.name))/versions/\(model.version)"
            html += "<tr><td><a href=\"\(path)\">\(Self.escaped(model.name))</a></td><td>\(model.version)</td><td>"
            html += model.inputs.prefix(Self.tensorCountLimit).map(Self.text).joined(separator: "<br>")
            if model.inputs.count > Self.tensorCountLimit {
                html += "<br>and \(model.inputs.count - Self.tensorCountLimit) more"
            }
            html += "</td><td>" + model.signature.outputs.map(Self.text).joined(separator: "<br>") + "</td></tr>\n"
        }
        html += "</table>\n"
        if models.count > Self.modelCountLimit {
            html += "<p>And \(models.count - Self.modelCountLimit) more: <a href=\"/v2/models\">/v2/models</a>.</p>\n"
        }
    }

    /// Inputs of a model that the page lists.
    private static let tensorCountLimit = 4

    private mutating func append(_ operation: OpenAPIOperation, exampleModel: ServedModel?) {
        let method = operation.method.name.uppercased()
        html += "<details id=\"\(operation.id)\"><summary><b class=\"\(operation.method.name)\">\(method)</b> "
        html += "<code>\(Self.escaped(operation.path))</code> \(Self.escaped(operation.summary))</summary>\n"
        if !operation.description.isEmpty { html += "<p>\(Self.marked(operation.description))</p>\n" }
        if operation.isAdministrative { html += "<p>\(Self.marked(OpenAPIDocument.administration))</p>\n" }
        html += "<pre>\(Self.escaped(command(operation, exampleModel)))</pre>\n<table>"
        for answer in operation.answersByStatus {
            html += "<tr><td>\(answer.status.rawValue)</td><td>\(Self.marked(answer.meaning))</td><td>"
            html += answer.content.mediaTypes.map { Self.escaped($0.name) }.joined(separator: "<br>") + "</td></tr>\n"
        }
        html += "</table></details>\n"
    }

    /// A command that makes the call, for one of the models served.
    private func command(_ operation: OpenAPIOperation, _ model: ServedModel?) -> String {
        var path = operation.path.replacing("{repository}", with: "main")
        if let model {
            path = path.replacing("{model}", with: Self.encoded(model.name))
            path = path.replacing("{version}", with: "\(model.version)")
        }
        guard operation.method != .get else { return "curl \(server)\(path)" }
        var body = operation.request?.example
        if operation.group == .inference { body = model.flatMap(Self.exampleRow) ?? body }
        let data = body.map { " --data '\($0)'" } ?? ""
        return "curl -X \(operation.method.name.uppercased()) \(server)\(path)\(data)"
    }

    /// A request with one row of zeros; nil for a model that wants more numbers than one cares to read.
    private static func exampleRow(_ model: ServedModel) -> String? {
        guard model.inputs.allSatisfy({ isPlain($0.name) }) else { return nil }
        let shapes = model.inputs.map { $0.dims.map { max(1, $0) } }
        let counts = shapes.map { $0.reduce(1, *) }
        guard counts.reduce(0, +) <= exampleValueCountLimit else { return nil }
        let inputs = zip(model.inputs, zip(shapes, counts)).map { input, form in
            let shape = form.0.map { "\($0)" }.joined(separator: ", ")
            let element = input.datatype == .bytes ? #""connection refused""# : "0"
            let data = Array(repeating: element, count: form.1).joined(separator: ", ")
            return #"{"name": "\#(input.name)", "shape": [\#(shape)], "datatype": "\#(input.datatype.name)", "#
                + #""data": [\#(data)]}"#
        }
        return #"{"inputs": [\#(inputs.joined(separator: ", "))]}"#
    }

    /// Whether a name means the same in JSON and within a shell's quotation marks.
    private static func isPlain(_ name: String) -> Bool {
        name.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x22 && $0 != 0x27 && $0 != 0x5C }
    }

    /// Numbers of the example request.
    private static let exampleValueCountLimit = 100
}

// MARK: - Text

extension DocumentationPage {
    private static func text(_ tensor: TensorMetadata) -> String {
        let shape = tensor.dims.map { $0 < 0 ? "n" : "\($0)" }.joined(separator: ", ")
        return "<code>\(escaped(tensor.name))</code> \(tensor.datatype.name) [\(shape)]"
    }

    /// Text as it may stand between tags and in attributes.
    static func escaped(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            default: result.append(character)
            }
        }
        return result
    }

    /// Text whose backticks mark code.
    private static func marked(_ text: String) -> String {
        var isCode = false
        return escaped(text).split(separator: "`", omittingEmptySubsequences: false).map { piece in
            defer { isCode.toggle() }
            return isCode ? "<code>\(piece)</code>" : String(piece)
        }.joined()
    }

    /// A name as a piece of a path.
    ///
    /// - Source: RFC 3986 section 2.3: what is not unreserved is encoded.
    private static func encoded(_ name: String) -> String {
        name.utf8.map { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                return String(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                return "%" + (digits.count < 2 ? "0" : "") + digits
            }
        }.joined()
    }

    private static let opening = """
        <!DOCTYPE html>
        <html lang="en"><head><meta charset="utf-8"><title>Rowan: the inference port</title>
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <style>
        :root { color-scheme: light dark; --line: #8884; --soft: #8881; }
        body { font: 16px/1.5 system-ui, sans-serif; margin: 0; }
        main { max-width: 60rem; margin: 0 auto; padding: 1.5rem; }
        code, pre { font: 14px/1.45 ui-monospace, monospace; }
        pre { background: var(--soft); padding: .75rem; border-radius: 6px; }
        pre { white-space: pre-wrap; word-break: break-word; }
        details { border: 1px solid var(--line); border-radius: 6px; margin: .5rem 0; padding: .5rem .75rem; }
        summary { cursor: pointer; }
        summary code { font-weight: 600; margin-right: .5rem; }
        summary b { display: inline-block; min-width: 3.2rem; }
        b.get { color: #1a7f64; } b.post { color: #b35900; }
        table { border-collapse: collapse; width: 100%; }
        td, th { border-bottom: 1px solid var(--line); padding: .3rem .6rem; text-align: left; vertical-align: top; }
        </style></head><body><main>
        <h1>The inference port</h1>

        """
}
