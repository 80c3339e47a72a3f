package import OpenInferenceProtocol

/// What a repository would serve and everything that is wrong with it: the answer of `rowan check`, and what `serve`
/// logs at start.
package struct RepositoryReport: Sendable {
    /// One version that serves.
    package struct Served: Sendable {
        package var name: String
        package var version: Int64
        package var format: String
        package var engine: String
        package var backend: String
        package var inputs: [TensorMetadata]
        package var outputs: [TensorMetadata]
        package var size: ModelSize
    }

    /// A fault or notice with its place on disk.
    package struct Finding: Error, Equatable, CustomStringConvertible {
        /// A path that the operator can open.
        package var location: String
        package var position: TextPosition?
        package var sentence: String

        /// Makes a finding.
        package init(location: String, position: TextPosition? = nil, sentence: String) {
            self.location = location
            self.position = position
            self.sentence = sentence
        }

        /// The finding as compilers print theirs: `location:line:column: sentence`.
        package var description: String {
            let place = position.map { ":\($0)" } ?? ""
            return "\(location)\(place): \(sentence)"
        }
    }

    package private(set) var served: [Served] = []
    package private(set) var faults: [Finding] = []
    package private(set) var notices: [Finding] = []
    /// Repositories that could not be read at all; also among the faults.
    package private(set) var repositoryFaults: [Finding] = []

    package init() {}

    /// Names what lies in a directory by another place than its own.
    package mutating func replace(directory: String, by place: String) {
        func replaced(_ findings: [Finding]) -> [Finding] {
            findings.map { finding in
                guard finding.location.hasPrefix(directory + "/") else { return finding }
                var named = finding
                named.location = place + finding.location.dropFirst(directory.count)
                return named
            }
        }
        faults = replaced(faults)
        notices = replaced(notices)
    }

    mutating func add(_ model: ServedModel) {
        served.append(
            Served(
                name: model.name, version: model.version, format: model.format, engine: model.engineName,
                backend: model.split == nil ? model.configuration.backend.rawValue : model.signature.platform,
                inputs: model.inputs,
                outputs: model.signature.outputs, size: model.size))
    }

    mutating func add(_ fault: LoadFault, location: String) {
        faults.append(Finding(location: location, position: fault.position, sentence: fault.sentence))
    }

    mutating func addRepositoryFault(_ fault: LoadFault) {
        let finding = Finding(location: fault.path, position: fault.position, sentence: fault.sentence)
        repositoryFaults.append(finding)
        faults.append(finding)
    }

    /// Makes it a fault that nothing was found, for whoever checks a directory and expects models in it.
    ///
    /// - Parameter directory: the repository that the report is about.
    package mutating func refuseEmptiness(of directory: String) {
        guard served.isEmpty && faults.isEmpty else { return }
        faults.append(
            Finding(
                location: directory,
                sentence: "holds no model: a repository is a directory of NAME/VERSION/FILE, as churn/1/model.json"))
    }

    mutating func add(_ notice: LoadNotice, location: String) {
        notices.append(Finding(location: location, position: notice.position, sentence: notice.sentence))
    }
}
