import DurableState
import LinuxSystem

/// Where a server keeps what the next one finds, and where it finds what every server knows.
extension ServerOptions {
    /// Where state is kept; nil if nowhere.
    var stateSource: StateSource? {
        get throws(StartFault) {
            guard let url = stateURL else { return dataDirectory.map { StateSource(.directory($0)) } }
            do throws(StateFault) {
                return StateSource(try StateLocation(url: url))
            } catch {
                throw StartFault(error.description)
            }
        }
    }

    /// Where the runbooks lie that a server knows whose store is new: the directory that is named, else `knowledge`
    /// beside the first repository, else that of the package; nil for none.
    var starterDirectory: String? {
        if let named = starterKnowledge { return named == Self.noStarterKnowledge ? nil : named }
        let beside = modelRepositories.first.map { repository in
            let parts = repository.split(separator: "/", omittingEmptySubsequences: false)
            let trimmed = parts.last == "" ? parts.dropLast() : parts[...]
            return (trimmed.dropLast() + ["knowledge"]).joined(separator: "/")
        }
        return [beside, Self.packagedKnowledge].compactMap { $0 }.first { FileSystem.exists($0) }
    }

    /// The word that says that a server begins without any.
    static let noStarterKnowledge = "none"
    private static let packagedKnowledge = "/usr/share/rowan/knowledge"
}
