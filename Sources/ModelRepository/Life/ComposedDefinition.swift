/// A model that is put together from others, as its files describe it, before it is known whether those are there.
///
/// - Isolation: a value; any thread.
protocol ComposedDefinition: Sendable {
    var name: String { get }
    /// Versions that are to serve, ascending: all alike but for their number.
    var versions: [Int64] { get }
    /// The models that it calls.
    var references: [ComposedReference] { get }
    /// What the index calls it.
    var kind: StaticString { get }

    /// A fault of the lines that name a model.
    func fault(ofReference number: Int, _ sentence: String) -> LoadFault

    /// The model without which nothing can be put together, if it or enough of the others are missing.
    func fatalAbsence(among members: [ServedModel?]) -> Int?

    /// Keeps what is to be known of models when they are gone.
    mutating func remember(_ members: [ServedModel?])

    /// Puts a version together from models that answer.
    ///
    /// - Parameter members: the model of each reference; none of those missing is fatal.
    /// - Parameter absences: why a model is missing.
    func serve(version: Int64, members: [ServedModel?], absences: [ComposedAbsence?]) throws(LoadFault) -> ServedModel
}

/// A model that another one calls.
struct ComposedReference: Equatable, Sendable {
    var model: String
    /// nil for the highest version that is ready.
    var version: Int64?
}

/// Why a model that another one calls is not there.
struct ComposedAbsence: Equatable, Sendable {
    var sentence: String
    /// Whether it was unloaded on request, so that readiness forgives it.
    var isUnloaded: Bool
}

extension ComposedDefinition {
    /// The names of the models that it calls.
    var modelNames: Set<String> { Set(references.map(\.model)) }
}

extension EnsembleDefinition: ComposedDefinition {
    var references: [ComposedReference] {
        configuration.ensembleSteps.map { ComposedReference(model: $0.model, version: $0.version) }
    }

    var kind: StaticString { "ensembles" }

    func fault(ofReference number: Int, _ sentence: String) -> LoadFault { fault(ofStep: number, sentence) }

    func fatalAbsence(among members: [ServedModel?]) -> Int? { members.firstIndex { $0 == nil } }

    mutating func remember(_ members: [ServedModel?]) {}

    func serve(
        version: Int64, members: [ServedModel?], absences: [ComposedAbsence?]
    ) throws(LoadFault) -> ServedModel {
        let models = members.compactMap { $0 }
        precondition(models.count == members.count, "an ensemble needs all of its models")
        if let number = models.firstIndex(where: { $0.split != nil }) {
            throw fault(ofStep: number, "the model is a traffic split, which answers clients only")
        }
        return try serve(version: version, members: models)
    }
}
