import JSONSyntax
import LinuxSystem

/// Carries out `rowan feedback import`.
package struct FeedbackSending {
    private let model: String
    /// Takes a body, and answers what has become of its labels.
    private let post: (String) throws(ViewFault) -> [UInt8]

    /// Sends labels for a model or split to a server.
    package init(to model: String, _ caller: ServerCaller) {
        self.init(to: model) { (body) throws(ViewFault) in try caller.post("/v2/models/\(model)/feedback", body) }
    }

    /// Gives labels for a model or split to whoever answers as a server does.
    package init(to model: String, _ post: @escaping (String) throws(ViewFault) -> [UInt8]) {
        self.model = model
        self.post = post
    }

    /// Sends all labels of a file.
    ///
    /// - Returns: what has become of them, in words or as JSON.
    package func send(file: String, asJSON: Bool) throws(ViewFault) -> String {
        let text: String
        do throws(FileFault) {
            text = try FileSystem.readText(file, byteCountLimit: ServerViewLimits.labelFileByteCount)
        } catch {
            throw ViewFault("\(file): \(error)")
        }
        let table: FeedbackTable
        do throws(ViewFault) {
            table = try FeedbackTable(text)
        } catch {
            throw ViewFault("\(file): \(error.message)")
        }
        var sums: [String: Int] = [:]
        for body in table.bodies {
            let answer = try post(body)
            let outcome = JSONValue(answer.span)
            for name in Self.names { sums[name, default: 0] += outcome?[name]?.integer ?? 0 }
        }
        let counts = Self.names.map { ($0, sums[$0] ?? 0) }
        if asJSON { return "{" + counts.map { "\"\($0)\":\($1)" }.joined(separator: ",") + "}\n" }
        return "\(table.count) labels for \(model): " + counts.map { "\($1) \($0)" }.joined(separator: ", ") + "\n"
    }

    private static let names = ["accepted", "unknown", "late", "duplicate"]
}
