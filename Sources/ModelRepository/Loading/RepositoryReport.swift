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

    mutating func add(_ model: ServedModel) {
        served.append(
            Served(
                name: model.name, version: model.version, format: model.format, engine: model.engineName,
                backend: model.configuration.backend.rawValue, inputs: model.inputs,
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

    mutating func add(_ notice: LoadNotice, location: String) {
        notices.append(Finding(location: location, position: notice.position, sentence: notice.sentence))
    }
}
