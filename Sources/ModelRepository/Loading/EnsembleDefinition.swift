import OpenInferenceProtocol

/// An ensemble as its files describe it, before it is known whether its models are there.
///
/// - Isolation: a value; any thread.
package struct EnsembleDefinition: Sendable {
    let name: String
    /// The configuration's file, relative to the repository.
    let file: String
    let configuration: ModelConfiguration
    let graph: EnsembleGraph
    /// For each output the names of its elements; empty for one without any.
    let labels: [[String]]
    /// Versions that are to serve, ascending: all alike but for their number.
    let versions: [Int64]

    /// Checks what can be checked without the models.
    init(
        _ configuration: ModelConfiguration, file: String, labels: [[String]] = [], versions: [Int64]
    ) throws(LoadFault) {
        do throws(TextFormatFault) {
            graph = try EnsembleGraph(configuration)
        } catch {
            throw .configuration(file: file, error)
        }
        name = configuration.name
        self.file = file
        self.configuration = configuration
        self.labels = labels
        self.versions = versions
    }

    /// The models that the steps call.
    package var modelNames: Set<String> { Set(configuration.ensembleSteps.map(\.model)) }

    /// Tensors that nobody reads, for the operator.
    var notices: [LoadNotice] {
        graph.unread.map { mapping in
            LoadNotice(
                path: file, position: mapping.position,
                sentence: "tensor '\(mapping.tensor)' is no output of the ensemble and read by no step")
        }
    }

    /// A fault of the step's own lines.
    func fault(ofStep number: Int, _ sentence: String) -> LoadFault {
        let step = configuration.ensembleSteps[number]
        return .configuration(file: file, EnsembleGraph.fault(number, step, sentence, step.position))
    }

    /// Puts a version together from models that answer.
    ///
    /// - Parameter members: the model of each step.
    func serve(version: Int64, members: [ServedModel]) throws(LoadFault) -> ServedModel {
        let depth = 1 + (members.map(\.ensembleDepth).max() ?? 0)
        guard depth <= ModelRepositoryLimits.ensembleDepthLimit else {
            throw fault(
                ofStep: members.firstIndex { $0.ensembleDepth == depth - 1 } ?? 0,
                "more than \(ModelRepositoryLimits.ensembleDepthLimit) ensembles lie within each other")
        }
        let plan: EnsemblePlan
        do throws(TextFormatFault) {
            plan = try EnsemblePlan.make(self, members: members)
        } catch {
            throw .configuration(file: file, error)
        }
        var completed = configuration
        completed.complete(ensembleOfMaxBatchSize: plan.layout.maxBatchSize)
        let engine = EnsembleEngine(
            steps: plan.steps, outputs: plan.outputs, featureCount: plan.layout.featureCount,
            isWide: plan.layout.isWide)
        let signature = ModelSignature(
            name: name, version: "\(version)", platform: completed.platform, input: plan.layout,
            outputs: engine.outputs, costlyOutputs: engine.costlyOutputs, unaskedOutputs: plan.unaskedOutputs,
            innerElementsPerRow: engine.innerElementsPerRow, labels: labels)
        var size = ModelSize()
        for member in members {
            size.treeCount += member.size.treeCount
            size.leafCount += member.size.leafCount
            size.nodeCount += member.size.nodeCount
        }
        return ServedModel(
            signature: signature, version: version, inputs: plan.inputs, configuration: completed,
            format: "steps", engineName: "ensemble", engine: engine, size: size, members: plan.members,
            ensembleDepth: depth)
    }
}
