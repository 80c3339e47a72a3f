import LinuxSystem
import ModelRepository

/// What a synchroniser hands to the thread of the repository: changes that wait beside a cache for their places.
struct FetchedModels: Sendable {
    let mirror: RepositoryMirror
    /// The model that was asked for; nil where the store was looked at as a whole.
    let model: String?
    /// The model whose load needs it: itself, or an ensemble that calls it.
    let loading: String?
    let staged: StagedChanges
    /// Why the store could not be asked, or not for the model.
    let fault: ObjectStoreFault?
    /// Told whether the changes have taken their places.
    let taken = Handover<Bool>()
}
