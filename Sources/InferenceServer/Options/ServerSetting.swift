import ModelRepository

/// One option as it was given, or as it is without being given.
struct ServerSetting: Equatable, Sendable {
    /// Where a value came from; those behind win over those in front.
    enum Origin: Equatable, Sendable {
        case usual
        case file(path: String, TextPosition)
        case variable(String)
        case flag
    }

    let name: String
    /// Nil for a flag of the command line that stands alone, and where nothing is usual.
    let value: String?
    let origin: Origin

    /// What messages call the place that holds the value.
    var source: String {
        switch origin {
        case .usual, .flag: name
        case .variable(let variable): variable
        case .file(let path, let position): "\(path):\(position) \(ServerOption.named(name)?.field ?? name)"
        }
    }
}
