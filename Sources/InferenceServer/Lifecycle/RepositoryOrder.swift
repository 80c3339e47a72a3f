import ModelRepository

/// What other threads tell the thread of the repository.
enum RepositoryOrder: Sendable {
    /// A client asks for a model to be loaded or unloaded.
    case call(RepositoryCall)
    /// A synchroniser has fetched models, or could not.
    case fetched(FetchedModels)
    /// A loop serves a new table; the one before goes with the message, so that its memory is given back elsewhere.
    case adopted(loop: Int, generation: Int, former: ServingTable)
    /// A loop has no work for a retired slot and will get none.
    case released(loop: Int, slot: Int)
}
